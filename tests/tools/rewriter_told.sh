# rewriter_told.sh - to be read by `.`: what the rewriter's summary counts, and what compare_pcap does.

# told_in STDERR - "made written missing changed", from the rewriter's summary; nothing if it does
# not balance.
told_in() {
    awk '/ made = / {
            for (i = 2; i <= NF; i++) {
                if ($i ~ /^read/) read = $(i - 2)
                if ($i == "made") made = $(i - 1)
                if ($i == "written") written = $(i - 1)
                if ($i == "dropped") dropped = $(i - 1)
                if ($i == "left") left = $(i - 1)
            }
        }
        / changed( \(|,|$)/ { changed = $2 }
        END {
            if (read + made == written + dropped + left)
                print made + 0, written, dropped + left, changed + 0
        }' "$1"
}

# compared TEXT - the same, from compare_pcap's.
compared() {
    echo "$1" | sed 's/^\(.*\) frames, \(.*\) missing, \(.*\) changed, \(.*\) made$/\4 \1 \2 \3/'
}

# rewritten_right NAME HOW CAPTURE OUT [OPTION...] - it is rewritten, only what may change does (HOW:
# an option of compare_pcap, or empty), and the summary counts what there is. False: no more can be
# said of OUT. Of whoever reads this: tap.sh, $rewriter, $compare, $work.
# shellcheck disable=SC2154
rewritten_right() {
    right_name=$1
    right_how=$2
    right_in=$3
    right_out=$4
    shift 4
    if ! "$rewriter" "$@" "$right_in" -w "$right_out" 2>"$work/told"; then
        not_ok "$right_name: is rewritten" "$(cat "$work/told")"
        return 1
    fi
    # Word splitting is wanted: there may be no option.
    # shellcheck disable=SC2086
    if ! right_frames=$("$compare" $right_how "$right_in" "$right_out" 2>&1); then
        not_ok "$right_name: only what may change does" "$right_frames"
        return 1
    fi
    if [ "$(told_in "$work/told")" = "$(compared "$right_frames")" ]; then
        ok "$right_name: $right_frames"
    else
        not_ok "$right_name: the summary is right" "$(cat "$work/told"; echo "found: $right_frames")"
    fi
}
