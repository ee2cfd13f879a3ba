#!/bin/sh
# check-pcapng.sh - pcapng out, as other programs read it, and as the input was.
#
# Where nothing is inspected (--ports 1) a pcapng file comes out byte for byte. Rewritten samples are
# read by tshark, capinfos and editcap, who say the same of the frames as of those in a classic pcap;
# what editcap cannot do with the sample itself it need not do with what became of it.
set -u
. tests/tools/tap.sh

rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
annotate=$ESI_BUILD/tests/annotate
compare=$ESI_BUILD/tests/compare_pcap
samples=samples/captures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# frames CAPTURE - a line a frame, as tshark reads it.
frames() {
    tshark -n -r "$1" -T fields -e frame.time_epoch -e frame.len -e frame.cap_len -e frame.protocols \
        -e tcp.checksum -e tcp.payload 2>/dev/null
}

for capture in "$samples"/*.pcapng; do
    name=$(basename "$capture")
    "$rewriter" -q --ports 1 "$capture" -w "$work/same.pcapng"
    check "$name: what nobody touches stays" cmp "$capture" "$work/same.pcapng"
    "$rewriter" -q --ports 1 - -w - <"$capture" >"$work/piped"
    check "$name: the same through pipes" cmp "$capture" "$work/piped"
    for packer in gzip zstd; do
        command -v $packer >/dev/null || continue
        $packer -c <"$capture" >"$work/packed"
        "$rewriter" -q --ports 1 "$work/packed" -w "$work/unpacked.ntar"
        check "$name: the same from $packer" cmp "$capture" "$work/unpacked.ntar"
    done
    "$rewriter" -q "$capture" -w "$work/once.pcapng"
    check "$name: only what may change does" "$compare" "$capture" "$work/once.pcapng"
    "$rewriter" -q "$work/once.pcapng" -w "$work/twice.pcapng"
    check "$name: twice is once" cmp "$work/once.pcapng" "$work/twice.pcapng"
done

# Comments, and frames that were made: what was said is not said again, and what was marked can be
# left out later.
for capture in "$samples"/*.pcap "$samples"/*.pcapng; do
    name=$(basename "$capture")
    for config in '' --config=tests/golden/configs/reset.cfg --knob=drop_sends_rst=yes; do
        set -- --dropped=mark $config
        rm -f "$work"/*.pcapng # what a run that fails would leave there
        "$rewriter" -q "$@" "$capture" -w "$work/once.pcapng"
        "$rewriter" -q "$@" "$work/once.pcapng" -w "$work/twice.pcapng"
        check "$name: marked twice is marked once $config" cmp "$work/once.pcapng" \
            "$work/twice.pcapng"
        "$rewriter" -q "$@" --after-divergence=cut "$capture" -w "$work/cut.pcapng"
        "$rewriter" -q "$@" --after-divergence=cut "$work/once.pcapng" -w "$work/later.pcapng"
        check "$name: cut later is cut at once $config" cmp "$work/cut.pcapng" "$work/later.pcapng"
    done
done

# What would end a session behind the use of an extension that was hidden does not end it the second
# time, when nothing but the mark tells that it was hidden.
printf 'policy-map type inspect esmtp M\n match cmd verb DATA\n  reset\n' >"$work/data.cfg"
for view in both to-server to-client; do
    set -- --view=$view --config="$work/data.cfg"
    rm -f "$work"/*.pcapng
    "$rewriter" -q "$@" "$samples/starttls-refused-454.pcap" -w "$work/once.pcapng"
    "$rewriter" -q "$@" "$work/once.pcapng" -w "$work/twice.pcapng"
    check "$view: a mark keeps what lies behind it from counting" cmp "$work/once.pcapng" \
        "$work/twice.pcapng"
done

if command -v tshark >/dev/null && command -v capinfos >/dev/null && command -v editcap >/dev/null; then
    for capture in "$samples"/*.pcapng "$samples"/vlan*.pcap "$samples"/cooked*.pcap \
        "$samples"/raw-ip.pcap "$samples"/snaplen-96.pcap "$samples"/ipv6-delivery.pcap \
        "$samples"/offload-large-segments.pcap "$samples"/starttls-postfix.pcap; do
        name=$(basename "$capture")
        rm -f "$work"/out.*
        "$rewriter" -q "$capture" -w "$work/out.pcapng"
        "$rewriter" -q "$capture" -w "$work/out.pcap"
        frames "$work/out.pcap" >"$work/classic" &
        frames "$work/out.pcapng" >"$work/frames"
        wait
        check "$name: tshark reads the same frames" cmp "$work/classic" "$work/frames"
        check "$name: there are some" test -s "$work/frames"
        check "$name: capinfos" sh -c "capinfos '$work/out.pcapng' | grep -q 'File type: .*pcapng'"
        editcap "$capture" "$work/edited.pcapng" 2>/dev/null || continue
        check "$name: editcap" editcap "$work/out.pcapng" "$work/edited.pcapng"
    done
    for capture in starttls-keys.pcapng plain-delivery.pcap; do
        "$annotate" "$samples/$capture" "$work/said.pcapng" 'esi verdict=mask é' >/dev/null
        count=$(tshark -r "$samples/$capture" 2>/dev/null | wc -l)
        check "$capture: every frame has its comment" test "$count" -eq "$(
            tshark -r "$work/said.pcapng" -Y 'frame.comment contains "verdict=mask"' -T fields \
                -e frame.comment 2>/dev/null | grep -cx 'esi verdict=mask é'
        )"
        check "$capture: capinfos" capinfos "$work/said.pcapng"
    done
else
    ok 'tshark, capinfos and editcap # SKIP not installed'
fi

# Which format: by name, or as asked.
magic() { od -An -tx1 -N4 "$1" | tr -d ' '; }
is_pcapng() { test "$(magic "$1")" = 0a0d0d0a; }
is_pcap() { test "$(magic "$1")" = d4c3b2a1; }
good=$samples/plain-delivery.pcap
for out in out.pcapng out.ntar out out.pcap.gz out.PCAPNG; do
    "$rewriter" -q "$good" -w "$work/$out"
    check "$out is pcapng" is_pcapng "$work/$out"
    "$rewriter" -q "$good" --format pcap -w "$work/$out"
    check "$out is a classic pcap if asked" is_pcap "$work/$out"
done
for out in out.pcap out.cap out.CAP; do
    "$rewriter" -q "$good" --format pcapng -w "$work/$out"
    check "$out is pcapng if asked" is_pcapng "$work/$out"
    "$rewriter" -q "$good" -w "$work/$out"
    check "$out is a classic pcap" is_pcap "$work/$out"
done
"$rewriter" -q "$good" -w - >"$work/piped"
check 'standard output is pcapng' is_pcapng "$work/piped"
"$rewriter" -q "$good" -w "$work/named.pcapng"
check 'and what a file would be' cmp "$work/piped" "$work/named.pcapng"

# A file of nothing but a section has no link type.
printf '\n\r\r\n\34\0\0\0\115\74\53\32\1\0\0\0\377\377\377\377\377\377\377\377\34\0\0\0' \
    >"$work/bare.pcapng"
"$rewriter" -q "$work/bare.pcapng" -w "$work/bare-out.pcapng" 2>"$work/said"
check 'a capture without frames' test $? -eq 3
check 'is copied all the same' cmp "$work/bare.pcapng" "$work/bare-out.pcapng"
"$rewriter" -q "$work/bare.pcapng" -w "$work/bare-out.pcap" 2>"$work/said"
check 'but is no classic pcap' test $? -eq 3 -a ! -e "$work/bare-out.pcap"

# Several link types: refused by one, a section each in the other.
"$rewriter" "$samples/cooked-v1.pcap" "$samples/raw-ip.pcap" -w "$work/mixed.pcap" 2>"$work/said"
check 'a classic pcap holds one link type' test $? -eq 2 -a ! -e "$work/mixed.pcap"
"$rewriter" "$samples/cooked-v1.pcap" "$samples/raw-ip.pcap" -w "$work/mixed.pcapng" 2>"$work/said"
check 'pcapng holds several' test $? -eq 0 -a -s "$work/mixed.pcapng"
tap_done
