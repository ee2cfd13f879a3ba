#!/bin/sh
# demo.sh - a mail session before and behind a firewall that runs `inspect esmtp`.
#
#     sh samples/demo.sh [CAPTURE]
#
# Installs what is missing to build (Debian 12; as root, or as a user of sudo), builds the release
# preset, shows what the firewall would do to the capture, rewrites it, and shows what a tool behind
# the firewall sees. Default: samples/captures/starttls-postfix.pcap, where STARTTLS is hidden
# unless the firewall's configuration lets TLS through.
set -eu
from=$PWD
cd "$(dirname "$0")/.."
. tests/tools/packages.sh

capture=${1:-samples/captures/starttls-postfix.pcap}
case $capture in
samples/* | /*) ;;
*) capture=$from/$capture ;;
esac
out=build/demo
rewritten=$out/$(basename "${capture%.*}")-behind-the-firewall.pcap
analyzer=build/release/analyzer/esmtp-analyzer
rewriter=build/release/rewriter/esmtp-rewriter

title() { printf '\n\033[1m== %s\033[0m\n\n' "$*"; }
[ -t 1 ] || title() { printf '\n== %s\n\n' "$*"; }

# build - silently, unless it fails.
build() {
    mkdir -p "$out"
    if ! { cmake --preset release && cmake --build --preset release; } \
        >"$out/build.log" 2>&1; then
        cat "$out/build.log" >&2
        exit 1
    fi
}

# server_says CAPTURE - greeting and first reply, as the client's side gets them.
server_says() {
    rm -rf "$out/streams"
    mkdir "$out/streams"
    "$analyzer" -q --streams "$out/streams" -o "text=$out/text" "$1"
    tr -d '\r' <"$out/streams/1-to-client.raw" |
        LC_ALL=C awk '!/^2[0-9][0-9][- ]/ || replies == 2 { exit }
            { print "    " $0 } /^2[0-9][0-9] / { replies++ }'
}

# shellcheck disable=SC2086
need_packages $build_packages
build

title "What the firewall would do to $capture"
"$analyzer" "$capture"

title "The same with a map that lets TLS through: samples/policies/allow-tls.cfg"
"$analyzer" -c samples/policies/allow-tls.cfg "$capture"

title "The capture as it would look behind the firewall"
"$rewriter" "$capture" -w "$rewritten"

title "The server's first words, before"
server_says "$capture"
title "The server's first words, behind"
server_says "$rewritten"

title "The rewritten capture is $rewritten"
