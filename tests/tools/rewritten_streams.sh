# rewritten_streams.sh - to be read by rewritten.sh: the streams that tshark follows in a rewritten
# capture, beside those of the analyzer with its verdicts written over them.
#
# Where tshark and the analyzer do not agree on the input already, the stream is left aside.
# shellcheck disable=SC2154 # rewritten.sh's variables

# kept_streams FRAMES MISSING - "number in the capture, number without the missing frames" each.
kept_streams() {
    awk -F '|' 'NR == FNR { sub(/^missing /, "") || $0 = ""; if ($0 != "") missing[$0 + 0] = 1; next }
        !missing[$1 + 0] && $2 != "" && !($2 in now) { now[$2] = n++; print $2, now[$2] }' "$2" "$1"
}

# same_streams JSON MAP OPTION... - follows of kept and written beside the analyzer's streams.
same_streams() {
    streams_json=$1
    streams_map=$2
    shift 2
    for streams_file in "$rewritten_work"/streams/*.raw; do
        [ -e "$streams_file" ] || continue
        od -An -v -tx1 "$streams_file" | tr -d ' \n' >"${streams_file%.raw}.hex"
    done
    awk -v dropped="$(option dropped omit "$@")" -v view="$(option view both "$@")" \
        -v streams="$rewritten_work/streams" -v kept="$rewritten_work/kept.followed" \
        -v written="$rewritten_work/written.followed" -v aside="$rewritten_work/aside" "$json_words"'
        function hex_of(text,   out, i) {
            out = ""
            for (i = 1; i <= length(text); i++) {
                if (substr(text, i, 2) == "\\x") { out = out substr(text, i + 2, 2); i += 3 }
                else { out = out code[substr(text, i, 1)]; i += substr(text, i, 1) == "\\" }
            }
            return out
        }
        function dots(n,   out, unit) {
            out = ""
            for (unit = ".."; n > 0; n = int(n / 2)) {
                if (n % 2) out = out unit
                unit = unit unit
            }
            return out
        }
        # put_over - the text with `by` at that place; what is not known stays so.
        function put_over(text, at, by,   old, out, i) {
            old = substr(text, 2 * at + 1, length(by))
            if (index(old, ".")) {
                out = ""
                for (i = 1; i <= length(old); i++)
                    out = out (substr(old, i, 1) == "." ? "." : substr(by, i, 1))
                by = out
            }
            return substr(text, 1, 2 * at) by substr(text, 2 * at + length(by) + 1)
        }
        # agree - two texts as far as both go, and both know.
        function agree(a, b,   i, n, x, y) {
            n = length(a) < length(b) ? length(a) : length(b)
            a = substr(a, 1, n); b = substr(b, 1, n)
            if (a == b) return 1
            if (!index(a, ".") && !index(b, ".")) return 0
            for (i = 1; i <= n; i += 64) {
                x = substr(a, i, 64); y = substr(b, i, 64)
                if (x != y && !agree_each(x, y)) return 0
            }
            return 1
        }
        function agree_each(x, y,   i, p, q) {
            for (i = 1; i <= length(x); i++) {
                p = substr(x, i, 1); q = substr(y, i, 1)
                if (p != q && p != "." && q != ".") return 0
            }
            return 1
        }
        function shape(text) { gsub(/[0-9a-f]/, "x", text); return text }
        # follow - all streams of a file into told[]: stream, then "client" node first or not.
        function follow(file, told,   line, stream, body, node, side, hole) {
            while ((getline line <file) > 0) {
                if (line ~ /^Filter: /) { stream = line; sub(/.* /, "", stream); body = 0 }
                else if (line ~ /^Node 0: /) { first[file, stream] = substr(line, 9) }
                else if (line ~ /^Node 1: /) body = 1
                else if (line ~ /^=/) body = 0
                else if (body) {
                    side = sub(/^\t/, "", line)
                    if (line ~ /^5b(3[0-9])+206279746573206d697373696e6720696e20636170747572652066696c655d$/) {
                        hole = ""
                        while (line ~ /^(5b)?3[0-9]/) {
                            sub(/^5b/, "", line)
                            hole = hole substr(line, 2, 1); line = substr(line, 3)
                        }
                        line = hole + 0 < 16777216 ? dots(hole + 0) : "!"
                    }
                    told[stream, side] = told[stream, side] line
                }
            }
        }
        BEGIN {
            for (i = 32; i < 127; i++) code[sprintf("%c", i)] = sprintf("%02x", i)
            follow(kept, was); follow(written, is)
        }
        FILENAME == ARGV[1] { now[$1] = $2; next }
        /"event_type":"verdict"/ {
            s = number_of("tcp_stream"); action = text_of("action")
            if (action ~ /^(drop-connection|reset|refuse|discard)$/) ended[s] = 1
            if (action !~ /^(mask|replace)$/) next
            if (view != "both" && view != (text_of("direction") == "to_server" ? "to-server" : "to-client"))
                next
            e = ++edits[s, text_of("direction")]
            edit_at[s, text_of("direction"), e] = number_of("offset")
            edit_by[s, text_of("direction"), e] = text_of("after")
        }
        /"event_type":"session"/ {
            s = number_of("tcp_stream"); number = number_of("number")
            if (!(s in now)) next
            if (dropped == "mark" && s in ended) { print "marked", number >>aside; next }
            gaps = list_of("gap_list")
            client = text_of("client_ip") ":" number_of("client_port")
            other = "[" text_of("client_ip") "]:" number_of("client_port")
            client_first = first[kept, now[s]] == client || first[kept, now[s]] == other
            for (d = 0; d < 2; d++) {
                direction = d ? "to_client" : "to_server"
                side = d == client_first
                file = streams "/" number "-" (d ? "to-client" : "to-server") ".hex"
                plain_hex = ""
                getline plain_hex <file
                close(file)
                n = split(gaps, gap, "}")
                too_large = 0
                for (g = 1; g <= n; g++) {
                    if (index(gap[g], "\"" direction "\"") == 0) continue
                    match(gap[g], /"offset":[0-9]+/); at = substr(gap[g], RSTART + 9, RLENGTH - 9) + 0
                    match(gap[g], /"length":[0-9]+/); len = substr(gap[g], RSTART + 9, RLENGTH - 9) + 0
                    if (len > 16777216 || at > 16777216) { too_large = 1; break }
                    plain_hex = substr(plain_hex, 1, 2 * at) dots(len) substr(plain_hex, 2 * at + 1)
                }
                edited = plain_hex
                for (e = 1; e <= edits[s, direction]; e++)
                    edited = put_over(edited, edit_at[s, direction, e],
                                      hex_of(edit_by[s, direction, e]))
                before = was[now[s], side]; after = is[now[s], side]
                if (shape(before) != shape(after)) {
                    print "session " number ", " direction ": other lengths are followed"
                    continue
                }
                # Of gaps at the end of a cut frame, tshark does not tell the length.
                if (!too_large && !agree(plain_hex, before)) {
                    gsub(/[.!]/, "", plain_hex); gsub(/[.!]/, "", edited)
                    gsub(/[.!]/, "", before); gsub(/[.!]/, "", after)
                }
                if (too_large || !agree(plain_hex, before)) {
                    print "otherwise before", number, direction >>aside
                    continue
                }
                if (!agree(edited, after))
                    print "session " number ", " direction ": other bytes are followed"
                else if (after != "")
                    print "same", number, direction >>aside
            }
        }' "$streams_map" "$streams_json"
}
