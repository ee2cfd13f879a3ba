#!/bin/sh
# check-options.sh - the rewriter's options, each with each of the others, over samples.
#
# Every set of values is tried on a sample, the samples taken in turn: with all its sessions and with
# the first alone, with the default map and with one that resets connections. Whether the frames are right is compare_pcap's judgement,
# which shares no code with the rewriter; the summary has to count what it counts, and balance; a
# second time changes nothing.
set -u
. tests/tools/tap.sh
. tests/tools/rewriter_told.sh

rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
compare=$ESI_BUILD/tests/compare_pcap
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# tried SAMPLE COMPARE-OPTION OPTION... - one set of values.
tried() {
    capture=$1
    how=$2
    shift 2
    name="$(basename "$capture") $(echo "$*" | sed 's|tests/golden/configs/||')"
    rewritten_right "$name" "$how" "$capture" "$work/once.pcap" "$@" || return
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
