#!/bin/sh
# check-redact.sh - the programs with --redact: nobody is left in any output.
#
# Names, passwords and texts of the samples are searched for, as they are and in base64, in what
# every format writes on every platform, and in the comments of rewritten captures. Without --redact
# the same search finds them. All else stays: JSON is compared field by field.
set -u
. tests/tools/tap.sh

analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# inside TEXT - what base64 makes of it wherever it stands: the letters that hold nothing else.
inside() {
    printf '%s' "$1" | base64 | cut -c 1-$((${#1} * 8 / 6))
    printf '.%s' "$1" | base64 | cut -c 3-$(((${#1} + 1) * 8 / 6))
    printf '..%s' "$1" | base64 | cut -c 4-$(((${#1} + 2) * 8 / 6))
}

for name in alice nobody pallet warehouse invoice-0317 Arrived 20260303 staff secret; do
    echo "$name"
    inside "$name"
done >"$work/secrets"
{
    echo 'bob@'
    inside 'bob@'
    echo c81379 # CRAM-MD5
    inside c81379
} >>"$work/secrets"
# Those of captures: what tests are told by expects suites.
formats=$("$analyzer" --list-formats | sed 's/ .*//' | grep -v -e '^tap$' -e '^junit$')
platforms=$("$analyzer" --list-platforms | sed 's/ .*//')

# told CAPTURE OPTION... - what every format says of it, one behind the other.
told() {
    capture=$1
    shift
    for format in $formats; do
        set -- "$@" -o "$format=$work/told.$format"
    done
    "$analyzer" -v --events=all "$@" "$capture" 2>"$work/err" || cat "$work/err"
    cat "$work"/told.*
    rm "$work"/told.*
}

# clean NAME FILE - whether none of them is in it.
clean() {
    if grep -a -n -o -i -F -f "$work/secrets" "$2" >"$work/left"; then
        not_ok "$1" "$(head -n 5 "$work/left")"
    else
        ok "$1"
    fi
}

# comments FILE - those of a pcapng file: text, line by line.
comments() {
    tr -c ' -~' '\n' <"$1" | grep '^esi '
}

samples="8bitmime-smtputf8 attachment-pdf auth-cancel auth-cram-md5 auth-login auth-plain
bdat-chunks bdat-commands-inside command-600-sender-340 dkim-signed filename-300 header-1200
header-folded mime-encodings one-way pipelined-messages-rset recipients-invalid
recipients-120-pipelined snaplen-96 special-characters spoiled-at-client spoiled-at-server
late-start starttls-postfix typed-by-hand verbs-exim verbs-postfix"
: >"$work/plain"
for sample in $samples; do
    capture=samples/captures/$sample.pcap
    for platform in $platforms; do
        told "$capture" --redact -P "$platform"
    done >"$work/redacted"
    told "$capture" --redact -c samples/policies/strict.cfg >>"$work/redacted"
    clean "$sample: nobody is left" "$work/redacted"
    told "$capture" >>"$work/plain"
    told "$capture" -c samples/policies/strict.cfg >>"$work/plain"
    "$rewriter" -q --redact --dropped=mark -P pix-4.4 -k command_mask_scope=line "$capture" \
        -w "$work/out.pcapng"
    comments "$work/out.pcapng" >"$work/comments"
    clean "$sample: nobody is in comments" "$work/comments"
    "$rewriter" -q --dropped=mark -P pix-4.4 -k command_mask_scope=line "$capture" \
        -w "$work/out.pcapng"
    comments "$work/out.pcapng" >>"$work/plain-comments"
done

# Without --redact the search finds what there is to find.
for secret in alice nobody staff bob@ 20260303; do
    check "without --redact $secret is found" grep -q -i -F "$secret" "$work/plain"
done
check "without --redact comments tell somebody" grep -q -i -F -f "$work/secrets" \
    "$work/plain-comments"

# same_but_texts SAMPLE OPTION... - JSON differs in nothing but the bytes of strings; each is as long.
# What one byte is written as (\\xHH) is one character here.
letters() {
    sed -e 's/\\\\x[0-9a-f][0-9a-f]/?/g' -e 's/\\\\\\\\/?/g' -e 's/\\"/?/g'
}
same_but_texts() {
    sample=$1
    shift
    "$analyzer" -q -o json --events=all "$@" "samples/captures/$sample.pcap" |
        letters >"$work/a.json"
    "$analyzer" -q -o json --events=all --redact "$@" "samples/captures/$sample.pcap" |
        letters >"$work/b.json"
    # shellcheck disable=SC2016 # awk's
    check "$sample $*: lengths are the same" awk -v other="$work/b.json" '
        function differs(a, b) {
            if (length(a) != length(b)) return 1
            for (i = 1; i <= length(a); i++) {
                x = substr(a, i, 1); y = substr(b, i, 1)
                if (x != y && y != "#" && !(x == "X" || x == " ")) return 1
            }
            return 0
        }
        { if ((getline line < other) <= 0 || differs($0, line)) {
              print FILENAME ":" NR ": " $0; print line; bad = 1; exit 1 } }
        END { if (bad || (getline line < other) > 0 || NR == 0) exit 1 }' "$work/a.json"
}
for sample in auth-cancel verbs-exim verbs-postfix special-characters typed-by-hand \
    recipients-invalid header-folded spoiled-at-server starttls-postfix; do
    same_but_texts "$sample"
    same_but_texts "$sample" -P pix-4.4
    same_but_texts "$sample" -P fwsm
    same_but_texts "$sample" -c samples/policies/strict.cfg
done

# What holds the bytes themselves is refused, in words.
refused() {
    what=$1
    shift
    "$@" >"$work/said" 2>&1
    status=$?
    check "$what: refused" [ $status -eq 2 ]
    check "$what: why" grep -q 'not with --redact' "$work/said"
}
capture=samples/captures/plain-delivery.pcap
refused --streams "$analyzer" --redact --streams="$work/streams" "$capture"
refused --proof "$rewriter" --redact --proof="$work/proof" "$capture" -w "$work/o.pcap"
refused --write-plan "$rewriter" --redact --write-plan="$work/plan" "$capture"
refused --plan "$rewriter" --redact --plan="$work/plan" "$capture" -w "$work/o.pcap"

# The capture itself is what it is without.
"$rewriter" -q "$capture" -w "$work/a.pcap"
"$rewriter" -q --redact "$capture" -w "$work/b.pcap"
check 'OUT is the same' cmp "$work/a.pcap" "$work/b.pcap"
tap_done
