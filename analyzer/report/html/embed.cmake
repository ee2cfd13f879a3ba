# embed.cmake - writes style.css and script.js as a C header, with their digests as a page's
# Content-Security-Policy wants them: SHA-256 in base64.
#
#     cmake -D FOLDER=... -D OUT=... -P embed.cmake

# base64(OUT HEX) - three bytes, six digits, become four characters; the rest is filled up with =.
function(base64 out hex)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  set(text "")
  string(LENGTH "${hex}" left)
  while(left GREATER 0)
    string(SUBSTRING "${hex}0000" 0 6 group)
    math(EXPR bits "0x${group}")
    foreach(shift 18 12 6 0)
      math(EXPR at "(${bits} >> ${shift}) & 63")
      string(SUBSTRING "${alphabet}" ${at} 1 character)
      string(APPEND text "${character}")
    endforeach()
    if(left LESS 6)
      string(LENGTH "${text}" length)
      math(EXPR fill "3 - ${left} / 2")
      math(EXPR length "${length} - ${fill}")
      string(SUBSTRING "${text}" 0 ${length} text)
      string(REPEAT "=" ${fill} fill)
      string(APPEND text "${fill}")
      break()
    endif()
    string(SUBSTRING "${hex}" 6 -1 hex)
    string(LENGTH "${hex}" left)
  endwhile()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# embed(NAME FILE) - its bytes, and its digest.
function(embed name file)
  file(READ "${file}" hex HEX)
  file(SHA256 "${file}" digest)
  base64(digest "${digest}")
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(.....,.....,.....,.....,.....,.....,.....,.....,)" "\\1\n" bytes "${bytes}")
  string(TOUPPER "${name}" upper)
  string(APPEND text "#define HTML_${upper}_SHA256 \"${digest}\"\n"
         "static const unsigned char html_${name}[] = {\n${bytes}};\n")
  set(text "${text}" PARENT_SCOPE)
endfunction()

set(text "/* Made from analyzer/report/html by embed.cmake. */\n")
embed(style "${FOLDER}/style.css")
embed(script "${FOLDER}/script.js")
file(WRITE "${OUT}" "${text}")
