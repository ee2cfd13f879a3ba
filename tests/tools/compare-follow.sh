#!/bin/sh
# compare-follow.sh - the analyzer's streams beside those that tshark follows, over a folder.
#
#     tests/tools/compare-follow.sh FOLDER [OPTION...]
#
# FOLDER   searched for captures (*.pcap *.pcapng *.cap *.dmp *.trace), subfolders too
# OPTION   goes to the analyzer: --ports 25,587
#
# ESI_BUILD  the build folder (default build/release)
#
# For each session that the analyzer tells, and each of its directions, the bytes written by
# --streams are held against `tshark -z follow,tcp,raw,N`, N being the session's tcp_stream. Both
# leave out what the capture lacks: tshark's "[N bytes missing in capture file]" is dropped and
# counted. A line a difference: where it begins (cmp's count, from 1), both lengths, and what the
# analyzer has to say of the session's quality. The last line counts; the status is 0 if there is
# no difference, 1 if there is, 2 if nothing could be compared.
set -u

if [ $# -eq 0 ] || [ ! -d "$1" ]; then
    echo 'usage: compare-follow.sh FOLDER [OPTION...]' >&2
    exit 2
fi
folder=$1
shift
analyzer=${ESI_BUILD:-build/release}/analyzer/esmtp-analyzer
[ -x "$analyzer" ] || {
    echo "compare-follow.sh: no $analyzer" >&2
    exit 2
}
for tool in tshark xxd; do
    command -v "$tool" >/dev/null || {
        echo "compare-follow.sh: no $tool" >&2
        exit 2
    }
done
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# sessions JSON - a line each: number, tcp_stream, client, port, quality in words.
sessions() {
    awk '
        function field(name,   text) {
            if (!match($0, "\"" name "\":(\"[^\"]*\"|[^,}]*)")) return "-"
            text = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
            gsub(/"/, "", text)
            return text
        }
        /"event_type":"session"/ {
            quality = "-"
            if (match($0, /"quality":\{.*"evicted":(true|false)/))
                quality = substr($0, RSTART + 11, RLENGTH - 11)
            gsub(/"/, "", quality)
            gsub(/,/, " ", quality)
            print field("number"), field("tcp_stream"), field("client_ip"), field("client_port"),
                quality
        }' "$1"
}

# follow CAPTURE - all streams of $work/sessions, as tshark tells them, in $work/followed.
follow() {
    capture=$1
    set --
    while read -r _ stream _; do
        set -- "$@" -z "follow,tcp,raw,$stream"
    done <"$work/sessions"
    tshark -n -r "$capture" -q "$@" 2>/dev/null >"$work/followed"
}

# direction STREAM CLIENT PORT TO - that stream's bytes as hexadecimal. Its bytes are the lines of
# one of two nodes; those of the second are indented.
direction() {
    awk -v stream="$1" -v client="$2" -v port="$3" -v to="$4" -v holes="$work/holes" '
        /^Filter: / { here = $NF == stream; body = 0; next }
        /^Node 0: / { first = $3 == client ":" port || $3 == "[" client "]:" port; next }
        /^Node 1: / { body = 1; next }
        /^=/ { body = 0; next }
        !here || !body { next }
        {
            second = sub(/^\t/, "")
            if ((second != first) != (to == "server")) next
            if ($0 ~ /^5b(3[0-9])+206279746573206d697373696e6720696e20636170747572652066696c655d/) {
                missing++
                next
            }
            print
        }
        END { print missing + 0 >holes }' "$work/followed"
}

# compare CAPTURE - prints differences; a line in $work/counts for each direction.
compare() {
    rm -rf "$work/streams"
    mkdir "$work/streams"
    "$analyzer" -q "$@" --streams "$work/streams" -o "json=$work/json" </dev/null \
        2>"$work/stderr"
    status=$?
    [ -z "${ESI_JSON:-}" ] || cat "$work/json" >>"$ESI_JSON"
    eval "capture=\${$#}"
    # shellcheck disable=SC2154
    [ "$status" -eq 0 ] || echo "$capture: status $status: $(head -n 1 "$work/stderr")"
    sessions "$work/json" >"$work/sessions"
    [ -s "$work/sessions" ] || return 0
    follow "$capture"
    while read -r number stream client port quality; do
        for to in server client; do
            ours=$work/streams/$number-to-$to.raw
            [ -e "$ours" ] || ours=/dev/null
            direction "$stream" "$client" "$port" "$to" | xxd -r -p >"$work/theirs"
            if cmp -s "$ours" "$work/theirs"; then
                echo same >>"$work/counts"
                continue
            fi
            echo other >>"$work/counts"
            where=$(cmp "$ours" "$work/theirs" 2>&1 | sed -n 's/.*: *\(byte\|char\) \([0-9]*\).*/byte \2/p')
            echo "$capture: session $number, tcp.stream $stream, to $to: differ at" \
                "${where:-the end of the shorter}; $(wc -c <"$ours") bytes, tshark" \
                "$(wc -c <"$work/theirs") and $(cat "$work/holes") holes; $quality"
        done
    done <"$work/sessions"
}

: >"$work/counts"
captures=0
find "$folder" -type f \( -name '*.pcap' -o -name '*.pcapng' -o -name '*.cap' -o -name '*.dmp' \
    -o -name '*.trace' \) | sort >"$work/captures"
while read -r file; do
    captures=$((captures + 1))
    compare "$@" "$file"
done <"$work/captures"

same=$(grep -c same "$work/counts")
other=$(grep -c other "$work/counts")
echo "$captures captures, $((same + other)) directions: $same equal, $other different"
[ $((same + other)) -gt 0 ] || exit 2
[ "$other" -eq 0 ]
