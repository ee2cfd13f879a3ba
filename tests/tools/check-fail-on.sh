#!/bin/sh
# check-fail-on.sh - exit statuses by --fail-on, which sessions are told by --only-sessions, and what
# --progress says.
set -u
. tests/tools/tap.sh

analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
samples=samples/captures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A session that is dropped; masked only; logged only; and one that nothing is said of.
log=tests/golden/configs/log.cfg
status 'drop, never' 0 --fail-on=never $samples/header-1200.pcap
for gravity in log mask drop; do
    status "drop, $gravity" 1 --fail-on=$gravity $samples/header-1200.pcap
done
status 'mask, never' 0 $samples/plain-delivery.pcap
status 'mask, log' 1 --fail-on=log $samples/plain-delivery.pcap
status 'mask, mask' 1 --fail-on=mask $samples/plain-delivery.pcap
status 'mask, drop' 0 --fail-on=drop $samples/plain-delivery.pcap
status 'log, log' 1 --fail-on=log -c $log $samples/plain-delivery.pcap
status 'log, mask' 0 --fail-on=mask -c $log $samples/plain-delivery.pcap
status 'replace counts as mask' 1 --fail-on=mask -P pix-4.4 -k blocked_command=noop \
    -k greeting=none $samples/plain-delivery.pcap
status 'anomaly counts as log' 1 --fail-on=log -c $log $samples/pipelining-postfix.pcap
status 'reset counts as drop' 1 --fail-on=drop -c tests/golden/configs/reset.cfg \
    $samples/plain-delivery.pcap
status 'not inspected' 0 --fail-on=log --ports=26 $samples/plain-delivery.pcap
status 'whatever goes where' 1 --fail-on=mask -o json="$work/a" -o text="$work/b" \
    $samples/plain-delivery.pcap
check 'the outputs are whole' grep -q '"event_type":"summary"' "$work/a"

# Counterfactual verdicts do not count: the drop lies behind STARTTLS that would not have been said.
status 'counterfactual' 0 --fail-on=drop $samples/starttls-postfix.pcap

# The highest holds.
head -c 2000 $samples/plain-delivery.pcap >"$work/cut.pcap"
status 'a capture cut off' 3 --fail-on=mask "$work/cut.pcap"
status 'no output' 4 --fail-on=mask -o text=/dev/full $samples/plain-delivery.pcap
for word in proof grave '' 1; do
    status "'$word' is no gravity" 2 --fail-on="$word" $samples/plain-delivery.pcap
done
check 'the words are told' grep -q 'never, log, mask, drop or evidence' "$work/err"

# ---- sessions by number ----

several=$samples/sessions-several.pcap
numbers() {
    sed -n 's/.*"event_type":"session".*"session":{"number":\([0-9]*\).*/\1/p' "$work/out" |
        sort -n | tr '\n' ' '
}
status 'sessions by number' 0 -o json --only-sessions=5,2-3 $several
check 'these are told' [ "$(numbers)" = '2 3 5 ' ]
check 'the summary counts all' grep -q '"sessions":6,"not_told":3,' "$work/out"
check 'and so does the capture' grep -q '"event_type":"capture".*"frames":92,' "$work/out"
status 'all of them' 0 -o json $several
check 'are told' [ "$(numbers)" = '1 2 3 4 5 6 ' ]
check 'and none is counted as left out' grep -q '"sessions":6,"not_told":0,' "$work/out"
status 'in text' 0 --only-sessions=2 $several
check 'one block' [ "$(grep -c '^session ' "$work/out")" -eq 1 ]
check 'the summary says so' grep -q '6 sessions: .*; 5 not told (--only-sessions)' "$work/out"
"$analyzer" --only-sessions=2,9-11 $several >"$work/out" 2>"$work/err"
check 'who is not there is named' grep -q 'there are no sessions 9 to 11' "$work/err"
status 'no list' 2 --only-sessions=0 $several
status 'streams of those alone' 0 --only-sessions=2 --streams="$work/streams" $several
check 'streams of those alone: names' [ "$(echo "$work"/streams/[!2]*)" = "$work/streams/[!2]*" ]
dropped=$samples/header-1200.pcap
status 'who is not told fails nothing' 0 --fail-on=log --only-sessions=7 $dropped

# ---- how far it is ----

"$analyzer" $several >"$work/plain"
"$analyzer" --progress=always $several >"$work/out" 2>"$work/err"
check 'a line at the end' grep -q '^esmtp-analyzer: 100%, 10 kB of 10 kB, 6 sessions' "$work/err"
check 'and no other' [ "$(wc -l <"$work/err")" -eq 1 ]
check 'the output is the same' cmp "$work/plain" "$work/out"
"$analyzer" --progress=always - <$several 2>&1 >/dev/null | cat >"$work/err"
check 'standard input that is a file' grep -q '100%' "$work/err"
# shellcheck disable=SC2002
cat $several | "$analyzer" --progress=always - 2>"$work/err" >"$work/out"
check 'a pipe has no end in sight' grep -q '^esmtp-analyzer: 10 kB read, 6 sessions' "$work/err"
gzip -c $several >"$work/several.gz"
size=$(wc -c <"$work/several.gz")
"$analyzer" --progress=always "$work/several.gz" 2>"$work/err" >"$work/out"
check 'compressed bytes' grep -q "100%, $(awk -v n="$size" 'BEGIN {
    if (n < 1000) print n " B"; else if (n < 9950) printf "%.1f kB", n / 1000
    else printf "%.0f kB", n / 1000 }') of" "$work/err"
"$analyzer" $several 2>"$work/err" >/dev/null
check 'nothing by itself' [ ! -s "$work/err" ]
"$rewriter" -q --progress=always $several -w "$work/o.pcap" 2>"$work/err"
check 'the rewriter, too' grep -q '^esmtp-rewriter: 100%' "$work/err"
status 'no such word' 2 --progress=maybe $several
check 'no such word: the others' grep -q 'auto, always or never' "$work/err"

# Where /dev/pts is not mounted, as in a plain chroot, there are no terminals to be had.
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
    # More frames than it takes to look at the clock.
    set --
    while [ $# -lt 60 ]; do set -- "$@" $samples/recipients-120.pcap; done
    on_terminal() { TERM=xterm script -qec "$1" /dev/null </dev/null >"$work/typed" 2>&1; }
    bar=$(printf '\r.*[0-9]%%.* of .* session.*\033\\[K')
    on_terminal "$analyzer --progress=always $* >$work/out"
    check 'a bar on a terminal' grep -q "$bar" "$work/typed"
    # shellcheck disable=SC2016 # the inner shell's
    check 'that is gone at the end' sh -c 'tail -c 4 "$1" | od -An -c | grep -q "\\\\r 033   \\[   K"' \
        - "$work/typed"
    "$analyzer" "$@" >"$work/plain"
    check 'not in the output' cmp "$work/plain" "$work/out"
    on_terminal "stty cols 30; $analyzer --progress=always $* >/dev/null"
    # shellcheck disable=SC2016 # awk's
    check 'a narrow terminal' awk -v RS='\r' '{ sub(/\033\[K.*/, ""); sub(/\n.*/, "")
        if (length($0) > 29) exit 1 }' "$work/typed"
    on_terminal "$analyzer --progress=never $* >/dev/null"
    check 'never' [ ! -s "$work/typed" ]
    on_terminal "$analyzer $several >/dev/null"
    check 'not for what is done at once' [ ! -s "$work/typed" ]
else
    ok 'a bar on a terminal # SKIP not run: no script, or no pseudo-terminal'
fi
tap_done
