# Writes OUTPUT, a .cpp that holds the text of every migration in order of their numbers. Run with "-DFILES=A;B;…" -DOUTPUT=….
set(files ${FILES})
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  string(SUBSTRING ${name} 0 4 number)
  string(REGEX REPLACE "^0+" "" number ${number})
  file(READ ${file} text)
  string(APPEND entries "    {${number}, \"${name}\", R\"sql(${text})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT}
  "#include \"store/migrations.hpp\"\n\nnamespace tally::store {\nnamespace {\nconstexpr Migration all[] = {\n${entries}};\n}\nstd::span<const Migration> migrations() { return all; }\n}  // namespace tally::store\n")
