# Reads a README whose tables have a test (`Suite.Name`) in their second column and a file (`unit/…`, below tests/) in their third; says which tests
# are not in that file. A suite may be a typed or a parameterized one.
# awk -f traps.awk tests/unit/engine/README.md
BEGIN { FS = "|" }

function unquoted(text) { gsub(/[` ]/, "", text); return text }

function tests_in(file, text, line) {
  if (!(file in known)) {
    known[file] = ""
    while ((getline line < file) > 0) known[file] = known[file] line "\n"
    close(file)
  }
  return known[file]
}

NF == 5 && $3 ~ /`[^`]+\.[^`]+`/ {
  test = unquoted($3); file = "tests/" unquoted($4)
  split(test, part, ".")
  written = tests_in(file)
  rows++
  if (written == "") { print FILENAME ":" FNR ": traps: there is no " file; next }
  if (!index(written, "(" part[1] ", " part[2] ")")) print FILENAME ":" FNR ": traps: " file " has no test " test
}

END { if (!rows) print FILENAME ":1: traps: no table names a test" }
