#!/bin/sh
# profiled.sh - builds the programs by profile: gcc lays out what runs most for what runs most.
#
#     tests/bench/profiled.sh [FOLDER]
#
# FOLDER  the build folder (default build/profiled)
#
# Built as the preset `release`, but twice: first so that the programs count what they do on small
# generated captures and on the samples, then by these counts. To be measured like any other build:
#
#     ESI_BUILD=build/profiled tests/bench/run.sh 1G 5 DIR
#
# Needed: gcc; 300 MB in ${TMPDIR:-/tmp}.
set -eu

build=${1:-build/profiled}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# built FLAGS - the programs, and what makes captures.
built() {
    cmake --preset release -B "$build" -DCMAKE_C_COMPILER=gcc -DESI_BENCH=ON -DCMAKE_C_FLAGS="$1" >&2
    cmake --build "$build" >&2
}

# train CAPTURE OPTION... - both programs on it; a sample may be one that they complain about.
train() {
    capture=$1
    shift
    "$build/analyzer/esmtp-analyzer" -q "$capture" "$@" >/dev/null 2>&1 || :
    "$build/rewriter/esmtp-rewriter" -q "$capture" -w "$work/out.pcap" >/dev/null 2>&1 || :
    "$build/rewriter/esmtp-rewriter" -q "$capture" -w "$work/out.pcapng" >/dev/null 2>&1 || :
}

built "-fprofile-generate -fprofile-update=single -fprofile-dir=$work/profile"
for kind in small bulk conc; do
    "$build/tests/bench/bench_generate" "$kind" 67108864 "$work/$kind.pcap" >&2
    train "$work/$kind.pcap" -o text
    train "$work/$kind.pcap" -o json
    rm -f "$work/$kind.pcap" "$work"/out.*
done
for sample in samples/captures/*.pcap*; do
    train "$sample" -o text
    train "$sample" -o html
done
built "-fprofile-use=$work/profile -fprofile-partial-training -Wno-missing-profile"
echo "$build/analyzer/esmtp-analyzer"
echo "$build/rewriter/esmtp-rewriter"
