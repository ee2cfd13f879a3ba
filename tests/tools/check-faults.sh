#!/bin/sh
# check-faults.sh - whatever call fails, OUT is whole or what it was before, and the status is 4.
#
# Calls fail one after the other, up to the thousandth (faults.c): allocations of the program's own,
# writes (as a whole, or behind half of their bytes), renaming, closing, opening. Without
# ESI_ALL_FAULTS=1 most of the later ones are left out. Then what the system itself refuses: a
# folder, a file's length, a descriptor that is closed.
set -u
. tests/tools/tap.sh

faults=$ESI_BUILD/tests/faults
rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
samples=samples/captures
reset=tests/golden/configs/reset.cfg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/folder" "$work/spool"
export TMPDIR="$work/spool"

# fail NAME KIND [<CAPTURE] ARGUMENT...
fail() {
    name=$1
    kind=$2
    shift 2
    input=
    case $1 in
    '<'*) input=$1; shift ;;
    esac
    density=6
    [ "$name" != 'all of them' ] || density=2
    [ "${ESI_ALL_FAULTS:-0}" != 1 ] || density=0
    rm -f "$work/folder/"*
    check "$name: $kind" "$faults" "$kind" 1000 $density "$work/folder" ${input:+"$input"} -- "$@"
    [ -z "$tap_said" ] || echo "# $tap_said"
}

out=$work/folder/out
"$ESI_BUILD/tests/fragment" "$samples/verbs-postfix.pcap" "$work/fragments.pcap"

# faulty NAME ARGUMENT... - each kind of fault.
faulty() {
    for kind in alloc write short rename close open; do
        [ "$kind" = rename ] && [ "$1" = 'standard output' ] && continue # there is none
        what=$1
        shift
        fail "$what" $kind "$@"
        set -- "$what" "$@"
    done
}

faulty 'classic' -q "$samples/recipients-120.pcap" --format pcap -w "$out"
faulty 'pcapng from pcapng' -q --dropped mark -c $reset "$samples/mixed-traffic.pcapng" -w "$out"
faulty 'comments' -q "$samples/verbs-postfix.pcap" "$samples/starttls-postfix.pcap" -w "$out"
faulty 'resets' -q -c $reset "$samples/pipelining-postfix.pcap" --format pcap -w "$out"
faulty 'fragments' -q --checksums all "$work/fragments.pcap" -w "$out"
faulty 'standard input' "<$samples/starttls-keys.pcapng" -q - -w "$out"
fail 'standard input' spool "<$samples/recipients-120.pcap" -q - -w "$out"
faulty 'standard output' -q "$samples/plain-delivery.pcap" -w -
faulty 'all of them' -q "$samples"/*.pcap -w "$out"

# What the system refuses.
says_so() {
    name=$1
    wanted=$2
    shift 2
    said=$("$@" 2>&1)
    status=$?
    left=$(ls -A "$work/folder")
    case "$status $left $said" in
    "4 $expected "*$wanted*) ok "$name" ;;
    *) not_ok "$name" "status $status, left: $left; $said" ;;
    esac
}

long=$samples/recipients-120.pcap
for format in pcap pcapng; do
    expected=
    rm -f "$work/folder/"*
    says_so "a file that may be no longer, $format" 'File too large' \
        sh -c "ulimit -f 8; '$rewriter' -q '$long' --format $format -w '$out'"
    says_so "standard output is closed, $format" 'Bad file descriptor' \
        sh -c "'$rewriter' -q '$long' --format $format -w - >&-"
    expected=out
    echo old >"$out"
    says_so "over a file that was there, $format" 'File too large' \
        sh -c "ulimit -f 8; '$rewriter' -q '$long' --format $format -w '$out'"
    check 'which stays' test "$(cat "$out")" = old
    if [ -c /dev/full ]; then
        says_so "a full device, by its name, $format" 'No space left' \
            "$rewriter" -q "$long" --format $format -w /dev/full
    fi
    if [ "$(id -u)" -ne 0 ]; then
        chmod a-w "$work/folder"
        says_so "a folder that may not be written, $format" 'Permission denied' \
            "$rewriter" -q "$long" --format $format -w "$out"
        chmod u+w "$work/folder"
    fi
done
[ "$(id -u)" -ne 0 ] || ok 'a folder that may not be written # SKIP this is root, who may'
tap_done
