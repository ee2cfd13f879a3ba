#!/bin/sh
# check-wireshark.sh - samples/wireshark at work: its fields, colouring rules, buttons and columns.
#
# What the fields say of each frame is held against the analyzer's verdicts, in order, value by
# value. tshark reads the profile as Wireshark does; every filter in it has to select the frames
# that the fields tell.
#
# ESI_ALL=1  all samples, not only some
set -u
. tests/tools/tap.sh
. tests/tools/json_words.sh

rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
annotate=$ESI_BUILD/tests/annotate
kit=samples/wireshark
samples=samples/captures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

need_tools 'Wireshark kit' tshark editcap
tshark -v 2>/dev/null | tr '\n' ' ' | grep -q 'with Lua' ||
    skip_all 'Wireshark kit' 'this tshark knows no Lua'

# A user who did what README.md says.
export WIRESHARK_CONFIG_DIR="$work/config"
mkdir -p "$work/config/profiles"
cp -r "$kit/profile/esmtp-inspect" "$work/config/profiles/"
tab=$(printf '\t')

shark() { tshark -n -X "lua_script:$kit/esi_comments.lua" -C esmtp-inspect "$@" 2>"$work/complaints"; }

# fields CAPTURE - a line a frame: number in the input (0: made), values of each field.
fields() {
    shark -r "$1" -T fields -E separator=/t -E aggregator='~' -e frame.number -e esi.made \
        -e esi.verdict -e esi.rule -e esi.class -e esi.config -e esi.basis -e esi.before \
        -e esi.after -e esi.length -e esi.dropped |
        awk -F '\t' -v OFS='\t' '
            $2 != "" { made++; next }
            { $1 -= made; sub(/^[^\t]*\t\t/, $1 "\t") }
            $2 != ""'
}

# streams CAPTURE - a line a frame: number, tcp.stream.
streams() { tshark -n -r "$1" -T fields -e frame.number -e tcp.stream 2>/dev/null; }

# expected STREAMS JSON - what `fields` has to say. Bytes of the wire are clipped as the comments
# clip them: 72 bytes, an escape being one.
expected() {
    awk -v OFS='\t' "$json_words"'
        function clipped(text,   out, bytes, unit) {
            out = ""
            for (bytes = 0; bytes < 72 && text != ""; bytes++) {
                unit = substr(text, 1, 2) == "\\x" ? 4 : substr(text, 1, 1) == "\\" ? 2 : 1
                out = out substr(text, 1, unit)
                text = substr(text, unit + 1)
            }
            shown = bytes
            return out
        }
        function add(frame, column, value) {
            if (value == "") return
            said[frame, column] = said[frame, column] (many[frame, column]++ ? "~" : "") value
        }
        function tell(frame, dropped) {
            told[frame] = 1
            add(frame, 2, action); add(frame, 3, rule); add(frame, 4, class); add(frame, 5, config)
            add(frame, 6, basis); add(frame, 7, before); add(frame, 8, after); add(frame, 9, len)
            if (dropped) add(frame, 10, "1")
        }
        NR == FNR { stream[$1] = $2; last = $1 + 0; next }
        !/"event_type":"verdict"/ { next }
        {
            action = text_of("action")
            rule = text_of("rule"); class = number_of("class"); basis = text_of("basis")
            config = ""
            if (match($0, /"config":\{/)) {
                config = text_of("file"); sub(/.*\//, "", config); config = config ":" number_of("line")
            }
            before = clipped(text_of("before")); len = number_of("length") + 0
            if (len <= shown || shown == 0) len = ""
            after = action ~ /^(mask|replace)$/ ? clipped(text_of("after")) : ""
            if (action ~ /^(mask|replace|discard)$/) {
                match($0, /"frames":\[[0-9,]*\]/)
                n = split(substr($0, RSTART + 10, RLENGTH - 11), frames, ",")
                for (f = 1; f <= n; f++) if (!(frames[f] in cut)) tell(frames[f], action == "discard")
            } else if (action ~ /^(drop-connection|reset)$/ && !/"counterfactual":true/) {
                for (f = number_of("pcap_cnt") + 0; f <= last; f++)
                    if (stream[f] == number_of("tcp_stream")) { tell(f, 1); cut[f] = 1 }
            }
        }
        END {
            for (f = 1; f <= last; f++) {
                if (!(f in told)) continue
                line = f
                for (c = 2; c <= 10; c++) line = line OFS said[f, c]
                print line
            }
        }' "$1" "$2"
}

# agrees SAMPLE OPTION... - verdict by verdict.
agrees() {
    capture=$samples/$1
    shift
    name="$(basename "$capture")${*:+ $*}"
    "$rewriter" -q "$@" --dropped=mark "$capture" -w "$work/out.pcapng"
    "$analyzer" -q "$@" -o "json=$work/json" "$capture" 2>/dev/null
    [ -z "${ESI_JSON:-}" ] || cat "$work/json" >>"$ESI_JSON"
    streams "$capture" >"$work/streams"
    expected "$work/streams" "$work/json" >"$work/expected"
    fields "$work/out.pcapng" >"$work/fields"
    check "$name: the fields are the verdicts" diff "$work/expected" "$work/fields"
    check "$name: without a complaint" test -z "$(complaints)"
}

complaints() { grep -v '^Running as user' "$work/complaints"; }

if [ -n "${ESI_ALL:-}" ]; then
    names=$(cd "$samples" && ls)
else
    names='starttls-postfix.pcap typed-by-hand.pcap sessions-several.pcap starttls-keys.pcapng
        8bitmime-smtputf8.pcap spoiled-at-server.pcap'
fi
for sample in $names; do
    agrees "$sample"
done
agrees verbs-exim.pcap --config=samples/policies/strict.cfg
for sample in special-characters command-600-sender-340; do
    agrees $sample.pcap --config=samples/policies/strict.cfg
    agrees $sample.pcap --config=tests/golden/configs/reset.cfg --knob=drop_sends_rst=yes
done

# Comments of all kinds, a frame each, which then get one more of somebody else's: WHAT|FIELD|VALUE
# for each in $work/wanted.
captured=$samples/recipients-120.pcap
cp "$captured" "$work/commented.pcapng"
count=0
: >"$work/wanted"

# read_as WHAT COMMENT FIELD VALUE
read_as() {
    count=$((count + 1))
    editcap -a "$count:$2" "$work/commented.pcapng" "$work/more.pcapng" &&
        mv "$work/more.pcapng" "$work/commented.pcapng"
    printf '%s\t%s\t%s\n' "$1" "$3" "$4" >>"$work/wanted"
}

long=$(printf '%065000d' 0)
newline='
'
read_as 'a quote is a quote' 'esi verdict=mask rule="a" before="say \x22no\x22" after="X"' \
    before 'say "no"'
read_as 'other escapes stay' 'esi verdict=mask rule="a" before="\x0d\\x22\\\x22\xc3" after="X"' \
    before '\x0d\\x22\\"\xc3'
read_as 'what looks like a pair in quotes is none' \
    'esi verdict=mask rule="a" before=" verdict=reset dropped" after="X"' verdict mask
read_as 'nor is it dropped' \
    'esi verdict=mask rule="a" before=" verdict=reset dropped" after="X"' dropped ''
read_as 'dropped is' 'esi verdict=reset rule="a" before="x" dropped' dropped 1
read_as 'several lines' \
    "esi verdict=mask rule=\"a\"${newline}by hand${newline}esi verdict=replace rule=\"b\"" \
    verdict mask~replace
read_as 'beside a line that is not ASCII' "größer${newline}esi verdict=mask rule=\"ä b\" class=7" \
    rule 'ä b'
read_as 'a name with blanks' 'esi verdict=mask rule="a" config="my asa.cfg:12" basis=likely' \
    config 'my asa.cfg:12'
read_as 'why it diverges' 'esi counterfactual why="so, and = so"' why 'so, and = so'
read_as 'that it does' 'esi counterfactual why="so"' counterfactual 1
read_as 'a frame that was made' 'esi made=rst verdict=reset rule="a"' made rst
read_as 'a comment that fills an option' "esi verdict=mask rule=\"a\"${newline}$long" verdict mask
read_as 'a line that is cut off' "esi verdict=mask rule=\"a\" before=\"$long" verdict mask
read_as 'and its last pair' "esi verdict=mask rule=\"a\" before=\"$long" before ''
read_as 'a number too large' 'esi verdict=mask class=99999999999 rule="a"' class ''
read_as 'by what is assumed' 'esi verdict=mask rule="a" basis=assumed before="x"' basis assumed
read_as 'by what bytes of the wire say' \
    'esi verdict=mask rule="a" basis=likely before=" basis=assumed"' basis likely
for other in 'esi' 'esi verdict' 'esi is down' 'xesi verdict=mask' ' esi verdict=mask' \
    'ESI verdict=mask rule="a"'; do
    read_as "none of ours: $other" "$other" protocol ''
done
"$annotate" "$work/commented.pcapng" "$work/said.pcapng" 'seen by "me": esi verdict=no' >/dev/null
shark -r "$work/said.pcapng" -c "$count" -T fields -E separator=/t -E aggregator='~' -e esi.before \
    -e esi.verdict -e esi.dropped -e esi.rule -e esi.config -e esi.why -e esi.counterfactual \
    -e esi.made -e esi.class -e esi.basis -e esi >"$work/read"
check 'comments of all kinds: without a complaint' test -z "$(complaints)"
paste "$work/wanted" "$work/read" | awk -F '\t' '
    BEGIN {
        n = split("before verdict dropped rule config why counterfactual made class basis protocol",
                  names, " ")
        for (i = 1; i <= n; i++) at[names[i]] = 3 + i
    }
    { print ($(at[$2]) == $3 ? "good" : "bad") "\t" $1 "\t" $2 " is: " $(at[$2]) }' >"$work/judged"
while IFS=$tab read -r good what why; do
    if [ "$good" = good ]; then ok "$what"; else not_ok "$what" "$why"; fi
done <"$work/judged"
check 'all of them were read' test "$count" -eq "$(grep -c . "$work/judged")"

# The profile: its filters, and which frames they select by the fields' word.
"$rewriter" -q --dropped=mark --knob=drop_sends_rst=yes "$samples/special-characters.pcap" \
    -w "$work/marked.pcapng"
profile=$kit/profile/esmtp-inspect

# by_fields NAME FILE - numbers of the frames that a button or colouring rule of that name stands
# for; - where it is not by comments.
by_fields() {
    awk -F '\t' -v name="$1" '
        function is(what) { return index(tolower(name), what) > 0 }
        {
            edited = $2 ~ /mask|replace/
            if (is("firewall:") && edited && $4 != "") edited = 0 # the colour of what is dropped
            if (is("made")) hit = $3 != ""
            else if (is("dropped")) hit = $4 != ""
            else if (is("changed")) hit = edited
            else if (is("counterfactual")) hit = $5 != ""
            else if (is("come about")) hit = $5 != "" && $2 $3 $4 == ""
            else if (is("assumed")) hit = $6 ~ /assumed/
            else if (name == "Firewall") hit = $2 $3 $5 != ""
            else { printf "-"; exit }
            if (hit) printf "%s ", $1
        }' "$2"
}

# told_fields CAPTURE
told_fields() {
    shark -r "$1" -T fields -E separator=/t -e frame.number -e esi.verdict -e esi.made \
        -e esi.dropped -e esi.counterfactual -e esi.basis
}

for capture in marked said; do
    told_fields "$work/$capture.pcapng" >"$work/$capture"
done

# Buttons: "TRUE","label","filter","comment", a quote in them being \x22.
sed -n 's/^"TRUE","\([^"]*\)","\([^"]*\)",".*"$/\1	\2/p' "$profile/dfilter_buttons" |
    sed 's/\\x22/"/g' >"$work/buttons"
check 'every line is a button' test "$(grep -vc '^#' "$profile/dfilter_buttons")" \
    -eq "$(grep -c . "$work/buttons")"
while IFS=$tab read -r label filter; do
    for capture in marked said; do
        found=$(shark -r "$work/$capture.pcapng" -Y "$filter" -T fields -e frame.number | tr '\n' ' ')
        check "button $label, $capture: without a complaint" test -z "$(complaints)"
        check "button $label, $capture: as the fields have it" \
            test "$found" = "$(by_fields "$label" "$work/$capture")"
    done
    check "button $label: selects frames" test -n "$found"
done <"$work/buttons"

# Colouring rules: the first that holds.
sed -n 's/^@\([^@]*\)@\([^@]*\)@\(\[[0-9]*,[0-9]*,[0-9]*\]\)\{2\}$/\1/p' "$profile/colorfilters" \
    >"$work/rules"
check 'every line is a rule' test "$(grep -vc '^#' "$profile/colorfilters")" \
    -eq "$(grep -c . "$work/rules")"
for capture in marked said; do
    shark --color -r "$work/$capture.pcapng" -T fields -E separator=/t -e frame.number \
        -e frame.coloring_rule.name >"$work/coloured"
    check "colours, $capture: without a complaint" test -z "$(complaints)"
    while read -r label; do
        wanted=$(by_fields "$label" "$work/$capture")
        [ "$wanted" != - ] || continue
        check "colour $label, $capture" test "$wanted" = "$(
            awk -F '\t' -v rule="$label" '$2 == rule { printf "%s ", $1 }' "$work/coloured")"
    done <"$work/rules"
done
echo '@none@no.such.field == 1@[1,2,3][4,5,6]' >>"$work/config/profiles/esmtp-inspect/colorfilters"
shark --color -r "$work/marked.pcapng" -c 1 >/dev/null
check 'a rule that is none would be complained of' test -n "$(complaints)"

shark -r "$work/marked.pcapng" >"$work/shown"
check 'the columns show verdict and rule' grep -q ' mask mask-banner SMTP ' "$work/shown"
check 'tshark finds masked frames' test "4${tab}mask-banner" = "$(shark -r "$work/marked.pcapng" \
    -Y 'esi.verdict == "mask"' -T fields -e frame.number -e esi.rule | head -n 1)"
tap_done
