# rewritten.sh - to be read by `.`: what becomes of a capture in the rewriter, judged by others.
#
# judge_rewritten CAPTURE [OPTION...] prints a line a problem, nothing if there is none:
#
# - compare_pcap: untouched frames are byte for byte the same, changed ones in payload and checksum
#   alone; the summary counts what it counts; a second time changes nothing.
# - capinfos and editcap read the output.
# - Which frames are left out is told beforehand, by the analyzer's JSON and tshark's streams.
# - editcap leaves the same frames out of the input, and the made ones out of the output. Of these
#   two captures tshark says the same, frame by frame and field by field: every tcp.analysis.*. So a
#   mark that is new is explained by what was left out, or told. No checksum is bad that was not.
# - Made frames bear no mark of their own, and good checksums.
# - Streams that tshark follows in the output are those of the analyzer's --streams, with its
#   verdicts written over them. Where tshark and the analyzer do not agree on the input already,
#   the stream is left aside (a line in $rewritten_work/aside).
#
# Needs ESI_BUILD, tshark, capinfos, editcap. Leaves "frames missing changed made sessions" in
# $rewritten_work/figures. Frames of one link type; TCP in no tunnel.

. tests/tools/rewriter_told.sh
. tests/tools/json_words.sh
rewritten_work=$(mktemp -d)
rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
compare=$ESI_BUILD/tests/compare_pcap

# option NAME DEFAULT OPTION... - the value of --NAME= among the options.
option() {
    option_name=--$1=
    option_value=$2
    shift 2
    for option_word; do
        case $option_word in
        "$option_name"*) option_value=${option_word#"$option_name"} ;;
        esac
    done
    echo "$option_value"
}

# read_by_tshark CAPTURE OUT STREAM... - $2.frames: a line a frame; $2.followed: those streams.
# First comes what says which frame it is, then the checksum, then the analysis.
read_by_tshark() {
    tshark_in=$1
    tshark_out=$2
    shift 2
    if [ ! -s "$rewritten_work/fields" ]; then
        tshark -G fields 2>/dev/null |
            awk -F '\t' '$1 == "F" && $3 ~ /^tcp\.analysis/ { print "-e", $3 }' \
                >"$rewritten_work/fields"
    fi
    tshark_taps=
    for tshark_stream; do
        tshark_taps="$tshark_taps -z follow,tcp,raw,$tshark_stream"
    done
    # shellcheck disable=SC2046,SC2086
    tshark -n -r "$tshark_in" -o tcp.check_checksum:TRUE -T fields -E separator='|' \
        -E occurrence=f -e frame.number -e tcp.stream -e tcp.checksum.status -e frame.time_epoch \
        -e frame.len -e tcp.srcport -e tcp.seq_raw -e tcp.ack_raw -e tcp.len -e tcp.flags \
        -e frame.protocols -e tcp.seq $(cat "$rewritten_work/fields") $tshark_taps 2>/dev/null |
        awk -v frames="$tshark_out.frames" -v followed="$tshark_out.followed" '
            BEGIN { printf "" >frames; printf "" >followed }
            /^====/ { taps = 1 }
            $0 != "" { print >(taps ? followed : frames) }'
}

# left_out FRAMES JSON MISSING OPTION... - frames that are missing and should not be, or should be.
# An earlier frame of nothing but bytes behind a cut may be missing or not: the JSON does not tell
# where the cut is to the byte.
left_out() {
    left_frames=$1
    left_json=$2
    left_missing=$3
    shift 3
    awk -v dropped="$(option dropped omit "$@")" -v after="$(option after-divergence keep "$@")" \
        -v view="$(option view both "$@")" -v only="$(option only-sessions '' "$@")" \
        -v filter="$(option filter '' "$@")" "$json_words"'
        function seen(direction) { return view == "both" || view == direction }
        FILENAME == ARGV[1] {
            split($0, f, "|")
            last = f[1] + 0
            stream[last] = f[2]; port[last] = f[6]; len[last] = f[9]; end[last] = f[12] - 1 + f[9]
            if (filter != "" && f[11] ~ /^eth:ethertype:(arp|ip:udp|ipv6:udp)/) out[last] = 1
            next
        }
        FILENAME == ARGV[2] && /"event_type":"session"/ {
            s = number_of("tcp_stream")
            if (number_of("number") == only) wanted = s
            if (after == "cut" && match($0, /"diverges":\{/))
                for (i = diverges_at(); i <= last; i++)
                    if (stream[i] == s) out[i] = 1
            next
        }
        function diverges_at() {
            match($0, /"diverges":\{"pcap_cnt":[0-9]+/)
            return substr($0, RSTART + 23, RLENGTH - 23) + 0
        }
        FILENAME == ARGV[2] && /"event_type":"verdict"/ && !/"counterfactual":true/ {
            action = text_of("action"); s = number_of("tcp_stream"); at = number_of("pcap_cnt")
            if (dropped == "mark") next
            if (action ~ /^(drop-connection|reset|refuse)$/) {
                for (i = at; i <= last; i++) if (stream[i] == s) out[i] = 1
                offset = number_of("offset"); client = number_of("client_port")
                up = text_of("direction") == "to_server"
                for (i = 1; i < at; i++)
                    if (stream[i] == s && len[i] > 0 && (port[i] == client) == up && end[i] > offset)
                        may[i] = 1
            }
        }
        FILENAME == ARGV[2] && /"event_type":"verdict"/ && /"action":"(discard|rate-limit)"/ {
            if (dropped == "mark" || !seen(text_of("direction") == "to_server" ? "to-server" : "to-client"))
                next
            n = split(list_of("frames"), f, ",")
            for (i = 1; i <= n; i++) may[f[i] + 0] = 1
        }
        FILENAME == ARGV[3] && $1 == "missing" { missing[$2 + 0] = 1 }
        END {
            for (i = 1; i <= last; i++) {
                if (only != "" && stream[i] != wanted) out[i] = 1
                if (missing[i] && !out[i] && !may[i]) print "frame " i " is left out; why?"
                if (!missing[i] && out[i]) print "frame " i " should be left out"
            }
        }' "$left_frames" "$left_json" "$left_missing"
}

# without CAPTURE OUT LIST WHAT - the capture without the frames that LIST has as WHAT.
without() {
    awk -v what="$4" '
        function flush() { if (from) printf "%s ", from == to ? from : from "-" to }
        $1 == what { if (from && $2 == to + 1) to = $2; else { flush(); from = to = $2 } }
        END { flush() }' "$3" >"$rewritten_work/ranges"
    # shellcheck disable=SC2046
    editcap "$1" "$2" $(cat "$rewritten_work/ranges") >/dev/null 2>&1
}

# same_marks KEPT WRITTEN - two lists of frames, the same but for checksums that were bad.
same_marks() {
    paste -d '\n' "$1" "$2" | awk -F '|' '
        function rest(line) { sub(/^[^|]*\|[^|]*\|[^|]*\|/, "", line); return line }
        function known(line,   i, n, part, out) {
            n = split(line, part, "|")
            out = ""
            for (i = 1; i <= n; i++) if (i != 8) out = out "|" part[i] # frame.protocols: the content
            return out
        }
        NR % 2 == 1 { was = $0; before = $3; streamed = $2; next }
        {
            if ($2 != streamed || known(rest($0)) != known(rest(was)))
                print "tshark says otherwise: " was " became " $0
            if ($3 == 0 && $3 != "" && before != 0) print "its checksum is bad: " $0
        }' | head -n 5
}

. tests/tools/rewritten_streams.sh

# judge_files CAPTURE OUT JSON COMPARED OPTION... - all but what the programs' runs told. JSON and
# $rewritten_work/streams are the analyzer's; COMPARED is what compare_pcap lists.
judge_files() {
    files_in=$1
    files_out=$2
    files_json=$3
    files_list=$4
    shift 4
    capinfos "$files_out" >/dev/null 2>&1 || echo 'capinfos does not read it'
    editcap "$files_out" "$rewritten_work/edited" >/dev/null 2>&1 || {
        # What editcap cannot do with the input it need not do with the output.
        ! editcap "$files_in" "$rewritten_work/edited" >/dev/null 2>&1 ||
            echo 'editcap does not read it'
    }
    files_streams=$(awk "$json_words"'/"event_type":"session"/ { print number_of("tcp_stream") }' \
        "$files_json" | sort -nu | head -n 200)
    # shellcheck disable=SC2086
    read_by_tshark "$files_in" "$rewritten_work/input" $files_streams
    left_out "$rewritten_work/input.frames" "$files_json" "$files_list" "$@" | head -n 5
    kept_streams "$rewritten_work/input.frames" "$files_list" >"$rewritten_work/map"
    if grep -q '^missing' "$files_list"; then
        without "$files_in" "$rewritten_work/kept" "$files_list" missing || return 0
        files_streams=$(awk -v wanted=" $(echo "$files_streams" | tr '\n' ' ')" \
            'index(wanted, " " $1 " ") { print $2 }' "$rewritten_work/map")
        # shellcheck disable=SC2086
        read_by_tshark "$rewritten_work/kept" "$rewritten_work/kept" $files_streams
    else
        cp "$rewritten_work/input.frames" "$rewritten_work/kept.frames"
        cp "$rewritten_work/input.followed" "$rewritten_work/kept.followed"
    fi
    if grep -q '^made' "$files_list"; then
        read_by_tshark "$files_out" "$rewritten_work/whole"
        awk -F '|' 'NR == FNR { sub(/^made /, "") || $0 = ""; if ($0 != "") made[$0 + 0] = 1; next }
            made[$1 + 0] {
                if ($3 != 1) print "made, with a bad checksum: " $0
                marks = $0
                for (i = 1; i <= 12; i++) sub(/^[^|]*\|/, "", marks)
                if (marks ~ /lost|Retrans|Out-Of-Order|unseen|Keep-Alive/)
                    print "made, and marked: " $0
            }' "$files_list" "$rewritten_work/whole.frames"
        without "$files_out" "$rewritten_work/written" "$files_list" made
        # shellcheck disable=SC2086
        read_by_tshark "$rewritten_work/written" "$rewritten_work/written" $files_streams
    else
        # shellcheck disable=SC2086
        read_by_tshark "$files_out" "$rewritten_work/written" $files_streams
    fi
    [ "$(wc -l <"$rewritten_work/kept.frames")" -eq "$(wc -l <"$rewritten_work/written.frames")" ] ||
        echo 'tshark reads another number of frames'
    same_marks "$rewritten_work/kept.frames" "$rewritten_work/written.frames"
    same_streams "$files_json" "$rewritten_work/map" "$@"
}

# analyzer_options OPTION... - those that are the analyzer's too, a line each.
analyzer_options() {
    for option_word; do
        case $option_word in
        --dropped=* | --after-divergence=* | --view=* | --only-sessions=* | --checksums=* | \
            --format=*) ;;
        *) echo "$option_word" ;;
        esac
    done
}

# ends_later OPTION... - whether the second pass ends a session that the first did not, where one
# side's edits only were written: a keyword still stands in the reply to EHLO, the command that made
# use of it is masked, and nothing tells any more that the session could not have come about.
ends_later() {
    [ "$(option view both "$@")" != both ] &&
        grep -q ' 0 made .* 0 dropped by verdict' "$rewritten_work/told" &&
        grep -q ' [1-9][0-9]* made \| [1-9][0-9]* dropped by verdict' "$rewritten_work/told_twice"
}

# rewrite_once CAPTURE OPTION... - the output, what compare_pcap lists, and what is wrong with that.
rewrite_once() {
    once_in=$1
    shift
    case $(option checksums recompute "$@") in
    adjust) once_how=-a ;;
    all) once_how=-A ;;
    *) once_how= ;;
    esac
    "$rewriter" "$@" "$once_in" -w "$rewritten_work/once" 2>"$rewritten_work/told"
    once_status=$?
    # A capture that is cut off is rewritten as far as it goes.
    if [ "$once_status" -ne 0 ] && { [ "$once_status" -ne 3 ] || [ ! -s "$rewritten_work/once" ]; }; then
        echo "status $once_status: $(head -n 1 "$rewritten_work/told")"
        return 1
    fi
    # shellcheck disable=SC2086
    if ! "$compare" -l $once_how "$once_in" "$rewritten_work/once" >"$rewritten_work/list" \
        2>"$rewritten_work/why_not"; then
        cat "$rewritten_work/why_not"
        return 1
    fi
    once_found=$(compared "$(tail -n 1 "$rewritten_work/list")")
    [ "$(told_in "$rewritten_work/told")" = "$once_found" ] ||
        echo "the summary is wrong: found $once_found: $(cat "$rewritten_work/told")"
    echo "$once_found" >"$rewritten_work/figures"
    "$rewriter" "$@" "$rewritten_work/once" -w "$rewritten_work/twice" 2>"$rewritten_work/told_twice"
    cmp -s "$rewritten_work/once" "$rewritten_work/twice" || ends_later "$@" ||
        echo 'twice is not once'
}

# judge_rewritten CAPTURE [OPTION...] - options with a value in the form --name=value.
judge_rewritten() {
    judged=$1
    shift
    rm -rf "$rewritten_work/streams" "$rewritten_work/once" "$rewritten_work/aside"
    mkdir "$rewritten_work/streams"
    : >"$rewritten_work/aside"
    : >"$rewritten_work/figures"
    rewrite_once "$judged" "$@" || return 0
    analyzer_options "$@" >"$rewritten_work/options"
    judged_after=$*
    set --
    while read -r option_word; do
        set -- "$@" "$option_word"
    done <"$rewritten_work/options"
    "$analyzer" -q "$@" --streams "$rewritten_work/streams" -o "json=$rewritten_work/json" \
        "$judged" </dev/null 2>/dev/null
    [ -z "${ESI_JSON:-}" ] || cat "$rewritten_work/json" >>"$ESI_JSON"
    # Word splitting is wanted.
    # shellcheck disable=SC2086
    judge_files "$judged" "$rewritten_work/once" "$rewritten_work/json" "$rewritten_work/list" \
        $judged_after
}
