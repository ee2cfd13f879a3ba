#!/bin/sh
# check-mermaid.sh - what `-o mermaid` writes, read by Mermaid itself.
#
#     ESI_BUILD=build/dev sh tests/tools/check-mermaid.sh
#
# Mermaid comes from the npm registry, into a folder that goes with the test. Status 77: it cannot be
# had. The diagrams are those of all samples, by several policies, and the hostile one of the unit
# tests.
set -u
analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
unit=$ESI_BUILD/tests/test_unit_report
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for tool in node npm; do
    command -v "$tool" >/dev/null || {
        echo "no $tool"
        exit 77
    }
done
modules=${ESI_MERMAID:-$work/node_modules} # a node_modules folder that has it already
if [ ! -d "$modules/mermaid" ]; then
    (cd "$work" && timeout 300 npm install --silent --no-audit --no-fund --prefix "$work" mermaid@11 jsdom) \
        >"$work/said" 2>&1 || {
        echo "npm cannot fetch mermaid: $(head -n 1 "$work/said")"
        exit 77
    }
fi
mkdir "$work/written"
for capture in samples/captures/* samples/touched/*; do
    "$analyzer" -q -o mermaid "$capture" >"$work/written/$(basename "$capture").md" || exit 1
done
for policy in samples/policies/*.cfg tests/golden/configs/limits.cfg \
    tests/golden/configs/half-open.cfg tests/golden/configs/reset.cfg; do
    "$analyzer" -q -c "$policy" -o mermaid samples/captures/sessions-several.pcap \
        samples/captures/verbs-postfix.pcap >"$work/written/$(basename "$policy").md" || exit 1
done
if ! ESI_MERMAID_OUT="$work/written/hostile.md" "$unit" --filter 'report_mermaid/*' \
    >"$work/said" 2>&1; then
    cat "$work/said"
    exit 1
fi
node tests/tools/check_mermaid.mjs "$modules" "$work"/written/*.md
