#!/bin/sh
# check-golden.sh - whole-program output of every sample, against tests/golden.
#
# ESI_UPDATE_GOLDEN=1 writes what came over what was expected: the difference is the review.
set -u
. tests/tools/tap.sh

analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
# JSON of every sample holds verdicts and sessions; of these, each turn as well.
turns=' starttls-postfix greeting-multiline-exim auth-login late-start snaplen-96 mime-encodings '
text_only=' bdat-exim-client bdat-chunks ' # hundreds of verdicts alike
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# golden FILE COMMAND... - the command's standard output is FILE, and its status 0.
golden() {
    file=$1
    shift
    "$@" >"$work/out" 2>"$work/err"
    status=$?
    if [ "$status" -ne 0 ]; then
        not_ok "$file" "status $status: $(cat "$work/err")"
        return
    fi
    [ -z "${ESI_UPDATE_GOLDEN:-}" ] || cp "$work/out" "$file"
    if [ -f "$file" ]; then
        check "$file" diff -u "$file" "$work/out"
    else
        not_ok "$file" "there is no such file; ESI_UPDATE_GOLDEN=1 makes it"
    fi
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
tap_done
