#!/bin/sh
# check-man.sh - the manual pages: what they say of options and formats is what the programs have,
# their examples do what they say, and formatters have nothing to complain of.
#
# The examples run in a folder that holds what they name: a capture, a configuration, and the suite
# that the page shows.
set -u
. tests/tools/tap.sh

root=$PWD
build=$(cd "$ESI_BUILD" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/here"
cp samples/captures/starttls-postfix.pcap "$work/here/broken.pcap"
cp samples/captures/plain-delivery.pcap "$work/here/mail.pcap.0"
gzip -c samples/captures/helo-only.pcap >"$work/here/mail.pcap.1.gz"
cp samples/policies/default-map.cfg "$work/here/asa.cfg"

# section PAGE NAME - its lines.
section() { awk -v name="$2" '/^\.Sh / { inside = $0 == ".Sh " name } inside' "$1"; }

# help_options PROGRAM - "-c --config=" a line, as --help has them.
help_options() {
    "$1" --help | sed -n 's/^  \(-[a-zA-Z], \|    \)\(--[a-z-]*=\{0,1\}\).*/\1\2/p' | tr -d ' ,' |
        sed 's/^\(-[a-zA-Z]\)--/\1 --/' | sort
}

# page_options PAGE - the same, as its OPTIONS has them.
page_options() {
    section "$1" OPTIONS |
        awk '/^\.It Fl/ {
            letter = $3 != "Fl" ? "-" $3 " " : ""
            match($0, /Fl Fl [a-z-]+/)
            long = substr($0, RSTART + 6, RLENGTH - 6)
            print letter "--" long (substr($0, RSTART + RLENGTH) ~ /^ Ns = Ns/ ? "=" : "")
        }' | sort
}

same() {
    printf '%s\n' "$1" >"$work/one"
    printf '%s\n' "$2" >"$work/other"
    diff "$work/one" "$work/other"
}

# formatted PAGE COMMAND... - what it prints is a complaint.
formatted() {
    name="$(basename "$1"): $2"
    shift
    if ! command -v "$1" >/dev/null; then
        ok "$name # SKIP not run: no $1"
        return
    fi
    complaints=$("$@" 2>&1 >/dev/null | grep -v 'outdated mandoc.db')
    if [ -z "$complaints" ]; then ok "$name"; else not_ok "$name" "$complaints"; fi
}

# linted PAGE - mandoc's complaints, without those about the machine's other pages.
linted() { mandoc -T lint -W warning "$1" >&2; }

# examples PAGE - as a shell reads them.
examples() {
    section "$1" EXAMPLES | sed -n "s/^\.Dl //p" | sed "s/\\\\(aq/'/g;s/\\\\(dq/\"/g"
}

try_examples() {
    examples "$1" >"$work/examples"
    while read -r line; do
        check "example: $line" env PATH="$work/bin:$PATH" \
            bash -o pipefail -c "cd '$work/here' && $line" </dev/null
    done <"$work/examples"
    [ -s "$work/examples" ] || not_ok "$1 has examples"
}

for folder in analyzer rewriter; do
    name=esmtp-$folder
    page=$root/$folder/$name.1
    program=$build/$folder/$name
    ln -s "$program" "$work/bin/$name"
    check "$name: the page has the options that --help has" \
        same "$(help_options "$program")" "$(page_options "$page")"
    for wanted in NAME SYNOPSIS DESCRIPTION OPTIONS 'OUTPUT FORMATS' CONFIGURATION 'EXIT STATUS' \
        'FIDELITY AND ITS LIMITS' EXAMPLES FILES 'SEE ALSO'; do
        check "$name: section $wanted" grep -qx "\.Sh $wanted" "$page"
    done
    formatted "$page" man --warnings -E UTF-8 -l -Tutf8 -Z "$page"
    formatted "$page" groff -mdoc -Tutf8 -ww "$page"
    if command -v mandoc >/dev/null; then
        formatted "$page" linted "$page"
    else
        ok "$name: mandoc # SKIP not run: no mandoc"
    fi
done

page=$root/analyzer/esmtp-analyzer.1
check "the page has the formats that --list-formats has" same \
    "$("$build/analyzer/esmtp-analyzer" --list-formats | awk '/^[a-z]/ { print $1 }' | sort)" \
    "$(section "$page" 'OUTPUT FORMATS' | awk '/^\.It Cm/ {
        for (i = 3; i <= NF; i++) if ($i != "Cm" && $i != ",") print $i }' | sort)"
section "$page" 'REGRESSION SUITES' |
    sed -n '/^\.Bd/,/^\.Ed/{/^\./d;p;}' >"$work/here/suite.yaml"
try_examples "$page"
try_examples "$root/rewriter/esmtp-rewriter.1"
tap_done
