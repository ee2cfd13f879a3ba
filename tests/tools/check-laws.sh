#!/bin/sh
# check-laws.sh - laws of the rewriter over every sample: what it changes, and that twice is once.
#
# Whether the frames are right is compare_pcap's judgement; it shares no code with the rewriter.
set -u
. tests/tools/tap.sh
. tests/tools/rewriter_told.sh

rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
compare=$ESI_BUILD/tests/compare_pcap
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# laws CAPTURE NAME FORMAT
laws() {
    set -- "$1" "$2, $3" "$work/once.$3" "$work/twice.$3"
    rewritten_right "$2" '' "$1" "$3" || return
    check "$2: is rewritten again" "$rewriter" "$3" -w "$4"
    check "$2: twice is once" cmp "$3" "$4"
}

for capture in samples/captures/*.pcap samples/captures/*.pcapng; do
    name=$(basename "$capture")
    [ -f "$capture" ] || continue
    laws "$capture" "$name" pcap
    laws "$capture" "$name" pcapng
done
tap_done
