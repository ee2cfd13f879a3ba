#!/bin/sh
# check-proof.sh - proofs of what was changed, over every sample, and what is done to fool them.
#
# Whether a proof is right is verify_proof's judgement, which shares no code with the rewriter: the
# inputs and the proof make the output, frame by frame. The output has to be what it is without a
# proof. A proof or an output that was tampered with has to be found out.
# shellcheck disable=SC2016 # the last line, to sed
set -u
. tests/tools/tap.sh

rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
verify=$ESI_BUILD/tests/verify_proof
fragment=$ESI_BUILD/tests/fragment
samples=samples/captures
reset=--config=tests/golden/configs/reset.cfg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# proved NAME OUT INPUT OPTION... - one capture, rewritten without a proof and with one: the same
# comes out, and the same is said.
proved() {
    label=$1
    out=$work/$2
    in=$3
    shift 3
    label="$label $*"
    "$rewriter" "$@" "$in" -w "$out" 2>"$work/told-without"
    mv "$out" "$work/without"
    if ! "$rewriter" "$@" "$in" -w "$out" --proof "$work/proof" 2>"$work/told"; then
        not_ok "$label: is rewritten" "$(cat "$work/told")"
    elif ! found=$("$verify" "$work/proof" "$out" "$in" 2>&1); then
        not_ok "$label: is proved" "$found"
    elif ! cmp -s "$work/without" "$out" || ! cmp -s "$work/told-without" "$work/told"; then
        not_ok "$label: the same without a proof" "$(cat "$work/told-without" "$work/told")"
    else
        ok "$label: $found"
    fi
}

# why NAME WHY - what that proof says of frames that are left out by option: nothing else.
why() {
    check "$1: left out by $2" sh -c "! grep '\"left-out\"' '$work/proof' |
        grep -v '\"why\":\"verdict\"' | grep -v '\"why\":\"$2\"'"
}

# Each sample as it is by default, and in one of the other ways, these in turn.
way=0
for capture in "$samples"/*.pcap "$samples"/*.pcapng; do
    name=$(basename "$capture")
    way=$(((way + 1) % 7))
    proved "$name" out.pcap "$capture"
    case $way in
    0) proved "$name" out.pcapng "$capture" --dropped=mark ;;
    1) proved "$name" out.pcapng "$capture" $reset --after-divergence=cut ;;
    2) proved "$name" out.pcap "$capture" $reset --view=to-server --after-divergence=cut ;;
    3) proved "$name" out.pcapng "$capture" $reset --dropped=mark --checksums=all ;;
    4) proved "$name" out.pcap "$capture" $reset --dropped=mark --checksums=adjust ;;
    5) proved "$name" out.pcapng "$capture" --only-sessions=1,3 --view=to-client ;;
    6) proved "$name" out.pcapng "$capture" $reset ;;
    esac
done
for name in sessions-several.pcap starttls-postfix.pcap; do
    for after in keep mark cut; do
        for dropped in omit mark; do
            for checksums in recompute all; do
                proved "$name" out.pcapng "$samples/$name" $reset --dropped=$dropped \
                    --after-divergence=$after --checksums=$checksums
            done
        done
    done
done
for filter in 'src port 25' 'tcp[tcpflags] & tcp-push != 0' 'not ip'; do
    proved filtered out.pcapng "$samples/mixed-traffic.pcapng" --filter="$filter" \
        --only-sessions=1
    proved filtered out.pcap "$samples/sessions-several.pcap" --filter="$filter" $reset
    why "$filter" filter
done
proved 'one session' out.pcap "$samples/sessions-several.pcap" --only-sessions=2
why 'one session' only-sessions
check 'one session: runs of frames are one line' \
    grep -q '"frames":[1-9][0-9],"why":"only-sessions"' "$work/proof"
proved 'behind a divergence' out.pcap "$samples/starttls-postfix.pcap" --after-divergence=cut
why 'behind a divergence' after-divergence
check 'adjusted checksums are told so' sh -c "'$rewriter' -q --checksums=adjust \
    '$samples/plain-delivery.pcap' -w /dev/null --proof - | grep -q '\"checksum-adjusted\"'"
check 'and those that were set' sh -c "'$rewriter' -q --checksums=all \
    '$samples/offload-large-segments.pcap' -w /dev/null --proof - | grep -q '\"checksum-set\"'"
for name in starttls-postfix special-characters recipients-120-pipelined; do
    "$fragment" "$samples/$name.pcap" "$work/cut.pcap"
    proved "$name in fragments" out.pcapng "$work/cut.pcap"
    check "$name in fragments: some change" grep -q '"kind":"payload"' "$work/proof"
    proved "$name in fragments" out.pcap "$work/cut.pcap" $reset
    proved "$name in fragments" out.pcapng "$work/cut.pcap" $reset --dropped=mark
    proved "$name in fragments" out.pcapng "$work/cut.pcap" --after-divergence=cut
    why "$name in fragments" after-divergence
    proved "$name in fragments" out.pcapng "$work/cut.pcap" --only-sessions=1 --checksums=all
done

# Fractions of a second that are more than one.
proved 'odd times' out.pcap tests/fuzz/corpus/capture/pcap-odd
proved 'odd times' out.pcapng tests/fuzz/corpus/capture/pcap-odd

# Several inputs, in whatever order; one of them twice.
one=$samples/plain-delivery.pcap
two=$samples/starttls-keys.pcapng
"$rewriter" -q $reset "$two" "$one" "$one" -w "$work/out.pcapng" --proof "$work/proof"
check 'several inputs' "$verify" "$work/proof" "$work/out.pcapng" "$one" "$two" "$one"
check 'several inputs: all are needed' sh -c "! '$verify' '$work/proof' '$work/out.pcapng' $one $two"

# Pipes.
"$rewriter" -q - -w - --proof "$work/proof" <"$one" >"$work/piped"
check 'through pipes' "$verify" "$work/proof" "$work/piped" "$one"
"$rewriter" -q "$one" -w "$work/out.pcapng" --proof - >"$work/piped-proof"
check 'a proof on standard output' "$verify" "$work/piped-proof" "$work/out.pcapng" "$one"
check 'sha256sum says the same of the output' \
    grep -q "\"sha256\":\"$(sha256sum "$work/piped" | cut -d ' ' -f 1)\"" "$work/proof"
check 'and of the input' \
    grep -q "\"sha256\":\"$(sha256sum "$one" | cut -d ' ' -f 1)\"" "$work/proof"
for packer in gzip zstd; do
    command -v $packer >/dev/null || continue
    $packer -c <"$one" >"$work/packed"
    "$rewriter" -q "$work/packed" -w "$work/out.pcap" --proof "$work/proof"
    check "from $packer" "$verify" "$work/proof" "$work/out.pcap" "$work/packed=$one"
done

# Damaged input: what could be read is proved, and what is wrong is told.
head -c 1500 "$one" >"$work/cut-off.pcap"
"$rewriter" -q "$work/cut-off.pcap" -w "$work/out.pcap" --proof "$work/proof" 2>/dev/null
check 'a capture that is cut off: status' test $? -eq 3
check 'a capture that is cut off' "$verify" "$work/proof" "$work/out.pcap" "$work/cut-off.pcap"
check 'a capture that is cut off: why' \
    grep -q '"complete":false,"why_not":"cut off in frame' "$work/proof"
"$rewriter" -q "$work/none.pcap" "$one" -w "$work/out.pcap" --proof "$work/proof" 2>/dev/null
check 'a capture that is not there: status' test $? -eq 3
check 'a capture that is not there: the other' "$verify" "$work/proof" "$work/out.pcap" "$one"
check 'a capture that is not there: no digest' grep -q '"sha256":null,"frames":0' "$work/proof"

# Both or neither, and never over another.
says() {
    label=$1
    want=$2
    words=$3
    shift 3
    "$@" >"$work/said" 2>&1
    status=$?
    if [ "$status" -eq "$want" ] && grep -q -e "$words" "$work/said"; then
        ok "$label"
    else
        not_ok "$label" "status $status, not $want: $(cat "$work/said")"
    fi
}
mkdir "$work/left"
says 'a proof that cannot be written' 4 'nowhere' "$rewriter" "$one" -w "$work/left/out.pcap" \
    --proof "$work/nowhere/proof"
says 'an output that cannot be written' 4 'nowhere' "$rewriter" "$one" \
    -w "$work/nowhere/out.pcap" --proof "$work/left/proof"
if [ -c /dev/full ]; then
    says 'no room for the proof' 4 '/dev/full: cannot be written: No space' "$rewriter" "$one" \
        -w "$work/left/out.pcap" --proof /dev/full
    says 'no room for the output' 4 '/dev/full: cannot be written: No space' "$rewriter" "$one" \
        -w /dev/full --proof "$work/left/proof"
fi
# The dots go until nobody is there to read them.
says 'a broken pipe' 4 'Broken pipe' sh -c "trap '' PIPE
    { while printf . 2>/dev/null; do :; done; '$rewriter' '$one' -w - --proof '$work/left/proof'
    echo \$? >'$work/status'; } | true; exit \$(cat '$work/status')"
says 'a capture without frames' 3 'not written' "$rewriter" "$work/none.pcap" \
    -w "$work/left/out.pcap" --proof "$work/left/proof"
mkdir "$work/taken"
says 'a folder of that name' 4 'Is a directory' "$rewriter" "$one" -w "$work/left/out.pcap" \
    --proof "$work/taken"
check 'nothing is left behind' test -z "$(ls -A "$work/left")"
cp "$one" "$work/in.pcap"
says 'a proof over the input' 2 'a capture to be read' "$rewriter" "$work/in.pcap" \
    -w "$work/left/out.pcap" --proof "$work/in.pcap"
cp samples/policies/default-map.cfg "$work/asa.cfg"
says 'a proof over the configuration' 2 'a configuration to be read' "$rewriter" \
    -c "$work/asa.cfg" "$one" -w "$work/left/out.pcap" --proof "$work/asa.cfg"
says 'a proof over the output' 2 'both' "$rewriter" "$one" -w "$work/left/out.pcap" \
    --proof "$work/left/../left/out.pcap"
says 'a proof over an output that is there' 2 'both' "$rewriter" "$one" -w "$work/in.pcap" \
    --proof "$work/./in.pcap"
says 'both to standard output' 2 'standard output' "$rewriter" "$one" -w - --proof -
says 'standard output is the proof' 2 'proof cannot be both' sh -c \
    "'$rewriter' '$one' -w - --proof '$work/left/proof' 2>&1 >'$work/left/proof' | tee '$work/why'
    grep -q 'cannot be both' '$work/why' && exit 2"
says 'standard output is the output' 2 'out.pcap cannot be both' sh -c \
    "'$rewriter' '$one' -w '$work/left/out.pcap' --proof - 2>&1 >'$work/left/out.pcap' |
    tee '$work/why'
    grep -q 'cannot be both' '$work/why' && exit 2"
rm "$work/left/proof" "$work/left/out.pcap"
says 'one pipe by two names' 2 'cannot be both' sh -c \
    "{ '$rewriter' '$one' -w /dev/stdout --proof - 2>'$work/why'
    echo \$? >'$work/status'; } | cat >/dev/null; cat '$work/why'; exit \$(cat '$work/status')"
says 'an output over standard input' 2 'a capture to be read' sh -c \
    "'$rewriter' - -w '$work/in.pcap' <'$work/in.pcap'"
says 'a proof of no name' 2 'file name' "$rewriter" "$one" -w - --proof=
check 'the input stays' cmp "$one" "$work/in.pcap"

# Lies. Each is told to be what it is.
"$rewriter" -q $reset "$samples/sessions-several.pcap" -w "$work/out.pcap" --proof "$work/proof"
several=$samples/sessions-several.pcap
check 'before the lies' "$verify" "$work/proof" "$work/out.pcap" "$several"

# lie NAME WORDS SED-COMMAND - a proof with other words; sed's $ is the last line.
lie() {
    sed "$3" "$work/proof" >"$work/lie"
    if cmp -s "$work/proof" "$work/lie"; then
        not_ok "a lie: $1" 'it is none'
        return
    fi
    says "a lie: $1" 1 "$2" "$verify" "$work/lie" "$work/out.pcap" "$several"
}
lie 'another byte after' 'not those of the proof' 's/"after":"\*/"after":"+/'
lie 'another byte before' 'other bytes before' 's/"before":"mail/"before":"hail/'
lie 'a range further on' '' '0,/"offset":70/s//"offset":71/'
lie 'a range that is too long' 'a range' '0,/"length":30/s//"length":31/'
lie 'a change that is not told' 'its bytes changed' '2d'
lie 'a frame that was not left out' '' '/"left-out"/{s/"frames":1,/"frames":2,/;}'
lie 'a made frame that is not told' '' '/"made",/d'
lie 'another made frame' 'made, and not' '/"made",/s/P\\\\x14/P\\\\x10/'
lie 'another digest of the output' 'SHA-256' '$s/"sha256":"./"sha256":"_/'
lie 'another input' 'no input' '1s/"sha256":"./"sha256":"_/'
lie 'another count' 'written' '$s/"written":/"written":1/'
lie 'a proof that is cut off' 'cut off' '$d'
lie 'a proof that goes on' 'goes on' '$p'

# An output of which a byte, or a frame, changed: by its digest, and by its frames.
size=$(wc -c <"$work/out.pcap")
for at in 40 70 500 $((size / 2)) $((size - 1)); do
    cp "$work/out.pcap" "$work/spoiled.pcap"
    printf '\277' | dd of="$work/spoiled.pcap" bs=1 seek="$at" conv=notrunc 2>/dev/null
    for how in '' -n; do
        # shellcheck disable=SC2086
        says "an output with another byte at $at $how" 1 'frame' "$verify" $how "$work/proof" \
            "$work/spoiled.pcap" "$several"
    done
done
head -c $((size - 1)) "$work/out.pcap" >"$work/short.pcap"
says 'an output that is cut off' 1 'the output ends' "$verify" -n "$work/proof" \
    "$work/short.pcap" "$several"
cp "$work/out.pcap" "$work/long.pcap"
echo >>"$work/long.pcap"
says 'an output that goes on' 1 'SHA-256' "$verify" "$work/proof" "$work/long.pcap" "$several"
tap_done
