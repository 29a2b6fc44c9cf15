# What must not stand in a text file, and what must not stand in the parts that decide (daemon/engine, daemon/model, daemon/mapping). After code.awk.

FNR == 1 {
  is_code = FILENAME ~ /\.[ch]pp$/
  decides = FILENAME ~ /^daemon\/(engine|model|mapping)\//
  caught = 0
}

/(^|[^A-Za-z0-9_])(TO[D]O|FIX[M]E|XX[X]|HA[C]K)([^A-Za-z0-9_]|$)/ { finding("words: a note to do something later; do it, or open an issue") }
/[nN][oO][tT] +[iI][m]plemented/ { finding("words: something is said not to be there yet; finish it or take it out") }
/(^|[^A-Za-z0-9_.\/-])\/(home|root|work)\// { finding("words: an absolute path of one machine") }

is_code {
  code = code_of($0)
  if (caught && code ~ /[^ ]/) { if (code ~ /^ *\}/) print FILENAME ":" caught ": words: a caught exception is dropped without a word"; caught = 0 }
  if (code ~ /catch *\([^)]*\) *\{ *\}/) finding("words: a caught exception is dropped without a word")
  else if (code ~ /catch *\([^)]*\) *\{ *$/) caught = FNR
  if (decides) deciding(code)
}

function deciding(code) {
  if (code ~ /# *include *<random>/ || code ~ /std::random_device/ || code ~ /(^|[^A-Za-z0-9_.>])s?rand\(/)
    finding("decides: chance comes from the seeded generator that is handed in (base/rng.hpp)")
  if (code ~ /(system|steady|high_resolution)_clock::now/) finding("decides: the time comes from the Clock that is handed in (base/time.hpp)")
  if (code ~ /(^|[^A-Za-z0-9_])(float|double)([^A-Za-z0-9_]|$)/) finding("decides: no binary fractions here; Decimal and Money are exact")
}

function finding(what) { print FILENAME ":" FNR ": " what }
