#!/bin/sh
# check-tshark.sh - rewritten samples as tshark reads them, beside the originals.
#
# No frame's TCP checksum is bad that was good before, and tshark's analysis of each connection
# (retransmissions, gaps, windows) says of each frame what it said before.
set -u
. tests/tools/tap.sh

rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! command -v tshark >/dev/null; then
    ok 'tshark # SKIP not installed'
    exit 0
fi

# read_by_tshark CAPTURE - a line a frame: what tells it from others, checksum, analysis.
read_by_tshark() {
    tshark -n -r "$1" -o tcp.check_checksum:TRUE -T fields -E separator='|' -e frame.time_epoch \
        -e tcp.srcport -e tcp.seq_raw -e tcp.len -e tcp.checksum.status -e tcp.analysis.flags \
        -e tcp.analysis.retransmission -e tcp.analysis.lost_segment -e tcp.analysis.out_of_order \
        -e tcp.analysis.ack_lost_segment 2>/dev/null
}

# differences - frames by what tells them apart; the analysis counts while no frame is missing.
differences() {
    awk -F '|' '
        { frame = $1 "|" $2 "|" $3 "|" $4; analysis = $6 $7 $8 $9 $10 }
        NR == FNR { status[frame] = $5; said[frame] = analysis; before++; next }
        !(frame in said) { print "was not there before: " frame; next }
        $5 == 0 && status[frame] != 0 { print "its checksum is bad: " frame }
        said[frame] != analysis { other = other "\nanother analysis: " frame ": " analysis }
        { after++ }
        END {
            if (after == before && other) print other
            if (after == 0) print "nothing was read"
        }' "$1" "$2"
}

for capture in samples/captures/*.pcap samples/captures/*.pcapng; do
    name=$(basename "$capture")
    [ -f "$capture" ] || continue
    "$rewriter" -q "$capture" -w "$work/rewritten.pcap" || continue # check-laws.sh says so
    read_by_tshark "$capture" >"$work/before" &
    read_by_tshark "$work/rewritten.pcap" >"$work/after"
    wait
    check "$name" test -z "$(differences "$work/before" "$work/after" | tee "$work/said")"
    [ ! -s "$work/said" ] || head -n 5 "$work/said"
done
check 'tshark sees what a client behind the firewall sees' sh -c "
    '$rewriter' -q samples/captures/starttls-postfix.pcap -w '$work/one.pcap' &&
        tshark -n -r '$work/one.pcap' -Y smtp.response -T fields -e smtp.rsp.parameter 2>/dev/null |
        grep -q XXXXXXXA"

# followed CAPTURE DIRECTION - what tshark makes of the first connection: that direction's bytes.
# Lines of hexadecimal, those of the server indented.
followed() {
    tshark -n -r "$1" -q -z follow,tcp,raw,0 2>/dev/null | awk -v to="$2" '
        /^Node 1:/ { body = 1; next }
        !body || /^=/ { next }
        /^\t/ == (to == "client") { gsub(/[\t\r]/, ""); printf "%s", $0 }'
}

hexadecimal() { od -An -v -tx1 "$1" | tr -d ' \n'; }

for name in plain-delivery ipv6-delivery vlan-qinq cooked-v2 bdat-chunks; do
    mkdir -p "$work/streams"
    "$ESI_BUILD/analyzer/esmtp-analyzer" -q --streams "$work/streams" "samples/captures/$name.pcap" \
        >/dev/null
    for to in server client; do
        followed "samples/captures/$name.pcap" "$to" >"$work/followed"
        hexadecimal "$work/streams/1-to-$to.raw" >"$work/streamed"
        check "$name: --streams to the $to" cmp "$work/followed" "$work/streamed"
        check "$name: to the $to there is something" test -s "$work/followed"
    done
    rm -rf "$work/streams"
done
tap_done
