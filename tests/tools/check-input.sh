#!/bin/sh
# check-input.sh - bad input, wrong usage and full disks: what both programs say, and their status.
set -u
. tests/tools/tap.sh

analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
good=samples/captures/plain-delivery.pcap
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# says NAME STATUS WORDS COMMAND... - that status, and a line of standard error or output with those
# words in it (a basic regular expression; empty: any).
says() {
    name=$1
    want=$2
    words=$3
    shift 3
    "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    if [ "$status" -ne "$want" ]; then
        not_ok "$name" "status $status, not $want: $(cat "$work/err")"
    elif [ -n "$words" ] && ! grep -q -e "$words" "$work/err" "$work/out"; then
        not_ok "$name" "no word of '$words': $(cat "$work/err")"
    else
        ok "$name"
    fi
}

# reads NAME STATUS WORDS FILE - both programs on a capture.
reads() {
    says "analyzer: $1" "$2" "$3" "$analyzer" "$4"
    says "rewriter: $1" "$2" "$3" "$rewriter" "$4" -w "$work/rewritten.pcap"
    rm -f "$work/rewritten.pcap"
}

# A classic pcap of one ARP frame.
pcap_head='\324\303\262\241\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0'
arp='\1\0\0\0\0\0\0\0\52\0\0\0\52\0\0\0\377\377\377\377\377\377\2\0\0\0\0\1\10\6\0\1\10\0\6\4\0\1\2\0\0\0\0\1\300\0\2\1\0\0\0\0\0\0\300\0\2\2'

: >"$work/empty.pcap"
echo 'This is no capture, it is a text with some words in it.' >"$work/text.pcap"
head -c 24 "$good" >"$work/head-only.pcap"
head -c 1500 "$good" >"$work/cut-off.pcap"
{ head -c 1500 "$good" && head -c 3000 /dev/zero | tr '\0' '\377'; } >"$work/damaged.pcap"
# shellcheck disable=SC2059
printf "$pcap_head$arp" >"$work/no-tcp.pcap"

reads 'a capture that is not there' 3 "$work/none.pcap: No such file" "$work/none.pcap"
reads 'a folder' 3 "$work: is a directory" "$work"
reads 'an empty file' 3 "$work/empty.pcap: is empty" "$work/empty.pcap"
reads 'a text' 3 "$work/text.pcap: not a pcap" "$work/text.pcap"
reads 'a capture without frames' 3 'no frame could be read' "$work/head-only.pcap"
reads 'a capture cut off in a frame' 3 "$work/cut-off.pcap: cut off in frame" "$work/cut-off.pcap"
reads 'a capture damaged in its middle' 3 "$work/damaged.pcap: .*frame" "$work/damaged.pcap"
reads 'a capture without TCP' 0 '' "$work/no-tcp.pcap"
reads 'frames cut in the middle of a command' 0 '' samples/captures/snaplen-96.pcap
reads 'a session that began before the capture' 0 '' samples/captures/late-start.pcap
reads 'one direction only' 0 '' samples/captures/one-way.pcap

{ head -c 1500 "$good" && head -c 333 /dev/zero && tail -c +1501 "$good"; } >"$work/torn.pcap"
reads 'a capture torn in its middle' 3 'bytes that are no record in front of frame' \
    "$work/torn.pcap"
says 'analyzer: what came behind the garbage' 3 'session 1' "$analyzer" "$work/torn.pcap"
for packer in gzip zstd lz4 xz bzip2; do
    command -v $packer >/dev/null || {
        ok "captures compressed by $packer # SKIP no $packer"
        continue
    }
    $packer -c <"$good" >"$work/$packer"
    size=$(wc -c <"$work/$packer")
    head -c $((size - 3)) "$work/$packer" >"$work/$packer-cut"
    reads "a capture compressed by $packer" 0 '' "$work/$packer"
    reads "the same, cut off" 3 "$work/$packer-cut: cut off in its $packer compression" \
        "$work/$packer-cut"
    check "analyzer: $packer on standard input" \
        sh -c "'$analyzer' - <'$work/$packer' | grep -q '^session 1'"
    "$rewriter" "$work/$packer" -w "$work/$packer.pcap" 2>/dev/null
    "$rewriter" "$good" -w "$work/plain.pcap" 2>/dev/null
    check "rewriter: the same as without $packer" cmp "$work/$packer.pcap" "$work/plain.pcap"
done

# What can be read is told all the same.
says 'analyzer: what came before the cut' 3 '250-XXXXXXXA' "$analyzer" "$work/cut-off.pcap"
says 'analyzer: a good capture beside a bad one' 3 'session 1' \
    "$analyzer" "$work/text.pcap" "$good"
check 'analyzer: standard input' sh -c "'$analyzer' - <$good | grep -q '^session 1'"
check 'rewriter: standard input' sh -c "'$rewriter' - -w '$work/in.pcap' <$good"
check 'rewriter: standard output' \
    sh -c "'$rewriter' $good --format pcap -w - 2>/dev/null | cmp - '$work/in.pcap'"
says 'analyzer: standard input that is no capture' 3 '' sh -c "echo text | '$analyzer' -"

for program in "$analyzer" "$rewriter -w $work/usage.pcap"; do
    of=$(basename "${program%% *}")
    # shellcheck disable=SC2086
    {
        says "$of: --help" 0 'Usage:' $program --help
        says "$of: --version" 0 'libnids' $program --version
        says "$of: no capture" 2 'no capture' $program
        says "$of: no such option" 2 'frobnicate' $program --frobnicate "$good"
        says "$of: no such platform" 2 'pix-9' $program --platform pix-9 "$good"
        says "$of: wrong ports" 2 '99999' $program --ports 99999 "$good"
        says "$of: wrong filter" 2 '' $program --filter 'tcp and and' "$good"
        says "$of: no such knob" 2 'frob' $program -k frob=1 "$good"
        says "$of: no such configuration" 2 'none.cfg: .*No such' $program -c none.cfg "$good"
        says "$of: a capture as a configuration" 2 'not text' $program -c "$good" "$good"
        says "$of: no end of configuration" 2 'longer than 64 MB' \
            sh -c "yes | $program -c - '$good'"
        says "$of: configuration and capture from standard input" 2 'both' $program -c - -
        says "$of: a configuration on standard input" 0 '' \
            sh -c "$program -c - '$good' <samples/policies/default-map.cfg"
        says "$of: --list-knobs" 0 'greeting_separator' $program --list-knobs
        says "$of: --list-platforms" 0 'asa-9.4' $program --list-platforms
    }
done
says 'analyzer: no such format' 2 'yaml' "$analyzer" -o yaml "$good"
says 'analyzer: two outputs to standard output' 2 '' "$analyzer" -o text -o json "$good"
says 'analyzer: an output that cannot be written' 4 'nowhere' \
    "$analyzer" -o "text=$work/nowhere/out.txt" "$good"
says 'analyzer: no configuration to check' 2 'no configuration' "$analyzer" --check-config
says 'analyzer: a configuration as a capture' 2 'given by -c' \
    "$analyzer" --check-config samples/policies/default-map.cfg
cp samples/policies/default-map.cfg "$work/asa.cfg"
says 'analyzer: an output over the configuration' 2 'asa.cfg: is a configuration' \
    "$analyzer" -c "$work/asa.cfg" -o "text=$work/asa.cfg" "$good"
says 'rewriter: an output over the configuration' 2 'asa.cfg: is a configuration' \
    "$rewriter" -c "$work/asa.cfg" "$good" --format pcap -w "$work/asa.cfg"
check 'a configuration is not written over' cmp "$work/asa.cfg" samples/policies/default-map.cfg
says 'rewriter: no output' 2 '-w' "$rewriter" "$good"
says 'rewriter: no such format' 2 'erf' "$rewriter" "$good" --format erf -w "$work/usage.pcap"
says 'rewriter: an output that cannot be written' 4 'nowhere' \
    "$rewriter" "$good" -w "$work/nowhere/out.pcap"
if [ -c /dev/full ]; then
    says 'analyzer: a full disk' 4 '' sh -c "'$analyzer' $good >/dev/full"
    for format in pcap pcapng; do
        says "rewriter: a full disk, $format" 4 'No space left' \
            sh -c "'$rewriter' $good --format $format -w - >/dev/full"
        says "rewriter: a broken pipe, $format" 4 'Broken pipe' \
            sh -c "trap '' PIPE
                { while printf . 2>/dev/null; do :; done # until nobody is there to read
                '$rewriter' $good --format $format -w -; echo \$? >'$work/status'; } | true
                exit \$(cat '$work/status')"
    done
fi

# Nothing unfinished is left behind.
rm -rf "$work/left"
mkdir "$work/left"
"$rewriter" "$work/text.pcap" -w "$work/left/out.pcap" 2>/dev/null
check 'rewriter: no half file' test -z "$(ls -A "$work/left")"
tap_done
