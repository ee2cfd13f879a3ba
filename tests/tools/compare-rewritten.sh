#!/bin/sh
# compare-rewritten.sh - what the rewriter makes of every capture of a folder, judged by others.
#
#     tests/tools/compare-rewritten.sh FOLDER [OPTION...]
#
# FOLDER   searched for captures (*.pcap *.pcapng *.cap *.dmp *.trace), subfolders too
# OPTION   goes to the rewriter, in the form --name=value
#
# ESI_BUILD  the build folder, with tests (default build/dev)
#
# See rewritten.sh for what is judged. A line a problem; a line a capture that the rewriter refuses,
# or of which libpcap does not read every frame (pcapng with several link types), so that there is no
# judge. The last line counts; the status is 0 if there is no problem, 1
# if there is, 2 if nothing could be judged.
set -u

if [ $# -eq 0 ] || [ ! -d "$1" ]; then
    echo 'usage: compare-rewritten.sh FOLDER [OPTION...]' >&2
    exit 2
fi
folder=$1
shift
ESI_BUILD=${ESI_BUILD:-build/dev}
export LC_ALL=C
for tool in tshark capinfos editcap "$ESI_BUILD/tests/compare_pcap"; do
    command -v "$tool" >/dev/null || {
        echo "compare-rewritten.sh: no $tool" >&2
        exit 2
    }
done
. tests/tools/rewritten.sh
trap 'rm -rf "$rewritten_work"' EXIT
trap 'exit 1' HUP INT TERM

captures=0
refused=0
problems=0
find "$folder" -type f \( -name '*.pcap' -o -name '*.pcapng' -o -name '*.cap' -o -name '*.dmp' \
    -o -name '*.trace' \) | sort >"$rewritten_work/captures"
: >"$rewritten_work/sums"
: >"$rewritten_work/sessions"
while read -r capture; do
    "$rewriter" "$@" "$capture" -w "$rewritten_work/probe" </dev/null 2>"$rewritten_work/why"
    status=$?
    read_frames=$(sed -n 's/.* \([0-9]*\) frames* read .*/\1/p' "$rewritten_work/why")
    libpcap_frames=$("$compare" "$capture" "$capture" 2>/dev/null | sed 's/ .*//')
    if [ ! -e "$rewritten_work/probe" ] || [ "${libpcap_frames:-none}" != "$read_frames" ] ||
        ! capinfos "$capture" >/dev/null 2>&1; then
        refused=$((refused + 1))
        echo "$capture: left aside, status $status: $(head -n 1 "$rewritten_work/why")"
        rm -f "$rewritten_work/probe"
        continue
    fi
    rm -f "$rewritten_work/probe"
    captures=$((captures + 1))
    judge_rewritten "$capture" "$@" </dev/null >"$rewritten_work/problems"
    if [ -s "$rewritten_work/problems" ]; then
        problems=$((problems + 1))
        sed "s|^|$capture: |" "$rewritten_work/problems"
    fi
    cat "$rewritten_work/figures" >>"$rewritten_work/sums"
    cat "$rewritten_work/aside" >>"$rewritten_work/sessions"
    [ ! -e "$rewritten_work/json" ] || grep '"event_type":"session"' "$rewritten_work/json" |
        sed 's/.*/session/' >>"$rewritten_work/sessions"
done <"$rewritten_work/captures"

awk -v captures="$captures" -v refused="$refused" -v problems="$problems" '
    FILENAME == ARGV[1] { made += $1; written += $2; missing += $3; changed += $4; next }
    { n[$1]++ }
    END {
        printf "%d captures (%d left aside), %d sessions: %d frames written, %d missing, %d changed, %d made; %d streams followed alike, %d aside; %d captures with problems\n",
            captures, refused, n["session"], written, missing, changed, made, n["same"],
            n["otherwise"] + n["marked"], problems
    }' "$rewritten_work/sums" "$rewritten_work/sessions"
[ "$captures" -gt 0 ] || exit 2
[ "$problems" -eq 0 ]
