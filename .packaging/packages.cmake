# packages.cmake - two Debian packages by CPack: `cmake --workflow --preset deb`.
#
# What Debian wants of a package and a plain installation does not have is added by
# debian/finish.cmake.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME esmtp-inspect)
set(CPACK_PACKAGE_VENDOR "esmtp-inspect maintainers")
set(CPACK_PACKAGE_CONTACT "esmtp-inspect maintainers <maintainers@esmtp-inspect.example.org>")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL programs library)
set(CPACK_STRIP_FILES OFF) # finish.cmake does
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/.packaging/debian/finish.cmake)
set(CPACK_ESI_DEBIAN ${PROJECT_SOURCE_DIR}/.packaging/debian)
set(CPACK_ESI_CHANGELOG ${PROJECT_SOURCE_DIR}/CHANGELOG.md)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME esmtp-inspect)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SUGGESTS "tshark | wireshark")
set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION
    "shows what a firewall's ESMTP inspection does to captured mail
Cisco PIX and ASA firewalls inspect SMTP (inspect esmtp, once fixup protocol
smtp) and quietly change it: greetings become asterisks, EHLO keywords such as
STARTTLS become X, commands are masked, and some connections are cut.
.
esmtp-analyzer reads packet captures and tells, session by session, what the
firewall would do to them, by which line of its configuration, and how sure
that is. esmtp-rewriter writes a capture as it would look behind the firewall.")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libesmtp-inspect-dev)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS
    "libpcap-dev, libnids-dev, libpcre2-dev, libglib2.0-dev, libjansson-dev, libyaml-dev, zlib1g-dev, \
libzstd-dev, liblzma-dev, liblz4-dev, libbz2-dev")
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
    "static library of esmtp-inspect
The parts of esmtp-analyzer and esmtp-rewriter for other programs: reading
captures, putting TCP streams together, SMTP, firewall configurations, and what
Cisco PIX and ASA firewalls would do to the sessions.
.
With headers, pkg-config and CMake files, and an example.")
include(CPack)
