#!/bin/sh
# check-locale.sh - the same input gives the same bytes, whatever the time zone and the locale.
#
# Every output format of both programs, what they say besides, and their lists, under every pair of
# four time zones (quarter hours, half hours with summer time, across the date line) and four
# locales (ASCII, UTF-8, decimal commas, an i without a dot).
set -u
. tests/tools/tap.sh

analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
rewriter=$ESI_BUILD/rewriter/esmtp-rewriter
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$PWD
samples="$here/samples/captures/starttls-postfix.pcap $here/samples/captures/special-characters.pcap \
$here/samples/captures/pcapng-nano.pcapng"
case $ESI_BUILD in
/*) ;;
*)
    analyzer=$here/$analyzer
    rewriter=$here/$rewriter
    ;;
esac

# zone NAME OFFSET RULE - the name if the system knows it, else what POSIX lets say.
zone() {
    if [ "$(TZ=$1 date -d @1790000000 +%z 2>/dev/null)" = "$2" ]; then
        echo "$1"
    else
        echo "$3"
    fi
}
zones="UTC $(zone Asia/Kathmandu +0545 '<+0545>-5:45') \
$(zone America/St_Johns -0230 'NST3:30NDT,M3.2.0,M11.1.0') $(zone Pacific/Apia +1300 '<+13>-13')"

# made NAME - the locale, made here if the system has none; false: it cannot be had.
export LOCPATH="$work/locales"
mkdir -p "$LOCPATH"
made() {
    localedef -i "${1%.*}" -f "${1#*.}" "$LOCPATH/$1" >"$work/said" 2>&1
    [ "$(LC_ALL=$1 locale -k decimal_point 2>/dev/null)" = 'decimal_point=","' ]
}
locales="C C.UTF-8"
for name in de_DE.UTF-8 tr_TR.UTF-8; do
    if command -v localedef >/dev/null && made "$name"; then
        locales="$locales $name"
    else
        ok "locale $name # SKIP not run: it cannot be made here"
    fi
done

# The suites' formats tell of no capture.
formats=$("$analyzer" --list-formats | awk '$1 != "tap" && $1 != "junit" && /^[a-z]/ { print $1 }')

# write FOLDER OPTION... - all that both programs write of the samples.
write() {
    write_to=$1
    shift
    write_outputs=
    for write_format in $formats; do
        write_outputs="$write_outputs -o $write_format=$write_format"
    done
    # Word splitting is wanted. Names are the same everywhere: a proof holds that of its output.
    # shellcheck disable=SC2086
    (
        cd "$write_to" || exit 1
        "$analyzer" -v --events=all "$@" $write_outputs $samples 2>analyzer.err
        "$rewriter" -v "$@" $samples -w out.pcapng --write-plan plan --proof proof 2>rewriter.err
    )
}

# write_words FOLDER - what needs no capture, and what is wrong.
write_words() {
    for words_list in platforms knobs behaviours formats; do
        "$analyzer" "--list-$words_list"
    done >"$1/lists"
    "$analyzer" -c samples/policies/branch-office.cfg --check-config >"$1/check" 2>&1
    "$analyzer" -c samples/policies/strict.cfg --print-config >"$1/print" 2>&1
    "$analyzer" --help >"$1/help" 2>&1
    "$analyzer" samples/captures/none.pcap >"$1/missing" 2>&1
    head -c 1000 samples/captures/plain-delivery.pcap | "$analyzer" - >"$1/cut" 2>&1
}

# all FOLDER - of one time zone and locale.
all() {
    mkdir -p "$1/plain" "$1/by-policy" "$1/words"
    write "$1/plain"
    write "$1/by-policy" -c "$here/samples/policies/branch-office.cfg"
    write_words "$1/words"
}

number=0
for tz in $zones; do
    for locale in $locales; do
        number=$((number + 1))
        (
            export TZ="$tz" LC_ALL="$locale" LANG="$locale" LANGUAGE="${locale%.*}"
            all "$work/$number"
        )
        if [ "$number" -eq 1 ]; then
            # shellcheck disable=SC2086
            for format in $formats; do
                check "$format: there is something to compare" test -s "$work/1/plain/$format"
            done
            check 'a capture, a plan and a proof to compare' test -s "$work/1/plain/out.pcapng" \
                -a -s "$work/1/plain/plan" -a -s "$work/1/plain/proof"
        else
            check "TZ=$tz LC_ALL=$locale: the same bytes" diff -r "$work/1" "$work/$number"
        fi
    done
done
tap_done
