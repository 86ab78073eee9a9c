# The Debian package, as `cpack -G DEB` makes it: what `cmake --install` installs, and what Debian asks for besides.
set(debian ${CMAKE_CURRENT_LIST_DIR})

# Debian's form of the licence: the same text, indented, a dot in each empty line.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS LICENSE)
file(READ ${PROJECT_SOURCE_DIR}/LICENSE license)
string(REGEX MATCH "Copyright \\(c\\) ([^\n]+)" ignored "${license}")
set(holder ${CMAKE_MATCH_1})
string(REGEX REPLACE "^.*Copyright[^\n]+\n+" "" license "${license}")
string(STRIP "${license}" license)
string(REPLACE "\n\n" "\n.\n" license "${license}")
string(REPLACE "\n" "\n " license "${license}")
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/debian/copyright CONTENT
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: uvftpd
Source: @PROJECT_HOMEPAGE_URL@

Files: *
Copyright: @holder@
License: Expat

License: Expat
 @license@
" @ONLY)

add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/debian/changelog.Debian.gz DEPENDS ${debian}/changelog
                   COMMAND gzip -9nc ${debian}/changelog > ${PROJECT_BINARY_DIR}/debian/changelog.Debian.gz)
add_custom_target(debian_changelog ALL DEPENDS ${PROJECT_BINARY_DIR}/debian/changelog.Debian.gz)
install(FILES ${PROJECT_BINARY_DIR}/debian/copyright ${PROJECT_BINARY_DIR}/debian/changelog.Debian.gz
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${debian}/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME uvftpd)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The uvftpd authors <maintainers@uvftpd.example>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS  # whatever the umask is
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Makes the user; on a machine without systemd as its first process, too.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_PACKAGE_PROVIDES ftp-server)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "minimal FTP server daemon with TLS")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"uvftpd runs unprivileged, reads one file of TOML, and is strict about RFC 959
and its successors. Paths are confined by the kernel, uploads are atomic, FTPS
is explicit or implicit, accounts are its own. As installed it lets nobody in
and is not started.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_DEBUGINFO_PACKAGE ON)  # strips the program, too
include(CPack)
