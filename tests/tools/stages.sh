# stages.sh - to be read by run.sh --all: what takes longer or needs more packages.
# shellcheck disable=SC2154 # jobs is run.sh's

extra="clang clang-format clang-tidy llvm libclang-rt-14-dev valgrind gcovr shellcheck \
zsh fish mandoc man-db groff dpkg-dev lintian debootstrap chromium nodejs npm"
say "packages of the longer run"
# shellcheck disable=SC2086
need_packages $extra || say "some are missing: their stages do not run"

# have COMMAND STAGE - whether the command is there; else says that the stage did not run.
have() {
    command -v "$1" >/dev/null && return 0
    say "$2: NOT RUN, no $1"
    return 1
}

sources() { find analyzer rewriter include samples tests \( -name '*.c' -o -name '*.h' \) | sort; }
scripts() { find tests samples .ci -name '*.sh' -o -path .ci/run | sort; }

formatted() {
    # shellcheck disable=SC2046
    clang-format --dry-run -Werror $(sources)
}

# Findings of clang-tidy are advice; it is the errors that count.
linted() {
    # shellcheck disable=SC2046
    clang-tidy -p build/ci-clang --quiet $(find analyzer rewriter -name '*.c' | sort) \
        >build/clang-tidy.log 2>/dev/null
    status=$?
    say "clang-tidy: $(grep -c 'warning:' build/clang-tidy.log) remarks, in build/clang-tidy.log"
    return $status
}

shell_checked() {
    # shellcheck disable=SC2046
    shellcheck -s sh -x $(scripts)
}

# Leaks are LeakSanitizer's: a test of a panic leaves memory behind on purpose.
under_valgrind() {
    find build/ci-gcc/tests -maxdepth 1 -name 'test_*' -type f -perm -u+x | sort |
        while read -r program; do
            valgrind -q --trace-children=yes --error-exitcode=9 --leak-check=no \
                "$program" --jobs=1 --timeout=600 >build/valgrind.log 2>&1 &&
                ! grep -q '^==[0-9]*== ' build/valgrind.log && continue
            echo "$program:"
            cat build/valgrind.log
            exit 1
        done
}

fuzzed() {
    for program in build/fuzz/tests/fuzz_*; do
        [ -x "$program" ] || continue
        name=$(basename "$program")
        mkdir -p "build/fuzz/found/$name"
        corpus=tests/fuzz/corpus/${name#fuzz_}
        "$program" -max_total_time="${ESI_FUZZ_SECONDS:-20}" -timeout=10 -rss_limit_mb=1024 \
            -artifact_prefix="build/fuzz/found/$name." "build/fuzz/found/$name" \
            "$corpus" >"build/fuzz/$name.log" 2>&1 || {
            tail -n 40 "build/fuzz/$name.log"
            return 1
        }
        say "$name: $(sed -n 's/.*stat::number_of_executed_units: *//p;s/^Done \([0-9]*\) runs.*/\1 runs/p' "build/fuzz/$name.log" | tail -n 1)"
    done
}

covered() {
    ctest --preset coverage --parallel "$jobs" >build/coverage.log 2>&1 || return 1
    cmake --build --preset coverage-report
}

# fetched NAME SCRIPT - a stage that fetches what it needs: without a network it is not run.
fetched() {
    ESI_BUILD=build/dev sh "$2" >build/fetched.log 2>&1
    fetched_status=$?
    fetched_said=$(tail -n 1 build/fetched.log)
    if [ "$fetched_status" -eq 77 ]; then
        say "$1: NOT RUN, $fetched_said"
        return
    fi
    [ "$fetched_status" -eq 0 ] || grep -v '^ok' build/fetched.log
    stage "$1 ($fetched_said)" [ "$fetched_status" -eq 0 ]
}

have clang-format format && stage format formatted
have shellcheck shellcheck && stage shellcheck shell_checked
fetched "diagrams read by Mermaid" tests/tools/check-mermaid.sh
fetched "pages in a browser" tests/tools/check-browser.sh
if have clang "clang and its tests"; then
    say "clang, with sanitizers, warnings are errors"
    build ci-clang && run_tests ci-clang
    have clang-tidy clang-tidy && stage clang-tidy linted
    say "fuzz targets"
    build fuzz && stage fuzz fuzzed
fi
say "gcc, optimised, warnings are errors"
export ESI_ALL_LAWS=1 # where it takes least
build ci-gcc && run_tests ci-gcc
unset ESI_ALL_LAWS
have valgrind valgrind && stage valgrind under_valgrind
if have gcovr coverage; then
    build coverage && stage coverage covered
fi
have dpkg-shlibdeps "Debian packages" && stage "Debian packages" sh tests/tools/check-deb.sh
