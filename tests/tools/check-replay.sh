#!/bin/sh
# check-replay.sh - rewritten samples are played from one network namespace to another: what arrives
# is what was written.
#
# tcpreplay sends into one end of a veth pair, tcpdump listens at the other. Both ends lie in
# namespaces that nobody else sees and that end with the process: no interface of the host is
# touched. Needs the right to make them, tcpreplay, iproute2, tcpdump and util-linux; where one is
# missing, that is said, and nothing is tested.
#
# Ethernet only. Frames longer than the link's MTU allows are left aside, and said.
set -u
. tests/tools/tap.sh

rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
longest=1514 # 1500 bytes behind an Ethernet header

# The part within: everything is the process's own here.
if [ "${1:-}" = --within ]; then
    work=$2
    shift 2
    no_ipv6='net.ipv6.conf.all.disable_ipv6 net.ipv6.conf.default.disable_ipv6'
    mount -t tmpfs none /run && mkdir /run/netns || exit 3
    for end in near far; do
        ip netns add "$end" || exit 3
        for name in $no_ipv6; do
            ip netns exec "$end" sysctl -q -w "$name=1" 2>/dev/null
        done
    done
    ip link add near0 netns near type veth peer name far0 netns far || exit 3
    for end in near far; do
        ip -n "$end" link set "${end}0" mtu 1500 arp off up || exit 3
    done
    [ $# -gt 0 ] || exit 0
    # Straight to the program, so that the number that follows is its own.
    ip netns exec far tcpdump -i far0 -s 0 -U -B 32768 -Z root -w "$work/arrived.pcap" \
        2>"$work/listening" &
    listener=$!
    trap 'kill "$listener" 2>/dev/null' EXIT
    tries=100
    until grep -q 'listening on' "$work/listening"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || exit 4
        sleep 0.1
    done
    ip netns exec near tcpreplay -i near0 --pps=4000 "$@" >"$work/played" 2>&1 || exit 5
    sleep 1
    kill -INT "$listener"
    wait "$listener"
    trap - EXIT
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

PATH=$PATH:/usr/sbin:/sbin
need_tools replay tcpreplay ip tcpdump unshare
# In a user's own namespaces tcpdump cannot give its rights up, and ends.
[ "$(id -u)" -eq 0 ] || skip_all replay 'no right to make network namespaces'
within() { unshare --pid --fork --kill-child --mount --net sh "$0" --within "$work" "$@"; }
within 2>"$work/said" || skip_all replay "no right to make network namespaces"

# frames CAPTURE - their bytes, and nothing else.
frames() { tcpdump -n -t -xx -r "$1" 2>/dev/null | sed -n 's/^\t//p'; }

count() { tcpdump -n -r "$@" 2>/dev/null | wc -l; }

set --
aside=0
for capture in samples/captures/*.pcap samples/captures/*.pcapng; do
    name=$(basename "$capture")
    "$rewriter" -q --format=pcap "$capture" -w "$work/$name" || continue # check-laws.sh says so
    tcpdump -r "$work/$name" -w "$work/$name.play" "less $longest" 2>"$work/said" || continue
    grep -q 'EN10MB' "$work/said" || continue
    long=$(($(count "$work/$name") - $(count "$work/$name.play")))
    [ "$long" -eq 0 ] || echo "# $name: $long frames are longer than $longest bytes: left aside"
    aside=$((aside + long))
    set -- "$@" "$work/$name.play"
done
check 'there are captures to play' test $# -gt 40
within "$@" 2>"$work/said"
check 'they are played' test $? -eq 0
[ ! -s "$work/played" ] || grep -q 'Failed packets: *0' "$work/played" ||
    not_ok 'no frame fails' "$(cat "$work/played" "$work/listening")"
frames "$work/arrived.pcap" >"$work/arrived"
for file; do
    frames "$file"
done >"$work/sent"
check 'what arrives is what was sent' cmp "$work/sent" "$work/arrived"
check 'there is something' test -s "$work/arrived"
echo "# $# captures, $(count "$work/arrived.pcap") frames arrived, $aside left aside"
tap_done
