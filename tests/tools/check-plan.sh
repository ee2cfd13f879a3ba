#!/bin/sh
# check-plan.sh - the rewriter's plans as text: what one run decides, another applies.
#
# Every sample, by several configurations: the capture that is written by a plan is the one that the
# run which wrote the plan would have written, in each shape; the same plan is the same text; and a
# plan that is read and written again is so byte for byte. Then what is refused, and that a run that
# fails leaves neither file behind.
set -u
. tests/tools/tap.sh

rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
samples=samples/captures
configs=tests/golden/configs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# shape NUMBER FORMAT - options that shape the output, in turn.
shape() {
    case $(($1 % 6)) in
    0) echo ;;
    1) echo --after-divergence=cut ;;
    2) echo --dropped=mark --after-divergence=mark ;;
    3) echo --checksums=all --view=to-client ;;
    4) echo --only-sessions=1 --checksums=adjust ;;
    5) echo --view=to-server --after-divergence=keep ;;
    esac
}

# law NAME DECIDING-OPTIONS SHAPING-OPTIONS ENDING CAPTURE... - the two ways to the same capture.
law() {
    name=$1
    decides=$2
    shapes=$3
    ending=$4
    shift 4
    rm -f "$work"/a.* "$work"/b.* "$work"/p "$work"/again "$work"/plan
    # Word splitting is wanted: there may be no option, or several.
    # shellcheck disable=SC2086
    "$rewriter" -q $decides $shapes "$@" -w "$work/a.$ending" 2>"$work/first"
    first=$?
    # shellcheck disable=SC2086
    "$rewriter" -q $decides "$@" --write-plan "$work/plan" 2>"$work/planned"
    planned=$?
    # shellcheck disable=SC2086
    "$rewriter" -q --plan "$work/plan" $shapes "$@" -w "$work/b.$ending" \
        --write-plan "$work/again" 2>"$work/second"
    second=$?
    if [ "$first" -ne "$planned" ] || [ "$first" -ne "$second" ]; then
        not_ok "$name: all end alike" \
            "$first, $planned, $second: $(cat "$work/first" "$work/planned" "$work/second")"
        return
    fi
    check "$name: by the plan, the same capture" cmp "$work/a.$ending" "$work/b.$ending"
    check "$name: read and written again" cmp "$work/plan" "$work/again"
    # shellcheck disable=SC2086
    "$rewriter" -q $decides $shapes "$@" -w "$work/a.$ending" --write-plan "$work/plan" 2>/dev/null
    check "$name: whatever else is written, the same plan" cmp "$work/plan" "$work/again"
    check "$name: and the same capture" cmp "$work/a.$ending" "$work/b.$ending"
}

number=0
for capture in "$samples"/*.pcap "$samples"/*.pcapng; do
    [ -f "$capture" ] || continue
    name=$(basename "$capture")
    for decides in '' "-c $configs/reset.cfg --knob=drop_sends_rst=yes"; do
        case $((number % 2)) in
        0) ending=pcapng ;;
        1) ending=pcap ;;
        esac
        law "$name $ending $decides $(shape $number)" "$decides" "$(shape $number)" "$ending" \
            "$capture"
        number=$((number + 1))
    done
done

# What decides besides a configuration, several captures, and pipes.
several="$samples/sessions-several.pcap"
law "a filter" '--filter=tcp' '' pcap "$several"
law "ports, memory" '--ports=587,25-30 --max-memory=1M' '' pcapng "$several"
law "limits" "-c $configs/limits.cfg" '--dropped=mark' pcapng "$several"
law "another platform" '-P pix-6.3' '' pcapng "$several"
law "some sessions" '' '--only-sessions=2,9,12-14' pcapng "$several"
law "two captures" '' '' pcapng "$several" "$samples/plain-delivery.pcap"
law "no session" '--ports=1' '' pcapng "$several"
head -c 1500 "$samples/plain-delivery.pcap" >"$work/cut.pcap"
law "a capture that was cut off" '' '' pcap "$work/cut.pcap"
check "its plan says so" grep -q '"complete":false,"why_not":"' "$work/plan"

capture=$samples/plain-delivery.pcap
"$rewriter" -q "$capture" -w "$work/a.pcap" --write-plan "$work/plan"
cp "$capture" "$work/renamed.cap"
"$rewriter" -q --plan "$work/plan" "$work/renamed.cap" -w "$work/b.pcap"
check "the same file under another name" cmp "$work/a.pcap" "$work/b.pcap"
"$rewriter" -q --plan "$work/plan" - -w - --format=pcap <"$capture" >"$work/b.pcap"
check "the same file through a pipe" cmp "$work/a.pcap" "$work/b.pcap"
"$rewriter" -q --plan - "$capture" -w - --format=pcap <"$work/plan" >"$work/b.pcap"
check "the plan through a pipe" cmp "$work/a.pcap" "$work/b.pcap"
"$rewriter" -q --write-plan - "$capture" >"$work/again"
check "the plan on standard output" cmp "$work/plan" "$work/again"

# refused NAME STATUS WORDS OPTION... - nothing is written, and it says why.
refused() {
    name=$1
    wanted=$2
    words=$3
    shift 3
    rm -f "$work/none" "$work/none.plan"
    "$rewriter" "$@" >/dev/null 2>"$work/told"
    status=$?
    if [ "$status" -ne "$wanted" ] || ! grep -qF -- "$words" "$work/told"; then
        not_ok "$name: status $wanted, $words" "status $status: $(cat "$work/told")"
    elif [ -e "$work/none" ] || [ -e "$work/none.plan" ]; then
        not_ok "$name: nothing is written" "$(ls "$work")"
    else
        ok "$name: $words"
    fi
}

# tampered NAME STATUS WORDS SED-COMMAND - the plan, changed.
tampered() {
    sed "$4" "$work/plan" >"$work/tampered"
    if cmp -s "$work/plan" "$work/tampered"; then
        not_ok "$1: the plan is another one" "$4"
        return
    fi
    refused "$1" "$2" "$3" --plan "$work/tampered" "$capture" -w "$work/none"
}

refused "another capture" 2 'is not the capture that the plan is of' \
    --plan "$work/plan" "$samples/vlan.pcap" -w "$work/none" --write-plan "$work/none.plan"
refused "more captures" 2 'the plan is of 1 capture, not of 2' \
    --plan "$work/plan" "$capture" "$samples/vlan.pcap" -w "$work/none"
refused "a capture that is not there" 3 'No such file' --plan "$work/plan" "$work/no-capture" \
    -w "$work/none"
refused "no plan" 2 'is no JSON' --plan "$capture" "$capture" -w "$work/none"
refused "no such plan" 2 'cannot be read' --plan "$work/no-plan" "$capture" -w "$work/none"
refused "the plan and the capture into one file" 2 'cannot be both' \
    "$capture" -w "$work/none" --write-plan "$work/none"
for option in --config=x --platform=pix-6.3 --knob=pipe=blank --map=x --ports=25 --filter=tcp \
    --max-memory=1G; do
    refused "$option" 2 'the plan says that' --plan "$work/plan" "$option" "$capture" \
        -w "$work/none"
done
tampered "a newer schema" 2 'a newer version wrote' '1s/"schema":1/"schema":2/'
tampered "another client" 2 'is not in the capture as the plan has it' 's/"client_port":[0-9]*/"client_port":1/'
tampered "another beginning" 2 'is not in the capture as the plan has it' 's/"start":"20/"start":"19/'
tampered "another flow" 2 'is not in the capture as the plan has it' 's/"flow_id":1/"flow_id":2/'
tampered "another port" 2 'found' 's/"server_port":25/"server_port":65536/'
tampered "fewer frames" 2 'frames, and' '1s/"frames":21/"frames":20/'
tampered "fragments" 2 'fragments' '1s/_fragments":false/_fragments":true/g'
tampered "whole or not" 2 'is whole' '1s/true,"why_not":null/false,"why_not":"x"/'
# shellcheck disable=SC2016 # the last line, to sed
tampered "cut off" 2 'was cut off' '$d'
tampered "a line less" 2 'items' '3d'
tampered "a session less" 2 'expected a session' '2d'
tampered "another filter" 2 'does not fit' '1s/"filter":null/"filter":"udp"/'
tampered "a wrong filter" 2 'filter' '1s/"filter":null/"filter":"no such"/'

# Either both files appear, or none.
if [ -w /dev/full ]; then
    refused "no room for the plan" 4 'cannot be written' "$capture" -w "$work/none" \
        --write-plan /dev/full
    refused "no room for the capture" 4 'cannot be written' "$capture" -w /dev/full \
        --write-plan "$work/none.plan"
else
    ok 'a full disk # SKIP there is no /dev/full'
fi
refused "no folder for the plan" 4 'cannot be written' "$capture" -w "$work/none" \
    --write-plan "$work/no-folder/plan"
refused "no folder for the capture" 4 'cannot be written' "$capture" -w "$work/no-folder/out" \
    --write-plan "$work/none.plan"
refused "no capture" 3 'not written' "$work/no-capture" -w "$work/none" \
    --write-plan "$work/none.plan"
tap_done
