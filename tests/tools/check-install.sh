#!/bin/sh
# check-install.sh - what `cmake --install` leaves: complete, movable, and of use to other programs.
#
# Installed below DESTDIR, then moved. The example is built against the moved tree by pkg-config
# and by find_package, and tells the verdicts that esmtp-analyzer tells.
set -u
. tests/tools/tap.sh

root=$PWD
build=$(cd "$ESI_BUILD" && pwd)
cc=${ESI_CC:-cc}
cflags=${ESI_CFLAGS:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/moved

# What must be there, and how many at least.
cat >"$work/wanted" <<'END'
2 bin/esmtp-*
2 share/man/man1/esmtp-*.1
2 share/bash-completion/completions/esmtp-*
2 share/zsh/*/_esmtp-*
2 share/fish/vendor_completions.d/esmtp-*.fish
1 lib*/libesmtp-inspect.a
1 lib*/pkgconfig/esmtp-inspect.pc
2 lib*/cmake/esmtp-inspect/*.cmake
30 include/esi/*
1 share/doc/esmtp-inspect/README.md
50 share/doc/esmtp-inspect/examples/captures/*
5 share/doc/esmtp-inspect/examples/policies/*
1 share/doc/libesmtp-inspect-dev/examples/verdicts.c
4 share/esmtp-inspect/wireshark/*
END

all_there() {
    while read -r least pattern; do
        came=$(cd "$tree" && find . -path "./$pattern" -type f | wc -l)
        [ "$came" -ge "$least" ] && continue
        echo "$pattern: $came, not $least"
        return 1
    done <"$work/wanted"
}

# No file names the folders it was made in.
unmarked() {
    ! grep -rlF -e "$root" -e "$work" "$tree/share" "$tree/include" "$(dirname "$pc")" \
        "$tree"/lib*/cmake
}

# compiled OUT OPTION... - the example.
compiled() {
    out=$1
    shift
    # shellcheck disable=SC2046,SC2086
    $cc -std=c17 -Wall -Wextra -Werror $cflags \
        "$tree/share/doc/libesmtp-inspect-dev/examples/verdicts.c" \
        $(pkg-config --cflags esmtp-inspect) "$@" -o "$out"
}

# Nothing in the library is without what it needs.
whole() {
    libs=$(pkg-config --libs esmtp-inspect)
    # shellcheck disable=SC2086
    compiled "$work/whole" ${libs%%-lesmtp-inspect*} -Wl,--whole-archive -lesmtp-inspect \
        -Wl,--no-whole-archive ${libs#*-lesmtp-inspect}
}

headers_alone() {
    for header in "$tree"/include/esi/*.h; do
        # shellcheck disable=SC2046
        printf '#include "esi/%s"\n' "${header##*/}" | $cc -std=c17 -Wall -Wextra -fsyntax-only \
            -Werror $(pkg-config --cflags esmtp-inspect) -x c - || return
    done
}

# found OUT - the example as a project of its own.
found() {
    mkdir "$work/project" || return
    cp "$tree/share/doc/libesmtp-inspect-dev/examples/verdicts.c" "$work/project"
    cat >"$work/project/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(verdicts LANGUAGES C)
find_package(esmtp-inspect 0.1 REQUIRED)
add_executable(verdicts verdicts.c)
target_link_libraries(verdicts PRIVATE esmtp-inspect::esmtp-inspect)
END
    cmake -G Ninja -S "$work/project" -B "$work/project/build" -DCMAKE_PREFIX_PATH="$tree" \
        -DCMAKE_C_COMPILER="$cc" -DCMAKE_C_FLAGS="$cflags" &&
        cmake --build "$work/project/build" &&
        mv "$work/project/build/verdicts" "$1"
}

# tells PROGRAM - as many verdicts as esmtp-analyzer.
tells() {
    capture=samples/captures/starttls-postfix.pcap
    "$1" "$capture" >"$work/told" || return
    cat "$work/told"
    [ "$(wc -l <"$work/told")" -eq \
        "$("$tree/bin/esmtp-analyzer" -o json "$capture" | grep -c '"event_type":"verdict"')" ] &&
        grep -q '^session 1, frame 4: mask by mask-banner$' "$work/told"
}

run() { "$tree/bin/esmtp-analyzer" --version && "$tree/bin/esmtp-rewriter" --version; }

check "cmake --install" env DESTDIR="$work/stage" cmake --install "$build" --prefix /opt/esi
mv "$work/stage/opt/esi" "$tree" || exit
pc=$(find "$tree" -name esmtp-inspect.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
check "everything is there" all_there
check "no file names the folders it was made in" unmarked
check "the programs run" run
check "headers can be included one by one" headers_alone
# shellcheck disable=SC2046
check "the example, by pkg-config" compiled "$work/by-pkg-config" $(pkg-config --libs esmtp-inspect)
check "by pkg-config: it tells the verdicts" tells "$work/by-pkg-config"
check "the whole library can be linked" whole
check "the example, by find_package" found "$work/by-cmake"
check "by find_package: it tells the verdicts" tells "$work/by-cmake"
tap_done
