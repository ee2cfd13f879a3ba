#!/bin/sh
# check-coverage.sh - what the tests reached, by file and by module; some modules have to be.
#
#     sh tests/tools/check-coverage.sh BUILD
#
# BUILD is a build folder of the preset coverage, behind its tests. Branches that only the compiler
# sees are not counted. The status is 1 if a module of the engine falls below its floor.
set -eu
cd "$(dirname "$0")/../.."

build=$1
modules="smtp policy inspect" # those that decide what the firewall does
least_lines=95
least_branches=85

# told - gcovr's summary, of the files that the arguments pick.
told() { gcovr --root . --add-tracefile "$build/coverage.json" --print-summary "$@"; }

# percent WORD - of the summary in $summary.
percent() { printf '%s\n' "$summary" | sed -n "s/^$1: \([0-9.]*\)%.*/\1/p"; }

gcovr --root . --object-directory "$build" --exclude-directories '.*CompilerIdC' \
    --exclude-unreachable-branches --filter analyzer/ --filter rewriter/ --json "$build/coverage.json"
told --txt

status=0
for module in $modules; do
    summary=$(told --filter "analyzer/$module/" --output "$build/coverage-$module.txt")
    lines=$(percent lines)
    branches=$(percent branches)
    verdict=$(awk -v l="$lines" -v b="$branches" -v ll="$least_lines" -v lb="$least_branches" \
        'BEGIN { print (l != "" && l >= ll && b >= lb ? "enough" : "TOO FEW") }')
    [ "$verdict" = enough ] || status=1
    echo "$module: $lines % of lines (at least $least_lines), $branches % of branches" \
        "(at least $least_branches): $verdict"
done
exit "$status"
