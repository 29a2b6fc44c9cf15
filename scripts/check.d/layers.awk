# Who may include whom. Arguments: daemon/README.md first (its table is the definition), then sources, paths from the repository's root.
# A row of the table: | `module` | does | what it may include |. Words of the last column are modules (`engine's faces` is engine/faces*.hpp alone),
# a connector's folder, or a library as BEGIN spells it; all other words are prose. The row of main.cpp is for the files outside all modules.

BEGIN {
  FS = "|"
  # Prefix of a header in <…> and the library's name in the table. A header of a folder that is not here is a finding.
  split("boost/beast/ Beast boost/asio/ Beast boost/json Boost.JSON boost/describe Boost.Describe boost/system Boost.System soci/ SOCI " \
        "sqlite3.h SQLite zlib.h zlib curl/ libcurl yaml-cpp/ yaml-cpp httplib.h httplib CLI/ CLI11 spdlog/ spdlog fmt/ spdlog openssl/ OpenSSL " \
        "sodium libsodium csv.h libcsv utf8proc.h utf8proc xxhash.h xxhash systemd/ libsystemd Poco/ Poco valijson/ valijson " \
        "date/ date gtest/ GoogleTest gmock/ GoogleTest rapidcheck rapidcheck", words, " ")
  for (i = 1; i in words; i += 2) { prefix[i] = words[i]; library[i] = words[i + 1]; is_library[words[i + 1]] = 1 }
  split("sys/ netinet/ arpa/ net/ linux/", system_folder, " ")

  # What the table does not hold: connectors may not know the database or the engine, and of each other only rest; the sandbox stands outside the daemon.
  connector_may = "channel mapping model http base yaml connectors/rest"
  sandbox_may = "base httplib"
  tests_may = "Boost.JSON OpenSSL httplib SQLite zlib valijson GoogleTest rapidcheck"
}

FILENAME ~ /README\.md$/ { if ($2 ~ /`/) table_row($2, $4); next }

FNR == 1 { seat = seat_of(FILENAME) }

/^#include / {
  if (match($0, /<[^>]+>/)) outside(substr($0, RSTART + 1, RLENGTH - 2))
  else if (match($0, /"[^"]+"/)) inside(substr($0, RSTART + 1, RLENGTH - 2))
}

function table_row(names, may,   n, i, list, module) {
  n = split(names, list, ",")
  for (i = 1; i <= n; i++) {
    module = list[i]
    gsub(/[` ]/, "", module)
    if (module ~ /\.cpp$/) { sub(/\.cpp$/, "", module); knows_all[module] = 1; grant("all", may) } else { is_module[module] = 1; grant(module, may) }
  }
}

function grant(seat, text,   n, i, list) {
  gsub(/\([^)]*\)|`/, "", text)
  n = split(text, list, /[ ,;]+/)
  for (i = 1; i <= n; i++) {
    if (list[i] ~ /'s$/ && list[i + 1] == "faces") sub(/'s$/, "/faces", list[i])
    allowed[seat, list[i]] = 1
  }
}

# daemon/engine/lane.cpp -> engine, connectors/file/x.cpp -> connectors/file, the files that put the parts together -> all, tests/… -> tests
function seat_of(path,   part, stem) {
  split(path, part, "/")
  if (part[1] == "tests") { once("tests", tests_may); return "tests" }
  if (part[1] == "connectors") {
    if (path == "connectors/all.cpp") return "all"
    once(part[1] "/" part[2], part[2] == "sandbox" ? sandbox_may : connector_may)
    return part[1] "/" part[2]
  }
  if (part[1] != "daemon") return "all"
  if (part[3] == "") {
    stem = part[2]
    sub(/\.[ch]pp$/, "", stem)
    if (!(stem in knows_all)) print path ":1: layers: daemon/README.md does not name " stem ".cpp among the files that know all modules"
    return "all"
  }
  if (!(part[2] in is_module) && !complained[part[2]]++) print path ":1: layers: the table in daemon/README.md has no row for " part[2]
  return part[2]
}

function once(seat, may) { if (!granted[seat]++) grant(seat, may) }

function inside(header,   part, target) {
  if (seat == "tests" || seat == "all") return
  split(header, part, "/")
  if (part[2] == "") { finding(header ": files of a module include each other with the module's name; only main.cpp and its like know " header); return }
  target = part[1] == "connectors" ? part[1] "/" part[2] : part[1]
  if (target == seat || allowed[seat, target]) return
  if (header ~ /\/faces[a-z_]*\.hpp$/ && allowed[seat, target "/faces"]) return
  finding(seat " may not include " header)
}

function outside(header,   i, name) {
  name = ""
  for (i = 1; i in prefix; i += 2) if (index(header, prefix[i]) == 1) { name = library[i]; break }
  if (name == "") {
    if (header !~ /\//) return  # the standard library's and the system's
    for (i = 1; i in system_folder; i++) if (index(header, system_folder[i]) == 1) return
    finding("<" header "> is of no library that scripts/check.d/layers.awk knows; name the library there and in daemon/README.md")
  } else if (!allowed[seat, name]) {
    finding((seat == "all" ? "the files that know all modules" : seat) " may not include <" header ">: " name " is not among what the table allows")
  }
}

function finding(what) { print FILENAME ":" FNR ": layers: " what }
