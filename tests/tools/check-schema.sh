#!/bin/sh
# check-schema.sh - every JSON record that any test writes fits include/esi/events.schema.json.
#
# That is: the goldens, what is written here of every sample on every platform and by every policy,
# what the unit tests of the sink write, and what other checks wrote (tap.sh: keep_json) if they ran
# before. And the other way round: spoiled records do not fit, and the schema's lists of words are
# those of the sources.
set -u
. tests/tools/tap.sh

analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python=
for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import fastjsonschema' 2>/dev/null && python=$candidate && break
done
[ -n "$python" ] || skip_all 'JSON Schema' 'no Python with fastjsonschema'

# fits NAME FILE... - their records do.
fits() {
    fits_name=$1
    shift
    for fits_file; do
        [ -s "$fits_file" ] || {
            not_ok "$fits_name" "$fits_file holds no record"
            return
        }
    done
    check "$fits_name" "$python" tests/tools/check_schema.py records "$@"
}

# write FILE OPTION... - records of these captures, turns included.
write() {
    write_file=$1
    shift
    "$analyzer" -q -o json --events=all "$@" 2>"$work/err" >>"$write_file" ||
        not_ok "$*" "$(cat "$work/err")"
}

"$analyzer" --list-behaviours >"$work/behaviours"
check 'lists of words are those of the sources' \
    "$python" tests/tools/check_schema.py words "$work/behaviours"

fits 'goldens of samples' tests/golden/*.json
# Of the goldens of other commands, those that are records.
grep -l '^{"schema":1,"event_type":"summary"' tests/golden/*.out >"$work/list"
while read -r file; do
    fits "$file" "$file"
done <"$work/list"

for capture in samples/captures/*; do
    write "$work/alone" "$capture"
done
fits 'every sample by itself' "$work/alone"
# From here on as one timeline: frames are counted file by file.
for platform in $("$analyzer" --list-platforms | sed -n 's/^\([a-z][^ ]*\) .*/\1/p'); do
    write "$work/on-$platform" -P "$platform" samples/captures/*
    fits "all samples on $platform" "$work/on-$platform"
done
for policy in samples/policies/*.cfg tests/golden/configs/limits.cfg \
    tests/golden/configs/half-open.cfg tests/golden/configs/reset.cfg; do
    name=$(basename "$policy" .cfg)
    write "$work/by-$name" -c "$policy" samples/captures/*
    fits "all samples by $policy" "$work/by-$name"
done
write "$work/little" - <samples/captures/plain-delivery.pcap
write "$work/little" -f 'tcp[tcpflags] & tcp-syn != 0' samples/captures/sessions-several.pcap
write "$work/little" -f 'port 1' samples/captures/sessions-several.pcap
fits 'standard input, and filters that leave little or nothing' "$work/little"
# Cut off in the middle of a frame.
head -c 2000 samples/captures/plain-delivery.pcap >"$work/cut.pcap"
"$analyzer" -q -o json --events=all "$work/cut.pcap" >"$work/cut" 2>"$work/err"
fits 'a file that is cut off' "$work/cut"

# Captures that were touched already.
for platform in $("$analyzer" --list-platforms | sed -n 's/^\([a-z][^ ]*\) .*/\1/p'); do
    "$rewriter" -q -P "$platform" samples/captures/*.pcap -w "$work/touched.pcapng" &&
        write "$work/touched" "$work/touched.pcapng"
done
"$rewriter" -q samples/captures/verbs-postfix.pcap -w "$work/touched.pcapng" &&
    "$analyzer" -q -o json --evidence-only "$work/touched.pcapng" samples/captures/plain-delivery.pcap \
        >>"$work/touched"
fits 'samples rewritten on every platform' "$work/touched"

if [ -x "$ESI_BUILD/tests/test_unit_report" ]; then
    ESI_JSON="$work/unit" "$ESI_BUILD/tests/test_unit_report" --jobs=1 --filter 'report_json/*' \
        >"$work/out" 2>&1 || not_ok 'unit tests of the sink' "$(cat "$work/out")"
    check 'what the unit tests of the sink write' \
        "$python" tests/tools/check_schema.py shapes "$work/unit"
else
    ok 'what the unit tests of the sink write # SKIP not run: they are not built'
fi

found=no
for kept in "$ESI_BUILD"/results/*.jsonl; do
    [ -s "$kept" ] || continue
    found=yes
    fits "what $(basename "$kept" .jsonl) wrote" "$kept"
done
[ "$found" = yes ] || ok 'what other checks wrote # SKIP not run: none of them ran before'

check 'spoiled records are refused' "$python" tests/tools/check_schema.py planted \
    "$work/alone" "$work/by-limits" "$work/by-exempt-by-deny" "$work/touched"
tap_done
