#!/bin/sh
# check-options.sh - the rewriter's options, each with each of the others, over samples.
#
# Every set of values is tried on a sample, the samples taken in turn: with all its sessions and with
# the first alone, with the default map and with one that resets connections. Whether the frames are right is compare_pcap's judgement,
# which shares no code with the rewriter; the summary has to count what it counts, and balance; a
# second time changes nothing.
set -u
. tests/tools/tap.sh

rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
compare=$ESI_BUILD/tests/compare_pcap
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# told STDERR - "read made written missing changed", from the summary; nothing if it does not
# balance.
told() {
    awk '/ made = / {
            for (i = 2; i <= NF; i++) {
                if ($i ~ /^read/) read = $(i - 2)
                if ($i == "made") made = $(i - 1)
                if ($i == "written") written = $(i - 1)
                if ($i == "dropped") dropped = $(i - 1)
                if ($i == "left") left = $(i - 1)
            }
        }
        / changed \(/ { changed = $2 }
        END {
            if (read + made == written + dropped + left)
                print made, written, dropped + left, changed
        }' "$1"
}

# compared TEXT - the same, from compare_pcap's.
compared() {
    echo "$1" | sed 's/^\(.*\) frames, \(.*\) missing, \(.*\) changed, \(.*\) made$/\4 \1 \2 \3/'
}

# tried SAMPLE COMPARE-OPTION OPTION... - one set of values.
tried() {
    capture=$1
    how=$2
    shift 2
    name="$(basename "$capture") $(echo "$*" | sed 's|tests/golden/configs/||')"
    if ! "$rewriter" "$@" "$capture" -w "$work/once.pcap" 2>"$work/told"; then
        not_ok "$name: is rewritten" "$(cat "$work/told")"
        return
    fi
    # Word splitting is wanted: there may be no option.
    # shellcheck disable=SC2086
    if ! frames=$("$compare" $how "$capture" "$work/once.pcap" 2>&1); then
        not_ok "$name: only what may change does" "$frames"
        return
    fi
    if [ "$(told "$work/told")" = "$(compared "$frames")" ]; then
        ok "$name: $frames"
    else
        not_ok "$name: the summary is right" "$(cat "$work/told"; echo "found: $frames")"
    fi
    case $name in
    # A session that diverges by the use of a hidden extension, and would be ended behind that: in
    # the rewritten capture nothing tells any more which extension it was.
    starttls-refused-454*reset.cfg) return ;;
    esac
    "$rewriter" -q "$@" "$work/once.pcap" -w "$work/twice.pcap"
    check "$name: twice is once" cmp "$work/once.pcap" "$work/twice.pcap"
}

set -- samples/captures/*.pcap
for checksums in recompute adjust all; do
    case $checksums in
    recompute) how= ;;
    adjust) how=-a ;;
    all) how=-A ;;
    esac
    for dropped in omit mark; do
        for after in keep mark cut; do
            for view in both to-server to-client; do
                for sessions in '' --only-sessions=1; do
                    for config in '' "--config=tests/golden/configs/reset.cfg"; do
                        # shellcheck disable=SC2086
                        tried "$1" "$how" --checksums=$checksums --dropped=$dropped \
                            --after-divergence=$after --view=$view $sessions $config
                    done
                done
                shift
                [ $# -gt 0 ] || set -- samples/captures/*.pcap
            done
        done
    done
done
tap_done
