#!/bin/sh
# check-deb.sh - the Debian packages: the same bytes twice, nothing that lintian calls an error,
# hardened, and in a bare system installed, run, completed and removed.
#
#     sh tests/tools/check-deb.sh        (as root; builds the preset deb)
#
# The bare system is made by debootstrap below build/ and kept. What tools are missing is said.
set -u
. tests/tools/tap.sh

build=$PWD/build/deb
bare=$PWD/build/bare
log=$PWD/build/deb.log
umask 022 # what CPack packs the packages' members with
need_tools deb dpkg-deb dpkg-shlibdeps dpkg-parsechangelog
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

packed() {
    rm -rf "$build/packages"
    if ! { cmake --build --preset deb --parallel "$(nproc)" && cpack --preset deb; } \
        >"$log" 2>&1; then
        tail -n 20 "$log"
        return 1
    fi
}

# The second time with other file times.
packed_again() {
    cp "$build"/packages/*.deb "$work"
    touch samples/captures/* analyzer/esmtp-analyzer.1
    rm -rf "$build/_CPack_Packages"
    packed || return
    for deb in "$build"/packages/*.deb; do
        cmp "$deb" "$work/$(basename "$deb")" || return
    done
}

# What is left out is about uploads to Debian itself.
linted() {
    lintian --allow-root --no-tag-display-limit --fail-on error,warning \
        --suppress-tags initial-upload-closes-no-bugs "$build"/packages/*.deb
}

holds() {
    dpkg-deb -c "$(echo "$build"/packages/"$1"_*.deb)" | awk '{ print $6 }' >"$work/list"
    shift
    for path; do
        grep -qxF "./$path" "$work/list" && continue
        echo "no $path"
        return 1
    done
}

hardened() {
    dpkg-deb -x "$(echo "$build"/packages/esmtp-inspect_*.deb)" "$work/x" || return
    for program in "$work"/x/usr/bin/*; do
        readelf -hldsW "$program" >"$work/elf"
        grep -q 'Type: *DYN' "$work/elf" && grep -q GNU_RELRO "$work/elf" &&
            grep -q BIND_NOW "$work/elf" && grep -q __stack_chk_fail "$work/elf" &&
            grep -q '_chk@GLIBC' "$work/elf" && continue
        echo "$program is not hardened"
        return 1
    done
}

in_bare() {
    chroot "$bare" env PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}

# made_bare - or the one of an earlier run; in either case it can reach a mirror.
made_bare() {
    cp /etc/resolv.conf "$bare/etc/resolv.conf" 2>/dev/null
    [ -x "$bare/usr/bin/apt-get" ] && in_bare apt-get update -qq && return
    mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p;s/^deb  *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\) bookworm main.*/\2/p' \
        /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
    mkdir -p "$bare"
    debootstrap --variant=minbase bookworm "$bare" "${mirror:-http://deb.debian.org/debian}" &&
        cp /etc/resolv.conf "$bare/etc/resolv.conf" && in_bare apt-get update -qq
}

installed() {
    mkdir -p "$bare/tmp/packages" && rm -f "$bare"/tmp/packages/*
    cp "$build"/packages/esmtp-inspect_*.deb "$bare/tmp/packages" || return
    in_bare sh -c 'apt-get install -y -qq --no-install-recommends /tmp/packages/*.deb'
}

runs() {
    examples=/usr/share/doc/esmtp-inspect/examples
    in_bare esmtp-analyzer -c $examples/policies/default-map.cfg \
        $examples/captures/starttls-postfix.pcap >"$work/told" &&
        grep -q '250-XXXXXXXA' "$work/told" &&
        in_bare esmtp-rewriter $examples/captures/starttls-postfix.pcap -w /tmp/out.pcap &&
        in_bare bash -c '. /usr/share/bash-completion/completions/esmtp-analyzer'
}

removed() {
    in_bare apt-get purge -y -qq esmtp-inspect &&
        ! find "$bare/usr" "$bare/etc" -name '*esmtp*' | grep .
}

check "configure" cmake --preset deb
check "two packages" packed
check "the same bytes a second time" packed_again
check "esmtp-inspect holds what it should" holds esmtp-inspect \
    usr/bin/esmtp-analyzer usr/bin/esmtp-rewriter usr/share/man/man1/esmtp-analyzer.1.gz \
    usr/share/doc/esmtp-inspect/copyright usr/share/doc/esmtp-inspect/changelog.Debian.gz \
    usr/share/bash-completion/completions/esmtp-analyzer \
    usr/share/zsh/vendor-completions/_esmtp-rewriter \
    usr/share/fish/vendor_completions.d/esmtp-rewriter.fish
check "libesmtp-inspect-dev holds what it should" holds libesmtp-inspect-dev \
    usr/include/esi/pipeline.h usr/share/doc/libesmtp-inspect-dev/copyright
check "the programs are hardened" hardened
if command -v lintian >/dev/null; then
    check "lintian: no error, no warning" linted
else
    ok "lintian # SKIP not run: no lintian"
fi
if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
    ok "a bare system # SKIP not run: not root, or no debootstrap"
elif ! made_bare >>"$log" 2>&1; then
    ok "a bare system # SKIP not run: debootstrap could not make one"
else
    check "a bare system: installed" installed
    check "a bare system: both programs run" runs
    check "a bare system: removed without a trace" removed
fi
tap_done
