#!/bin/sh
# check-laws.sh - laws of the rewriter over every sample: what it changes, and that twice is once.
#
# Whether the frames are right is compare_pcap's judgement; it shares no code with the rewriter.
set -u
. tests/tools/tap.sh

rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
compare=$ESI_BUILD/tests/compare_pcap
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# told STDERR - "written dropped changed", from the rewriter's summary.
told() {
    sed -n 's/.* = \([0-9]*\) written + \([0-9]*\) dropped .*/\1 \2/p
        s/^esmtp-rewriter: \([0-9]*\) frames* changed.*/\1/p' "$1" | tr '\n' ' '
}

# compared TEXT - the same, from compare_pcap's.
compared() { echo "$1" | sed 's/ frames, / /;s/ missing, / /;s/ changed/ /'; }

laws() {
    if ! "$rewriter" "$1" -w "$work/once.pcap" 2>"$work/told"; then
        not_ok "$2: is rewritten" "$(cat "$work/told")"
        return
    fi
    if ! frames=$("$compare" "$1" "$work/once.pcap" 2>&1); then
        not_ok "$2: only what may change does" "$frames"
        return
    fi
    if [ "$(told "$work/told")" = "$(compared "$frames")" ]; then
        ok "$2: $frames"
    else
        not_ok "$2: the summary is right" "$(cat "$work/told"; echo "found: $frames")"
    fi
    check "$2: is rewritten again" "$rewriter" "$work/once.pcap" -w "$work/twice.pcap"
    check "$2: twice is once" cmp "$work/once.pcap" "$work/twice.pcap"
}

for capture in samples/captures/*.pcap samples/captures/*.pcapng; do
    name=$(basename "$capture")
    [ ! -f "$capture" ] || laws "$capture" "$name"
done
tap_done
