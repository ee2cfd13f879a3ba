# install.cmake - what `cmake --install` puts where, and what CPack makes of it.
#
# Two components: `programs`, what people run and read, and `library`, for other programs. All
# modules become one static library; what shells complete is what the programs say themselves.

set(doc ${CMAKE_INSTALL_DOCDIR})

# The library.
get_property(modules GLOBAL PROPERTY ESI_MODULES)
list(TRANSFORM modules REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
add_library(esmtp-inspect STATIC ${objects})
set_target_properties(esmtp-inspect PROPERTIES LINKER_LANGUAGE C)
install(TARGETS esmtp-inspect ARCHIVE COMPONENT library)
install(DIRECTORY include/esi DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)

# What it is linked with: by pkg-config, and what ships no .pc file.
set(packages "libpcap libpcre2-8 glib-2.0 jansson yaml-0.1 zlib libzstd liblzma liblz4")
set(libraries nids bz2)
list(TRANSFORM libraries PREPEND -l OUTPUT_VARIABLE library_options)
string(JOIN " " library_options ${library_options})

# esi_found_by(file from) - a file by which the library is found, told the way from there to the
# prefix, so that the tree can be moved.
function(esi_found_by file from)
  file(RELATIVE_PATH to_prefix /prefix/${from} /prefix)
  string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
  configure_file(.packaging/${file}.in ${PROJECT_BINARY_DIR}/${file} @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${file} DESTINATION ${from} COMPONENT library)
endfunction()
esi_found_by(esmtp-inspect.pc ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
esi_found_by(esmtp-inspect-config.cmake ${CMAKE_INSTALL_LIBDIR}/cmake/esmtp-inspect)
include(CMakePackageConfigHelpers)
write_basic_package_version_file(esmtp-inspect-config-version.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/esmtp-inspect-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/esmtp-inspect
  COMPONENT library)
install(
  FILES samples/verdicts.c
  DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/libesmtp-inspect-dev/examples
  COMPONENT library)

# The programs' completions.
# esi_completions(shell folder names...) - names: in the order of the programs
function(esi_completions shell folder)
  foreach(program name IN ZIP_LISTS programs ARGN)
    set(file ${PROJECT_BINARY_DIR}/completions/${shell}/${name})
    add_custom_command(
      OUTPUT ${file}
      COMMAND ${program} --print-completion=${shell} > ${file}
      DEPENDS ${program}
      COMMENT "Completion of ${program} in ${shell}"
      VERBATIM)
    install(FILES ${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/${folder} COMPONENT programs)
    set_property(GLOBAL APPEND PROPERTY ESI_COMPLETIONS ${file})
  endforeach()
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/completions/${shell})
endfunction()
set(programs esmtp-analyzer esmtp-rewriter)
esi_completions(bash bash-completion/completions esmtp-analyzer esmtp-rewriter)
esi_completions(zsh ${ESI_ZSH_COMPLETIONS} _esmtp-analyzer _esmtp-rewriter)
esi_completions(fish fish/vendor_completions.d esmtp-analyzer.fish esmtp-rewriter.fish)
get_property(completions GLOBAL PROPERTY ESI_COMPLETIONS)
add_custom_target(completions ALL DEPENDS ${completions})

# What people read.
install(
  FILES analyzer/esmtp-analyzer.1 rewriter/esmtp-rewriter.1
  DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
  COMPONENT programs)
install(
  FILES README.md CHANGELOG.md
  DESTINATION ${doc}
  COMPONENT programs)
install(
  DIRECTORY samples/captures samples/policies samples/suites
  DESTINATION ${doc}/examples
  COMPONENT programs)
install(
  FILES samples/README.md
  DESTINATION ${doc}/examples
  COMPONENT programs)
install(
  DIRECTORY samples/wireshark
  DESTINATION ${CMAKE_INSTALL_DATADIR}/esmtp-inspect
  COMPONENT programs)

include(.packaging/packages.cmake)
