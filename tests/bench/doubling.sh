#!/bin/sh
# doubling.sh - what twice as much of a hostile capture costs: CPU seconds and memory.
#
#     tests/bench/doubling.sh [SIZE] [RUNS] [DIR]
#
# SIZE  of the smaller capture: bytes, or with K, M, G (default 64M); the larger one has twice that
# RUNS  that are measured (default 3)
# DIR   where a capture lies while it is read; default: /dev/shm, or else ${TMPDIR:-/tmp}
#
# ESI_BUILD   the build folder (default build/release)
# ESI_KINDS   which families (default: all that bench_hostile --kinds names)
# ESI_WITH    the program and its options (default "esmtp-analyzer"; or "esmtp-rewriter")
# ESI_FLOWS   for how many flows --max-memory 64M has room (default: bench_hostile's): "expiring"
#             means nothing with another number than the program's own
#
# To repeat it, in the root of the source tree:
#
#     cmake --preset release -DESI_BENCH=ON && cmake --build --preset release
#     tests/bench/doubling.sh 64M 3
#
# Needed: GNU time as /usr/bin/time, and 4 times SIZE of room in DIR.
#
# A figure is the median of the runs: user and system seconds together, and the peak resident set.
# TIME is said of a family whose ratio is over 2.3, MEMORY of one that takes more than 64 MB and
# 8 KB for each session that is open at a time; or, if it is run with --max-memory, more than 64 MB
# and that. The status is 1 if either was said, or a run
# failed. Under a tenth of a second a ratio means nothing and is not judged.
set -eu

size=${1:-64M}
runs=${2:-3}
dir=${3:-}
build=${ESI_BUILD:-build/release}
generate=$build/tests/bench/bench_hostile
with=${ESI_WITH:-esmtp-analyzer}

fail() {
    echo "doubling.sh: $*" >&2
    exit 2
}

[ -x "$generate" ] || fail "no $generate: build with -DESI_BENCH=ON"
[ -x /usr/bin/time ] || fail "no /usr/bin/time (Debian: time)"
[ "$runs" -gt 0 ] 2>/dev/null || fail "no number of runs: $runs"
bytes=$(printf '%s\n' "$size" | awk '
    !/^[1-9][0-9]*[KMG]?$/ { exit 1 }
    { n = $0 + 0 }
    /K$/ { n *= 1024 }
    /M$/ { n *= 1024 ^ 2 }
    /G$/ { n *= 1024 ^ 3 }
    { printf "%.0f\n", n }') || fail "no size: $size"
if [ -z "$dir" ]; then
    dir=${TMPDIR:-/tmp}
    [ ! -w /dev/shm ] || dir=/dev/shm
fi
work=$(mktemp -d "$dir/esi-doubling.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# megabytes_of KIND - the cap that the family is run with; nothing: it has none of its own.
megabytes_of() {
    case $1 in
    one-frame | expiring) echo 64 ;;
    esac
}

# run_program CAPTURE [OPTION...] - as it is measured.
run_program() {
    case $with in
    esmtp-analyzer*)
        # shellcheck disable=SC2086
        /usr/bin/time -q -f '%U %S %M' -o "$work/time" "$build/analyzer/"$with -q "$@"
        ;;
    esmtp-rewriter*)
        # shellcheck disable=SC2086
        /usr/bin/time -q -f '%U %S %M' -o "$work/time" "$build/rewriter/"$with -q "$@" \
            -w "$work/out.pcap"
        ;;
    *) fail "no such program: $with" ;;
    esac
}

# measure KIND BYTES - "seconds kilobytes allowed", the median, the most, and how many kilobytes
# there may be; or "failed".
measure() {
    cap=$(megabytes_of "$1")
    "$generate" "$1" "$2" "$work/in.pcap" ${ESI_FLOWS:+"$ESI_FLOWS"} >"$work/said" ||
        fail "cannot make $1"
    : >"$work/runs"
    n=0
    while [ "$n" -lt "$runs" ]; do
        n=$((n + 1))
        if ! run_program "$work/in.pcap" ${cap:+--max-memory "${cap}M"} >/dev/null \
            2>"$work/stderr"; then
            head -n 2 "$work/stderr" >&2
            echo failed
            return
        fi
        awk 'END { printf "%.2f %d\n", $1 + $2, $3 }' "$work/time" >>"$work/runs"
    done
    rm -f "$work/in.pcap" "$work/out.pcap"
    sort -n "$work/runs" | awk -v middle="$(((runs + 1) / 2))" -v cap="$cap" -v open="$(
        sed -n 's/^open: //p' "$work/said")" '
        NR == middle { seconds = $1 }
        $2 > most { most = $2 }
        END { print seconds, most, 64 * 1024 + (cap ? cap * 1024 : open * 8) }'
}

judged=0
printf '%s, %s and twice that, median of %s\n' "$with" "$size" "$runs"
printf '%-15s %9s %9s %6s %9s %9s %10s\n' family 'CPU s' 'CPU s x2' ratio 'peak MB' 'MB x2' 'cap MB x2'
for kind in ${ESI_KINDS:-$("$generate" --kinds)}; do
    once=$(measure "$kind" "$bytes")
    twice=$(measure "$kind" "$((bytes * 2))")
    printf '%s %s %s\n' "$kind" "$once" "$twice" | awk '
        /failed/ { printf "%-15s failed\n", $1; exit 1 }
        {
            ratio = $2 > 0 ? $5 / $2 : 0
            slow = $2 >= 0.1 && ratio > 2.3
            large = $6 > $7 || $3 > $4
            printf "%-15s %9.2f %9.2f %6.2f %9.1f %9.1f %10.1f%s%s\n", $1, $2, $5, ratio,
                $3 / 1024, $6 / 1024, $7 / 1024, slow ? "  TIME" : "", large ? "  MEMORY" : ""
            exit slow || large
        }' || judged=1
done
exit "$judged"
