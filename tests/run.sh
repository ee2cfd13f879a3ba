#!/bin/sh
# run.sh - installs what is missing (Debian 12), builds with sanitizers, runs every test.
#
#     sh tests/run.sh [--all]
#
# The last line is "N passed, M failed"; the status is 0 only if some tests ran and none failed.
# --all adds what takes longer or needs more packages: the other compiler, an optimised build under
# valgrind, the fuzz targets for a short while, the sources' format and lint, Mermaid reading our
# diagrams, and coverage. Each stage says whether it ran.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/tools/packages.sh

case ${1:-} in
'') all=no ;;
--all) all=yes ;;
*)
    echo "usage: sh tests/run.sh [--all]" >&2
    exit 2
    ;;
esac

passed=0
failed=0
export LC_ALL=C.UTF-8 TZ=UTC
jobs=$(nproc 2>/dev/null || echo 2)

finish() {
    trap - EXIT
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] && exit 0
    exit 1
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

say() { echo "== $*"; }

# count BUILD - adds up a ctest run: the checks that a test wrote down, or the test itself.
count() {
    counted=$(awk -v results="$1/results" '
        /<testcase / {
            match($0, /name="[^"]*"/)
            name = substr($0, RSTART + 6, RLENGTH - 7)
            match($0, /status="[^"]*"/)
            status = substr($0, RSTART + 8, RLENGTH - 9)
            if (status == "disabled") next
            good = bad = skipped = 0
            file = results "/" name ".tap"
            while ((getline line < file) > 0) {
                if (line ~ /^not ok/) bad++
                else if (line ~ /^ok.*# *SKIP/) skipped++
                else if (line ~ /^ok/) good++
            }
            close(file)
            if (status == "run") { passed += good + skipped > 0 ? good : 1; failed += bad }
            else { passed += good; failed += bad > 0 ? bad : 1 }
        }
        END { print passed + 0, failed + 0 }' "$1/results/ctest.xml")
    passed=$((passed + ${counted% *}))
    failed=$((failed + ${counted#* }))
}

# build PRESET [OPTION...] - configures and builds; says what went wrong, not what went well.
build() {
    preset=$1
    shift
    log=build/$preset.log
    mkdir -p build
    if cmake --preset "$preset" "$@" >"$log" 2>&1 &&
        cmake --build --preset "$preset" --parallel "$jobs" >"$log" 2>&1; then
        ! grep 'warning:' "$log" || true
        return 0
    fi
    cat "$log"
    failed=$((failed + 1))
    return 1
}

# run_tests PRESET - ctest over what was built.
run_tests() {
    results=build/$1/results
    mkdir -p "$results"
    rm -f "$results"/*.tap "$results/ctest.xml"
    ctest --preset "$1" --parallel "$jobs" --output-junit "$PWD/$results/ctest.xml"
    if [ -f "$results/ctest.xml" ]; then
        count "build/$1"
    else
        failed=$((failed + 1))
    fi
}

# stage NAME COMMAND... - one more check, of the longer run.
stage() {
    name=$1
    shift
    if "$@"; then
        say "$name: passed"
        passed=$((passed + 1))
    else
        say "$name: FAILED"
        failed=$((failed + 1))
    fi
}

say "packages"
# shellcheck disable=SC2086
need_packages $build_packages $test_packages || {
    failed=1
    exit 1
}
# shellcheck disable=SC2086
need_packages $welcome_packages || say "NOT RUN: what needs $welcome_packages"
say "build and tests, with AddressSanitizer and UndefinedBehaviorSanitizer"
build dev "-DESI_WERROR=${CI:+ON}" && run_tests dev
[ "$all" = yes ] || {
    say "NOT RUN: pages in a browser (--all)"
    exit 0
}

. tests/tools/stages.sh
