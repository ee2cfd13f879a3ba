# generated.sh - to be read by `.`: what benches over generated captures share.
#
# $build is the build folder, $size and $runs are as they were asked for, captures lie in $dir.

# shellcheck disable=SC2154 # those are the script's that reads this
generate=$build/tests/bench/bench_generate

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 2
}

# bytes_of WORD - a size in bytes.
bytes_of() {
    printf '%s\n' "$1" | awk '
        !/^[1-9][0-9]*[KMG]?$/ { exit 1 }
        { unit = substr($0, length); n = $0 + 0 }
        unit == "K" { n *= 1024 }
        unit == "M" { n *= 1024 ^ 2 }
        unit == "G" { n *= 1024 ^ 3 }
        { printf "%.0f\n", n }'
}

# capture KIND SIZE - prints the name of that capture, made if need be.
capture() {
    # shellcheck disable=SC2154 # likewise
    file=$dir/$1-$2.pcap
    if [ ! -s "$file" ]; then
        "$generate" "$1" "$2" "$file.part" >&2 || return 1
        mv "$file.part" "$file"
    fi
    printf '%s\n' "$file"
}

# median RESULT COLUMN
median() {
    sort -n -k "$2,$2" "$1" | awk -v c="$2" '{ v[NR] = $c }
        END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

[ -x "$generate" ] || fail "no $generate: build with -DESI_BENCH=ON"
[ -x /usr/bin/time ] || fail "no /usr/bin/time (Debian: time)"
# shellcheck disable=SC2034 # for that script, too
bytes=$(bytes_of "$size") || fail "no size: $size"
[ "$runs" -gt 0 ] 2>/dev/null || fail "no number of runs: $runs"
