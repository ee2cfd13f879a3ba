#!/bin/sh
# check-evidence.sh - what the analyzer says of captures that were touched already, and of others.
#
# Every sample as each platform would have changed it, and as it is: by --evidence-only in each
# format that tells it, by exit status, and in records. What platforms write alike is no mistake:
# the platform has to be among those that are named.
set -u
. tests/tools/tap.sh

analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
samples=samples/captures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# sessions FILE - the evidence records of sessions in it.
sessions() { grep '"event_type":"evidence".*"tcp_stream"' "$1"; }
# those WORD FILE - of these, such whose `touched` is the word.
those() { sessions "$2" | grep "\"evidence\":{\"touched\":\"$1\""; }
# as_many NAME WANTED COMMAND... - lines that the command prints.
as_many() {
    as_name=$1
    as_wanted=$2
    shift 2
    as_got=$("$@" | wc -l)
    if [ "$as_got" -eq "$as_wanted" ]; then
        ok "$as_name: $as_wanted"
    else
        not_ok "$as_name: $as_wanted" "$as_got"
    fi
}

# ---- samples as they were recorded ----

status 'samples as they are' 0 --fail-on=evidence $samples/*
status 'as records' 0 --evidence-only -o json="$work/as-is" $samples/*
as_many 'samples touched' 0 those yes "$work/as-is"
as_many 'samples probably touched' 0 those probably "$work/as-is"
# Two servers that refuse EHLO; one side alone, begun late, cut short.
as_many 'samples of which it cannot be told' 5 those unknown "$work/as-is"
as_many 'servers touched' 0 grep '"servers_touched":[1-9]' "$work/as-is"
check 'the summary counts them' grep -q '"evidence":{"sessions":{"unknown":5,"no":61,"probably":0,"yes":0}' \
    "$work/as-is"

# ---- as platforms would have changed them ----

for platform in $("$analyzer" --list-platforms | sed -n 's/^\([a-z][^ ]*\) .*/\1/p'); do
    "$rewriter" -q -P "$platform" $samples/*.pcap -w "$work/touched.pcapng"
    status "on $platform" 1 --fail-on=evidence --evidence-only -o json="$work/touched" \
        -o text="$work/text" "$work/touched.pcapng"
    [ -z "${ESI_JSON:-}" ] || cat "$work/touched" >>"$ESI_JSON"
    { those yes "$work/touched"; those probably "$work/touched"; } >"$work/alarms"
    grep -vE "\"reproduced_by\":\[([^]]*,)?\"${platform}[ \"]" "$work/alarms" >"$work/others"
    as_many "on $platform: those that name other platforms alone" 0 cat "$work/others"
    # All but those whose beginning is missing, and greetings that refuse.
    left=$(sessions "$work/touched" | wc -l)
    left=$((left - $(wc -l <"$work/alarms")))
    check "on $platform: $left sessions untold" [ "$left" -le 4 ]
    check "on $platform: as many in text" \
        grep -q "sessions: $(those yes "$work/touched" | wc -l) touched" "$work/text"
done

# ---- without whom it is about ----

"$rewriter" -q -P pix-6.3 $samples/verbs-postfix.pcap --format pcap -w "$work/verbs.pcap"
status 'what is behind a command' 0 --evidence-only -o json="$work/shown" "$work/verbs.pcap"
check 'is shown' grep -q '"seen":"XXXX [a-z]' "$work/shown"
status 'redacted' 0 --redact -o json="$work/hidden" -o text="$work/redacted" "$work/verbs.pcap"
as_many 'is hidden in both records' 2 grep '"seen":"XXXX ##*"' "$work/hidden"
as_many 'is shown nowhere' 0 grep '"seen":"XXXX [^#]' "$work/hidden"
# shellcheck disable=SC2016 # the inner shell's
check 'nor in text' sh -c '! grep -q "^        XXXX [^#]" "$1"' - "$work/redacted"
check 'a greeting stays' grep -q '"seen":"\*\*\*\*' "$work/hidden"

# ---- --evidence-only ----

for record in verdict session smtp; do
    as_many "--evidence-only: $record records" 0 grep "\"event_type\":\"$record\"" "$work/touched"
done
check '--evidence-only, text: no dialogue' sh -c "! grep -qE '(C ->|<- S|inspected by)' '$work/text'"
for format in syslog counters mermaid tap; do
    status "--evidence-only, $format" 2 --evidence-only -o "$format" $samples/plain-delivery.pcap
done
status '--evidence-only, all events' 2 --evidence-only --events=all -o json $samples/plain-delivery.pcap
status '--evidence-only, --fail-on=mask' 1 --evidence-only --fail-on=mask $samples/plain-delivery.pcap
status '--evidence-only, with a format that has files' 0 --evidence-only -o json="$work/a" \
    -o text="$work/b" -o html="$work/c" $samples/plain-delivery.pcap

# ---- who is told, and who is inspected ----

touched=samples/touched/asa-at-client.pcap
status 'of two, one is touched' 1 --fail-on=evidence $samples/helo-only.pcap $touched
status 'the other alone is told' 0 --fail-on=evidence --only-sessions=2 $samples/helo-only.pcap \
    $touched
status 'whom nobody inspects' 1 --fail-on=evidence -c samples/policies/exempt-by-deny.cfg $touched
status 'a format that tells nothing of it' 1 --fail-on=evidence -o counters $touched
status 'graver verdicts are something else' 0 --fail-on=evidence $samples/header-1200.pcap
status 'the last word holds' 0 --fail-on=evidence --fail-on=never $touched
head -c 2000 $touched >"$work/cut.pcap"
status 'a capture cut off' 3 --fail-on=evidence "$work/cut.pcap"

# One of two sessions of a server.
"$rewriter" -q $samples/attachment-pdf.pcap --format pcap -w "$work/late.pcap"
status 'at times only' 0 --evidence-only -o json="$work/times" -o text="$work/text" \
    $samples/plain-delivery.pcap "$work/late.pcap"
check 'told of the server' grep -q '"sessions":{"unknown":0,"no":1,"probably":0,"yes":1}.*"intermittent":true' \
    "$work/times"
check 'told in the summary' grep -q '"servers_touched":1,"servers_intermittent":1' "$work/times"
check 'told in text' grep -q 'server 192.0.2.25:25: 1 of 2 sessions touched .*at times only' "$work/text"

# ---- the samples of touched sessions are what the rewriter makes of others ----

"$rewriter" -q --view=to-client $samples/plain-delivery.pcap --format pcap -w "$work/one.pcap"
check 'asa-at-client.pcap' cmp "$work/one.pcap" samples/touched/asa-at-client.pcap
"$rewriter" -q -P pix-6.3 --view=to-server $samples/ehlo-refused-postfix.pcap --format pcap \
    -w "$work/two.pcap"
check 'pix-6.3-at-server.pcap' cmp "$work/two.pcap" samples/touched/pix-6.3-at-server.pcap
tap_done
