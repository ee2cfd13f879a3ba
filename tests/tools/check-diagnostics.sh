#!/bin/sh
# check-diagnostics.sh - every diagnostic of a configuration that the sources can say stands in
# tests/golden at least once: the longest text of its format string without a conversion does.
# Those of a format alone (a list of what was expected, PCRE2's words) have no such text. Left out:
# a bound that only millions of lines reach, and what no line of today's grammar can make.
set -u
. tests/tools/tap.sh

texts=$(mktemp)
trap 'rm -f "$texts"' EXIT

# The formats of calls, adjacent literals joined; both formats of a conditional are one each.
cat analyzer/config/*.c analyzer/policy/*.c | awk '
    function longest(format,   parts, count, i, best) {
        count = split(format, parts, /%[-.*0-9a-z]*[a-z]/)
        for (i = 1; i <= count; i++)
            if (length(parts[i]) > length(best))
                best = parts[i]
        return best
    }
    { text = text $0 "\n" }
    END {
        while (match(text, /[^a-z_](esi_config_say|refuse|warn|not_understood)\([^;{]*;/)) {
            call = substr(text, RSTART, RLENGTH)
            text = substr(text, RSTART + RLENGTH)
            gsub(/"[ \n]+"/, "", call)
            if (match(call, /"[^"]*"/)) {
                best = longest(substr(call, RSTART + 1, RLENGTH - 2))
                if (length(best) > 8)
                    print best
            }
        }
    }' | sort -u |
    grep -v -e 'members with those of the groups in them' -e 'a class-map takes at most' \
        -e 'expected one command, found what may be' >"$texts"

while IFS= read -r text; do
    check "said in a golden: $text" \
        grep -rqF --include='*.out' --include='*.err' -e "$text" tests/golden
done <"$texts"
tap_done
