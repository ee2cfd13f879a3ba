#!/bin/sh
# check-rewritten.sh - the rewriter's options on the samples, each with each of the others, judged by
# tshark, editcap, capinfos and the analyzer (see rewritten.sh).
#
# Every sample meets every option at once, and a row of the table, which has every pair of two
# options' values: whether the frames are right, and twice is once, is checked each time, and for
# every third sample tshark has its say. Samples take the rows in turn. Last come faults that the
# judges have to find.
#
# ESI_ALL=1  every sample with every row, and tshark's say each time (most of an hour)
set -u
. tests/tools/tap.sh

need_tools 'rewritten samples' tshark capinfos editcap
. tests/tools/rewritten.sh
trap 'rm -rf "$rewritten_work"' EXIT

columns='format dropped after-divergence view checksums only-sessions config map platform knob ports
    filter max-memory verbose'
# A named map needs the configuration that names it; else any value goes with any.
table='
pcap omit keep both recompute 1 reset named pix-6.3 drop_sends_rst=yes 24-26 - 64M yes
pcap mark cut to-server recompute 1 strict named - - 24-26 !arp&&!udp 64M -
pcap mark mark to-server all 1 reset named - drop_sends_rst=yes - !arp&&!udp 64M -
pcap omit cut to-client adjust - reset named - - - !arp&&!udp - yes
pcap omit cut to-client all - strict named pix-6.3 drop_sends_rst=yes - !arp&&!udp - -
pcap omit keep to-client all 1 - - - - - - - -
pcap omit mark to-client recompute - strict - pix-6.3 - 24-26 - - -
pcap omit mark to-server adjust - - - pix-6.3 drop_sends_rst=yes 24-26 - - yes
pcapng mark cut both all - - - - - 24-26 - 64M -
pcapng mark cut to-client all 1 strict - pix-6.3 - 24-26 - 64M yes
pcapng mark keep to-server adjust 1 reset - - - 24-26 - 64M -
pcapng mark mark both recompute - - - - - - !arp&&!udp - yes
pcapng omit keep both adjust - strict named - drop_sends_rst=yes - !arp&&!udp 64M -
'
# Every option, with a value that is not its default.
everything='
pcapng mark cut to-server adjust 1 strict named asa-9.4 drop_sends_rst=yes 24-26 !arp&&!udp 64M yes
pcap mark keep to-client all 1 reset named pix-6.3 drop_sends_rst=yes 24-26 !arp&&!udp 64M yes
'

# pairs_missing TABLE - pairs of values that no row of it has.
pairs_missing() {
    echo "$1" | awk -v columns="$columns" '
        BEGIN { n = split(columns, name, " ") }
        NF == 0 { next }
        NF != n { print "a row of " NF " values: " $0 }
        {
            for (i = 1; i <= n; i++) {
                if (!((i, $i) in known)) { known[i, $i] = 1; value[i, ++values[i]] = $i }
                for (j = 1; j <= n; j++) met[i, $i, j, $j] = 1
            }
        }
        END {
            for (i = 1; i <= n; i++) for (j = i + 1; j <= n; j++)
                for (a = 1; a <= values[i]; a++) for (b = 1; b <= values[j]; b++)
                    if (!((i, value[i, a], j, value[j, b]) in met) &&
                        !(name[j] == "map" && value[j, b] == "named" && value[i, a] == "-"))
                        print name[i] "=" value[i, a] " with " name[j] "=" value[j, b]
        }'
}

# options_of ROW - as the rewriter takes them.
options_of() {
    echo "$1" | awk -v columns="$columns" '
        BEGIN { split(columns, name, " ") }
        {
            map["reset"] = "RESETS"; map["strict"] = "STRICT"
            file["reset"] = "tests/golden/configs/reset.cfg"
            file["strict"] = "samples/policies/strict.cfg"
            for (i = 1; i <= NF; i++) {
                if ($i == "-") continue
                if (name[i] == "config") { config = $i; $i = file[$i] }
                if (name[i] == "map") $i = map[config]
                if (name[i] == "verbose") printf "--verbose "
                else printf "--%s=%s ", name[i], $i
            }
        }'
}

# judged HOW SAMPLE ROW - HOW: rewrite_once or judge_rewritten.
judged() {
    # shellcheck disable=SC2046
    set -- "$1" "$2" $(options_of "$3")
    judged_how=$1
    judged_sample=$2
    shift 2
    "$judged_how" "$judged_sample" "$@" >"$rewritten_work/problems" || true
    if [ -s "$rewritten_work/problems" ]; then
        not_ok "$(basename "$judged_sample") $*" "$(cat "$rewritten_work/problems")"
    else
        ok "$(basename "$judged_sample") $*"
    fi
}

check 'the table has every pair' test -z "$(pairs_missing "$table")"
check 'and would be found to lack one' test -n "$(pairs_missing "$(echo "$table" | sed 5d)")"

echo "$table" | sed '/^$/d' >"$rewritten_work/rows"
echo "$everything" | sed '/^$/d' >"$rewritten_work/everything"
rows=$(grep -c . "$rewritten_work/rows")
count=0
for capture in samples/captures/*.pcap samples/captures/*.pcapng; do
    if [ -n "${ESI_ALL:-}" ]; then
        while read -r values; do
            judged judge_rewritten "$capture" "$values" </dev/null
        done <"$rewritten_work/rows"
        while read -r values; do
            judged rewrite_once "$capture" "$values" </dev/null
        done <"$rewritten_work/everything"
        continue
    fi
    if [ $((count % 3)) -eq 0 ]; then how=judge_rewritten; else how=rewrite_once; fi
    judged $how "$capture" "$(sed -n $((count % rows + 1))p "$rewritten_work/rows")"
    judged rewrite_once "$capture" "$(sed -n $((count % 2 + 1))p "$rewritten_work/everything")"
    count=$((count + 1))
done

# What the judges would say if the rewriter were wrong: Ethernet, IPv4 and TCP without tags.
capture=samples/captures/special-characters.pcap
judge_rewritten "$capture" --format=pcap >"$rewritten_work/problems"
check 'without a fault, no problem' test ! -s "$rewritten_work/problems"
good=$rewritten_work/good.pcap
cp "$rewritten_work/once" "$good"
cp "$rewritten_work/list" "$rewritten_work/good.list"

# overwritten FRAME AT BYTES - bad.pcap: the good one with other bytes at that place of the frame.
overwritten() {
    at=$(tshark -n -r "$good" -T fields -e frame.cap_len 2>/dev/null |
        awk -v frame="$1" 'NR < frame { sum += 16 + $1 } END { print 24 + sum + 16 }')
    cp "$good" "$rewritten_work/bad.pcap"
    # shellcheck disable=SC2059
    printf "$3" | dd of="$rewritten_work/bad.pcap" bs=1 seek=$((at + $2)) conv=notrunc 2>/dev/null
}

# found WHAT WORDS LIST - the judges of bad.pcap say that.
found() {
    judge_files "$capture" "$rewritten_work/bad.pcap" "$rewritten_work/json" "$3" \
        >"$rewritten_work/problems"
    if grep -q "$2" "$rewritten_work/problems"; then
        ok "$1: found"
    else
        not_ok "$1: found" "$(cat "$rewritten_work/problems")"
    fi
}

changed=$(sed -n 's/^changed //p' "$rewritten_work/good.list" | head -n 1)
overwritten "$changed" 50 '\001\002'
found 'a wrong checksum' 'its checksum is bad' "$rewritten_work/good.list"
check 'a wrong checksum: found in the bytes' sh -c \
    "! '$compare' '$capture' '$rewritten_work/bad.pcap' 2>/dev/null"
overwritten "$changed" 38 '\001\002'
found 'a wrong sequence number' 'tshark says otherwise' "$rewritten_work/good.list"
overwritten "$changed" 72 'Z'
found 'a byte of an edit' 'other bytes are followed' "$rewritten_work/good.list"
overwritten 3 12 '\010\001'
check 'a byte that nobody may touch: found' sh -c \
    "! '$compare' '$capture' '$rewritten_work/bad.pcap' 2>/dev/null"
editcap -F pcap "$good" "$rewritten_work/bad.pcap" 5
"$compare" -l "$capture" "$rewritten_work/bad.pcap" >"$rewritten_work/bad.list"
found 'one frame more lost' 'frame 5 is left out; why' "$rewritten_work/bad.list"
editcap -F pcap -r "$good" "$rewritten_work/bad.pcap" 1-7
"$compare" -l "$capture" "$rewritten_work/bad.pcap" >"$rewritten_work/bad.list"
found 'an edit lost with its frame' 'frame 8 is left out; why' "$rewritten_work/bad.list"
cp "$capture" "$rewritten_work/bad.pcap"
"$compare" -l "$capture" "$rewritten_work/bad.pcap" >"$rewritten_work/bad.list"
found 'nothing rewritten' 'should be left out' "$rewritten_work/bad.list"
check 'nothing rewritten: no edits' grep -q 'other bytes are followed' "$rewritten_work/problems"
tap_done
