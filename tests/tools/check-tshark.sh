#!/bin/sh
# check-tshark.sh - rewritten samples as tshark reads them, beside the originals.
#
# rewritten.sh says what is judged; check-rewritten.sh does so with options, and plants faults.
set -u
. tests/tools/tap.sh

need_tools tshark tshark capinfos editcap
. tests/tools/rewritten.sh
work=$(mktemp -d)
trap 'rm -rf "$work" "$rewritten_work"' EXIT

for capture in samples/captures/*.pcap samples/captures/*.pcapng; do
    name=$(basename "$capture")
    judge_rewritten "$capture" >"$work/problems"
    if [ -s "$work/problems" ]; then
        not_ok "$name" "$(cat "$work/problems")"
    else
        ok "$name: $(awk 'END { print $2 " frames, " $3 " missing, " $4 " changed" }' \
            "$rewritten_work/figures")"
    fi
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
