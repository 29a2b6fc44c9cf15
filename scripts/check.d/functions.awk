# Lengths of functions, from their first line (template, return type) to the closing brace. An approximation that trusts clang-format, after code.awk:
# outside all functions a `{` with a space before it opens a namespace or a type when its sentence begins with such a word, a function when the sentence
# holds a `(`; every other `{` (`a{1}`, `= {`) is an initialiser. Lambdas count to the function they stand in. Prints "file:line: N lines" for every
# function over `limit` lines.

FNR == 1 { depth = 0; body = 0; sentence = ""; continued = 0 }

{
  code = code_of($0)
  if (continued || code ~ /^ *#/) { continued = code ~ /\\$/; next }
  if (body && code !~ /[{}]/) next
  while (match(code, /[{};]/)) {
    mark = substr(code, RSTART, 1)
    say(substr(code, 1, RSTART - 1))
    code = substr(code, RSTART + 1)
    if (mark == "{") opens()
    else if (mark == "}") closes()
    else if (!body && !in_initialiser() && !open_bracket()) sentence = ""
  }
  say(code " ")
  if (!body && sentence ~ /^ *[A-Z][A-Z0-9_]*\(.*\) *$/ && !open_bracket()) sentence = ""  # a macro stands for a whole declaration
}

function say(text) {
  if (body) return
  if (sentence !~ /[^ ]/ && text ~ /[^ ]/) { begun = FNR; sentence = "" }
  sentence = sentence text
}

function in_initialiser() { return depth && kind[depth] == "initialiser" }

function open_bracket(   text) { text = sentence; return gsub(/\(/, "", text) > gsub(/\)/, "", text) }

function opens(   head) {
  depth++
  if (body) return
  head = sentence
  sub(/^ *(public|private|protected): */, "", head)
  sub(/^ *template *<[^(]*>/, "", head)
  if (in_outer_initialiser() || open_bracket() || head !~ / $/ || head ~ /[=,(] *$/ || head ~ /return *$/) kind[depth] = "initialiser"
  else if (head ~ /^ *((inline|typedef|static|export|const|constexpr) +)*(namespace|struct|class|enum|union|extern)([^A-Za-z_]|$)/ || head !~ /\(/) {
    kind[depth] = "scope"
    sentence = ""
  } else { body = depth; first = begun }
}

function in_outer_initialiser() { return depth > 1 && kind[depth - 1] == "initialiser" }

function closes() {
  if (body && depth == body) {
    if (FNR - first + 1 > limit) print FILENAME ":" first ": " FNR - first + 1 " lines"
    body = 0
    sentence = ""
  } else if (!body && kind[depth] != "initialiser") sentence = ""
  if (depth) depth--
}
