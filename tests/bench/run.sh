#!/bin/sh
# run.sh - CPU seconds and memory of the programs on generated captures, beside other programs.
#
#     tests/bench/run.sh [SIZE] [RUNS] [DIR]
#
# SIZE  of each capture: bytes, or with K, M, G (default 1G)
# RUNS  that are measured, after one that is not (default 5)
# DIR   where the captures lie; they are made if they are not there yet: small-SIZE.pcap,
#       bulk-SIZE.pcap, conc-SIZE.pcap and those of a tenth for tshark. Default: a folder
#       under ${TMPDIR:-/tmp} that is removed at the end
#
# ESI_BUILD   the build folder (default build/release)
# ESI_KINDS   which captures (default "small bulk conc")
#
# To repeat it, in the root of the source tree:
#
#     cmake --preset release -DESI_BENCH=ON && cmake --build --preset release
#     mkdir -p /var/tmp/esi-bench && tests/bench/run.sh 1G 5 /var/tmp/esi-bench
#
# Needed: GNU time as /usr/bin/time; tcprewrite (Debian: tcpreplay) and tshark if their figures are
# wanted; 3.5 times SIZE of room in DIR, and 1.2 times SIZE in /dev/shm for what the rewriters
# write (else that goes to DIR, and a slow disk may show in the system time). A quiet machine.
#
# The programs take turns (A B C ... A B C ...), so that a slow minute of the machine meets all of
# them. A figure is the median of the runs: user and system seconds of the process together, and
# its peak resident set. Ratios are of CPU seconds.
set -eu

size=${1:-1G}
runs=${2:-5}
dir=${3:-}
build=${ESI_BUILD:-build/release}
kinds=${ESI_KINDS:-small bulk conc}
here=$build/tests/bench

# shellcheck source=tests/bench/generated.sh
. "${0%/*}/generated.sh"

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

# run_as PROGRAM FILE - starts it, as it is measured. What it writes is removed by `measure`.
run_as() {
    case $1 in
    bench_count_pcap | bench_count_nids) timed "$here/$1" "$2" ;;
    esmtp-analyzer) timed "$build/analyzer/esmtp-analyzer" -q "$2" ;;
    esmtp-rewriter) timed "$build/rewriter/esmtp-rewriter" -q "$2" -w "$out/out.pcap" ;;
    tcprewrite) timed tcprewrite --fixcsum -i "$2" -o "$out/out.pcap" ;;
    tshark) timed tshark -n -r "$2" -Y smtp ;;
    esac
}

# timed COMMAND... - leaves "user system kilobytes" in $work/time.
timed() { /usr/bin/time -q -f '%U %S %M' -o "$work/time" "$@" >/dev/null 2>"$work/stderr"; }

# measure PROGRAM FILE RESULT - runs it once; a line "seconds kilobytes" more in RESULT.
measure() {
    if run_as "$1" "$2"; then
        awk 'END { printf "%.2f %d\n", $1 + $2, $3 }' "$work/time" >>"$3"
    else
        say "run.sh: $1 failed on $2:"
        head -n 3 "$work/stderr" >&2
        : >"$3.failed"
    fi
    rm -f "$out/out.pcap"
}

# row PROGRAM RESULT [YARDSTICK RESULT] - a line of the table.
row() {
    if [ -e "$2.failed" ] || [ ! -s "$2" ]; then
        printf '%-18s %10s\n' "$1" failed
        return
    fi
    base=
    if [ $# -eq 4 ] && [ -s "$4" ] && [ ! -e "$4.failed" ]; then
        base=$(median "$4" 1)
    fi
    awk -v name="$1" -v cpu="$(median "$2" 1)" -v kb="$(median "$2" 2)" -v than="${3:-}" \
        -v base="$base" 'BEGIN {
            printf "%-18s %10.2f %10.1f", name, cpu, kb / 1024
            if (base + 0 > 0) printf "   %6.2f x %s", cpu / base, than
            print "" }'
}

table_head() { printf '\n%s\n%-18s %10s %10s   %s\n' "$1" program 'CPU s' 'peak MB' ratio; }

# bench KIND - the table of a capture.
bench() {
    file=$(capture "$1" "$size") || fail "cannot make the $1 capture"
    results=$work/$1
    mkdir "$results"
    for program in $programs; do
        measure "$program" "$file" "$results/warm-up"
        rm -f "$results/warm-up" "$results/warm-up.failed"
    done
    n=0
    while [ "$n" -lt "$runs" ]; do
        for program in $programs; do
            measure "$program" "$file" "$results/$program"
        done
        n=$((n + 1))
    done
    table_head "$1, $size: $("$here/bench_count_pcap" "$file"), median of $runs"
    for program in $programs; do
        case $program in
        esmtp-analyzer) set -- bench_count_nids ;;
        esmtp-rewriter) set -- tcprewrite ;;
        *) set -- ;;
        esac
        row "$program" "$results/$program" ${1:+"$1" "$results/$1"}
    done
}

# bench_tenth KIND - tshark, which is too slow and too large for the whole, and the analyzer.
bench_tenth() {
    file=$(capture "$1" "$tenth") || fail "cannot make the small $1 capture"
    results=$work/$1-tenth
    mkdir "$results"
    table_head "$1, a tenth: $("$here/bench_count_pcap" "$file"), one run"
    for program in tshark $analyzer; do
        measure "$program" "$file" "$results/$program"
        row "$program" "$results/$program" tshark "$results/tshark"
    done
}

tenth=$((bytes / 10))

work=$(mktemp -d "${TMPDIR:-/tmp}/esi-bench.XXXXXX")
out=$work
trap 'rm -rf "$work" ${shm:+"$shm"}' EXIT
trap 'exit 1' HUP INT TERM
if [ -z "$dir" ]; then
    dir=$work
else
    mkdir -p "$dir"
    out=$dir
fi

room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { printf "%.0f\n", $4 * 1024 }')
if [ "${room:-0}" -gt $((bytes + bytes / 5)) ] && [ -w /dev/shm ]; then
    shm=$(mktemp -d /dev/shm/esi-bench.XXXXXX)
    out=$shm
fi

programs="bench_count_pcap bench_count_nids"
analyzer=
if [ -x "$build/analyzer/esmtp-analyzer" ]; then
    analyzer=esmtp-analyzer
    programs="$programs esmtp-analyzer"
else
    say "run.sh: no $build/analyzer/esmtp-analyzer: left out"
fi
if [ -x "$build/rewriter/esmtp-rewriter" ]; then
    programs="$programs esmtp-rewriter"
else
    say "run.sh: no $build/rewriter/esmtp-rewriter: left out"
fi
if have tcprewrite; then
    programs="$programs tcprewrite"
else
    say "run.sh: no tcprewrite (Debian: tcpreplay): left out"
fi

for kind in $kinds; do
    bench "$kind"
done
if have tshark; then
    for kind in $kinds; do
        bench_tenth "$kind"
    done
else
    say "run.sh: no tshark: left out"
fi
