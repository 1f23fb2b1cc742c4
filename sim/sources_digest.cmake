# Writes OUT, a C++ file with a SHA-256 of the SOURCES under ROOT.
set(all "")
foreach(source IN LISTS SOURCES)
  file(SHA256 ${source} digest)
  file(RELATIVE_PATH name ${ROOT} ${source})
  string(APPEND all "${name} ${digest}\n")
endforeach()
string(SHA256 digest "${all}")
file(WRITE ${OUT} "namespace orrery {\nextern const char* const kSourcesDigest;\nconst char* const kSourcesDigest = \"${digest}\";\n}\n")
