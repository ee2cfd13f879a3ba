#!/bin/sh
# check-golden.sh - whole-program output of every sample, and of every line of tests/golden/runs,
# against tests/golden.
#
# A line of runs is `NAME STATUS COMMAND`, the command being shell text, from the repository's root
# on, in which $analyzer and $rewriter are the programs. Its standard output is NAME.out, its
# standard error NAME.err, its exit status STATUS; no file: it prints nothing there. Lines that
# begin with # are comments.
#
# ESI_UPDATE_GOLDEN=1 writes what came over what was expected: the difference is the review.
set -u
. tests/tools/tap.sh

analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
# shellcheck disable=SC2034 # for the lines of runs
rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
# JSON of every sample holds verdicts and sessions; of these, each turn as well.
turns=' starttls-postfix greeting-multiline-exim auth-login late-start snaplen-96 mime-encodings '
text_only=' bdat-exim-client bdat-chunks ' # hundreds of verdicts alike
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compare FILE GOT - what came is FILE.
compare() {
    [ -z "${ESI_UPDATE_GOLDEN:-}" ] || cp "$2" "$1"
    if [ -f "$1" ]; then
        check "$1" diff -u "$1" "$2"
    else
        not_ok "$1" "there is no such file; ESI_UPDATE_GOLDEN=1 makes it"
    fi
}

# golden FILE COMMAND... - the command's standard output is FILE, and its status 0.
golden() {
    file=$1
    shift
    "$@" >"$work/out" 2>"$work/err"
    status=$?
    if [ "$status" -ne 0 ]; then
        not_ok "$file" "status $status: $(cat "$work/err")"
    else
        compare "$file" "$work/out"
    fi
}

# run NAME STATUS COMMAND - of a line of runs. What prints nothing there has no .out, or no .err.
run() {
    (eval "$3") >"$work/out" 2>"$work/err" </dev/null
    status=$?
    if [ "$status" -ne "$2" ]; then
        not_ok "tests/golden/$1" "status $status, not $2: $(cat "$work/err")"
        return
    fi
    ok "tests/golden/$1: status $2"
    for stream in out err; do
        if [ -s "$work/$stream" ] || [ -f "tests/golden/$1.$stream" ]; then
            compare "tests/golden/$1.$stream" "$work/$stream"
        fi
    done
}

for capture in samples/captures/*.pcap samples/captures/*.pcapng; do
    [ -f "$capture" ] || continue
    name=$(basename "${capture%.*}")
    events=verdicts
    case $turns in
    *" $name "*) events=all ;;
    esac
    golden "tests/golden/$name.txt" "$analyzer" "$capture"
    case $text_only in
    *" $name "*) continue ;;
    esac
    golden "tests/golden/$name.json" "$analyzer" -o json "--events=$events" "$capture"
done
while read -r name status command; do
    case $name in
    '' | '#'*) continue ;;
    esac
    run "$name" "$status" "$command"
done <tests/golden/runs
tap_done
