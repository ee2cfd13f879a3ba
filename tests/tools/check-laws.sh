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

# told STDERR - "made written missing changed", from the rewriter's summary.
told() {
    sed -n 's/.* + \([0-9]*\) made = \([0-9]*\) written + \([0-9]*\) dropped .*/\1 \2 \3/p
        s/^esmtp-rewriter: \([0-9]*\) frames* changed.*/\1/p' "$1" | tr '\n' ' '
}

# compared TEXT - the same, from compare_pcap's.
compared() {
    echo "$1" | sed 's/^\(.*\) frames, \(.*\) missing, \(.*\) changed, \(.*\) made$/\4 \1 \2 \3 /'
}

# laws CAPTURE NAME FORMAT
laws() {
    set -- "$1" "$2, $3" "$work/once.$3" "$work/twice.$3"
    if ! "$rewriter" "$1" -w "$3" 2>"$work/told"; then
        not_ok "$2: is rewritten" "$(cat "$work/told")"
        return
    fi
    if ! frames=$("$compare" "$1" "$3" 2>&1); then
        not_ok "$2: only what may change does" "$frames"
        return
    fi
    if [ "$(told "$work/told")" = "$(compared "$frames")" ]; then
        ok "$2: $frames"
    else
        not_ok "$2: the summary is right" "$(cat "$work/told"; echo "found: $frames")"
    fi
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
