#!/bin/sh
# check-resets.sh - the RST frames that are made, as tshark reads them.
#
# Samples of all kinds of link layers, with a map that resets the connection at DATA: the two RSTs
# stand behind the last frame that passed, bear what the other end expects next, and no checksum is
# bad; tshark's analysis has nothing to say of them.
set -u
. tests/tools/tap.sh

rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

need_tools 'what tshark sees of resets' tshark

# read_by_tshark CAPTURE FIELD... - a line a frame.
read_by_tshark() {
    capture=$1
    shift
    # Word splitting is wanted.
    # shellcheck disable=SC2046
    tshark -n -r "$capture" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -T fields \
        -E separator='|' $(printf -- '-e %s ' "$@") 2>/dev/null
}

# two_rsts - of lines of fields: the last two frames are RSTs, one each way, each with the other's
# numbers, and what was acknowledged or sent before.
two_rsts() {
    awk -F '|' '
        { flags[NR] = $1; seq[NR] = $2; ack[NR] = $3; len[NR] = $4; port[NR] = $5; time[NR] = $6
          next_seq[$5] = $1 % 8 >= 4 ? next_seq[$5] : $7 }
        END {
            a = NR - 1; b = NR
            if (flags[a] != 20 || flags[b] != 20) print "no two RSTs at the end"
            if (port[b] != 25 || port[a] == 25) print "not one each way, the server told first"
            if (seq[a] != ack[b] || seq[b] != ack[a]) print "seq and ack do not answer each other"
            if (next_seq[port[a]] != "" && seq[a] != next_seq[port[a]]) print "to the server: not what it expects"
            if (next_seq[25] != "" && seq[b] != next_seq[25]) print "to the client: not what it expects"
            if (len[a] != 0 || len[b] != 0) print "with payload"
            if (time[a] != time[b] || time[a] < time[a - 1]) print "at another time"
        }'
}

for name in plain-delivery ipv6-delivery vlan vlan-qinq raw-ip cooked-v1 cooked-v2 snaplen-96 \
    offload-large-segments pipelining-postfix; do
    capture=samples/captures/$name.pcap
    if ! "$rewriter" -c "tests/golden/configs/reset.cfg" "$capture" -w "$work/out.pcap" 2>"$work/told"; then
        not_ok "$name: is rewritten" "$(cat "$work/told")"
        continue
    fi
    check "$name: two frames are made" grep -q ' + 2 made = ' "$work/told"
    said=$(read_by_tshark "$work/out.pcap" tcp.flags tcp.seq tcp.ack tcp.len tcp.srcport \
        frame.time_epoch tcp.nxtseq | while IFS='|' read -r flags rest; do
        echo "$((flags))|$rest"
    done | two_rsts)
    check "$name: told what they expect" test -z "$said"
    [ -z "$said" ] || echo "# $said"
    bad=$(read_by_tshark "$work/out.pcap" frame.number ip.checksum.status tcp.checksum.status \
        tcp.analysis.flags | tail -n 2 | grep -v '|1*|1|$')
    check "$name: no bad checksum, no remark" test -z "$bad"
    [ -z "$bad" ] || echo "# $bad"
    link=$(read_by_tshark "$work/out.pcap" eth.dst eth.src vlan.id sll.etype sll.ltype \
        ip.dst ip.src ip.ttl ipv6.dst ipv6.src | sort -u | wc -l)
    before=$(read_by_tshark "$capture" eth.dst eth.src vlan.id sll.etype sll.ltype \
        ip.dst ip.src ip.ttl ipv6.dst ipv6.src | sort -u | wc -l)
    check "$name: the headers are those of other frames" test "$link" -le "$before"
done

# One side of a connection, and a knob in place of the map.
check 'one way: modelled on the other side, turned round' sh -c "
    '$rewriter' -q -c 'tests/golden/configs/reset.cfg' -f 'dst port 25' samples/captures/plain-delivery.pcap \
        -w '$work/out.pcap' &&
        tshark -n -r '$work/out.pcap' -o tcp.check_checksum:TRUE -T fields -e eth.src \
            -e tcp.srcport -e tcp.checksum.status 2>/dev/null | tail -n 1 |
        grep -q '^02:00:00:00:00:25.25.1$'"
"$rewriter" -k drop_sends_rst=yes samples/captures/header-1200.pcap -w "$work/out.pcap" \
    2>"$work/told"
check 'drop_sends_rst: drop-connection sends them, too' grep -q ' + 2 made = ' "$work/told"
"$rewriter" samples/captures/header-1200.pcap -w "$work/out.pcap" 2>"$work/told"
check 'without it: none are made' grep -q ' + 0 made = ' "$work/told"
tap_done
