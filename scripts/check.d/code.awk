# code_of(line): the line without comments and without what stands inside string and character literals (their quotes stay).
# Knows block comments and raw strings over several lines; call it once for every line of a file, in order. Reset with FNR == 1.

FNR == 1 { in_comment = 0; raw_end = "" }

function code_of(line,   out, c, at, rest, open) {
  if (!in_comment && raw_end == "" && line !~ /["'\/]/) return line
  out = ""
  while (line != "") {
    if (in_comment || raw_end != "") {
      open = in_comment ? "*/" : raw_end
      at = index(line, open)
      if (!at) return out
      line = substr(line, at + length(open))
      if (!in_comment) out = out "\""
      in_comment = 0
      raw_end = ""
      continue
    }
    if (!match(line, /["'\/]/)) return out line
    out = out substr(line, 1, RSTART - 1)
    c = substr(line, RSTART, 1)
    rest = substr(line, RSTART + 1)
    if (c == "/") {
      if (substr(rest, 1, 1) == "/") return out
      if (substr(rest, 1, 1) == "*") { in_comment = 1; rest = substr(rest, 2) } else out = out c
    } else if (c == "\"" && out ~ /R$/) {
      at = index(rest, "(")
      raw_end = ")" substr(rest, 1, at - 1) "\""
      out = out c
      rest = substr(rest, at + 1)
    } else if (c == "'" && out ~ /[0-9a-fA-F]$/ && rest ~ /^[0-9a-fA-F]/) {  # 1'000
      out = out "0"
    } else {
      out = out c c
      rest = after_literal(rest, c)
    }
    line = rest
  }
  return out
}

function after_literal(text, quote,   c) {
  while (text != "") {
    c = substr(text, 1, 1)
    text = substr(text, c == "\\" ? 3 : 2)
    if (c == quote) return text
  }
  return ""
}
