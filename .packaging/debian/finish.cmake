# finish.cmake - run by CPack between installation and packaging: what makes of an installed tree
# the contents of a Debian package, the same bytes each time.

set(tree ${CPACK_TEMPORARY_DIRECTORY})
set(debian ${CPACK_ESI_DEBIAN})

# The release's date, unless another one is wanted.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  execute_process(
    COMMAND dpkg-parsechangelog -l ${debian}/changelog -S Timestamp
    OUTPUT_VARIABLE epoch
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(ENV{SOURCE_DATE_EPOCH} ${epoch})
endif()

# What stands in the documentation of each package.
file(GLOB parts ${tree}/*)
foreach(part IN LISTS parts)
  set(docs ${part}/usr/share/doc)
  if(EXISTS ${part}/usr/bin)
    set(docs ${docs}/esmtp-inspect)
    file(REMOVE ${docs}/CHANGELOG.md)
    configure_file(${CPACK_ESI_CHANGELOG} ${docs}/changelog COPYONLY)
    set(manuals "${part}/usr/share/man/man1/*.1")
  else()
    set(docs ${docs}/libesmtp-inspect-dev)
    set(manuals "")
  endif()
  configure_file(${debian}/copyright ${docs}/copyright COPYONLY)
  configure_file(${debian}/changelog ${docs}/changelog.Debian COPYONLY)
  file(GLOB compressed ${docs}/changelog ${docs}/changelog.Debian ${manuals})
  execute_process(COMMAND gzip -9nf ${compressed} COMMAND_ERROR_IS_FATAL ANY)

  file(GLOB programs ${part}/usr/bin/*)
  foreach(program IN LISTS programs)
    execute_process(COMMAND strip --remove-section=.comment --remove-section=.note ${program}
                            COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  # As dh_strip does: of object files that hold two forms of code, the one for any compiler.
  file(GLOB libraries ${part}/usr/lib/*/*.a)
  foreach(library IN LISTS libraries)
    execute_process(
      COMMAND strip --strip-debug --enable-deterministic-archives --remove-section=.comment
              --remove-section=.note --remove-section=.gnu.lto_* --remove-section=.gnu.debuglto_*
              --strip-symbol=__gnu_lto_slim --strip-symbol=__gnu_lto_v1 ${library}
              COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  execute_process(
    COMMAND find ${part} -type f ! -path */bin/* -exec chmod 644 {} + COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND find ${part} -type d -exec chmod 755 {} + COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND find ${part} -exec touch -h -d @$ENV{SOURCE_DATE_EPOCH} {} +
                          COMMAND_ERROR_IS_FATAL ANY)
endforeach()
