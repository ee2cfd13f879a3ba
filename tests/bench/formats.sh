#!/bin/sh
# formats.sh - what the formats of the analyzer cost: CPU seconds and memory.
#
#     tests/bench/formats.sh [SIZE] [RUNS] [DIR]
#
# SIZE  of each capture: bytes, or with K, M, G (default 1G)
# RUNS  that are measured, after one that is not (default 5)
# DIR   where captures and what is written lie; captures are made if they are not there yet and
#       stay. Default: a folder in /dev/shm, or else in ${TMPDIR:-/tmp}, that is removed at the end
#
# ESI_BUILD    the build folder (default build/release)
# ESI_KINDS    which captures (default "bulk small")
# ESI_FORMATS  which formats (default: all that --list-formats names but those of --verify)
#
# To repeat it, in the root of the source tree:
#
#     cmake --preset release -DESI_BENCH=ON && cmake --build --preset release
#     tests/bench/formats.sh 1G 5
#
# Needed: GNU time as /usr/bin/time; in DIR one and a half times SIZE for each kind, and SIZE for
# what is written; in ${TMPDIR:-/tmp} a fifth of SIZE for the lines that `-o syslog` sorts.
#
# The text alone and all formats together, each into a file of its own, take turns (A B A B ...), so
# that a slow minute of the machine meets both. A figure is the median of the runs: user and system
# seconds together, and the peak resident set. The status is 1, and the line says SLOW, if all
# formats together take more than 1.3 times the CPU time of the text alone on large messages
# (bulk), or twice that on small sessions (small).
#
# Then each format alone, once, on half of SIZE and on the whole, with --max-memory 32M; below its
# peak memory what is over that of `counters`, which keeps nothing of a session. The line says
# GROWS, and the status is 1, if that is over 4 MB more on the whole than on the half. (From 128M of
# small sessions on, half of them is more than `-o syslog` sorts in memory.)
set -eu

size=${1:-1G}
runs=${2:-5}
dir=${3:-}
build=${ESI_BUILD:-build/release}
kinds=${ESI_KINDS:-bulk small}
analyzer=$build/analyzer/esmtp-analyzer

# shellcheck source=tests/bench/generated.sh
. "${0%/*}/generated.sh"

# measure RESULT CAPTURE OPTION... - a line "seconds kilobytes" more in RESULT.
measure() {
    result=$1
    shift
    /usr/bin/time -q -f '%U %S %M' -o "$work/time" "$analyzer" -q "$@" >/dev/null ||
        fail "esmtp-analyzer failed on $1"
    awk 'END { printf "%.2f %d\n", $1 + $2, $3 }' "$work/time" >>"$result"
    rm -f "$work"/out.*
}

# compare KIND LIMIT - the text alone, and all formats; false: they take more than LIMIT times it.
compare() {
    file=$(capture "$1" "$size") || fail "cannot make the $1 capture"
    n=0
    while [ "$n" -le "$runs" ]; do
        measure "$work/text" "$file" -o "text=$work/out.text"
        # shellcheck disable=SC2086
        measure "$work/all" "$file" $all
        [ "$n" -gt 0 ] || rm "$work/text" "$work/all"
        n=$((n + 1))
    done
    awk -v kind="$1" -v size="$size" -v text="$(median "$work/text" 1)" -v limit="$2" \
        -v text_kb="$(median "$work/text" 2)" -v all="$(median "$work/all" 1)" \
        -v all_kb="$(median "$work/all" 2)" 'BEGIN {
            slow = all > limit * text
            printf "%-6s %6s %9.2f %9.2f %7.2f %7.2f %10.1f %9.1f%s\n", kind, size, text, all,
                (text > 0 ? all / text : 0), limit, text_kb / 1024, all_kb / 1024,
                slow ? "  SLOW" : ""
            exit slow }'
    status=$?
    rm "$work/text" "$work/all"
    return "$status"
}

# peak KIND LENGTH FORMAT - kilobytes.
peak() {
    file=$(capture "$1" "$2") || fail "cannot make the $1 capture"
    measure "$work/peak" "$file" --max-memory 32M -o "$3=$work/out.$3"
    median "$work/peak" 2
    rm "$work/peak"
}

# grow KIND FORMAT - its memory on a half and on the whole; false: it grows.
grow() {
    awk -v kind="$1" -v format="$2" -v less="$(peak "$1" "$half" "$2")" \
        -v more="$(peak "$1" "$size" "$2")" -v less_base="$half_base" -v more_base="$size_base" '
        BEGIN {
            grows = (more - more_base) - (less - less_base) > 4 * 1024
            printf "%-6s %-9s %9.1f %9.1f %11.1f %11.1f%s\n", kind, format, less / 1024, more / 1024,
                (less - less_base) / 1024, (more - more_base) / 1024, grows ? "  GROWS" : ""
            exit grows }'
}

[ -x "$analyzer" ] || fail "no $analyzer"
half=$((bytes / 2))

base=$dir
if [ -z "$base" ]; then
    base=${TMPDIR:-/tmp}
    [ ! -w /dev/shm ] || base=/dev/shm
fi
mkdir -p "$base"
work=$(mktemp -d "$base/esi-formats.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
[ -n "$dir" ] || dir=$work

formats=${ESI_FORMATS:-$("$analyzer" --list-formats | awk '!/--verify/ { print $1 }')}
all=
for format in $formats; do
    all="$all -o $format=$work/out.$format"
done

judged=0
# shellcheck disable=SC2086,SC2116 # on one line
printf 'all formats: %s; median of %s\n' "$(echo $formats)" "$runs"
printf '%-6s %6s %9s %9s %7s %7s %10s %9s\n' kind size 'text s' 'all s' ratio limit 'text MB' 'all MB'
for kind in $kinds; do
    limit=2
    [ "$kind" != bulk ] || limit=1.3
    compare "$kind" "$limit" || judged=1
done
printf '\npeak memory with --max-memory 32M, one run; over: more than counters take\n'
printf '%-6s %-9s %9s %9s %11s %11s\n' kind format 'half MB' 'whole MB' 'over: half' whole
for kind in $kinds; do
    half_base=$(peak "$kind" "$half" counters)
    size_base=$(peak "$kind" "$size" counters)
    for format in $formats; do
        grow "$kind" "$format" || judged=1
    done
done
exit "$judged"
