#!/bin/sh
# check-html.sh - pages as text, without a browser: elements and attributes are those that the
# program writes, links have their targets, nothing comes from outside, sizes are bounded.
set -u
. tests/tools/tap.sh
. tests/tools/html_pages.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The only elements, and attributes; what a sender wrote can be neither.
elements=' html head meta title style body svg defs marker g path rect use text tspan a header h1 h2 h3 h4 p
nav button main section ul li b small figure figcaption div table thead tbody tr th td span code form
label select option input details summary dl dt dd br mark ol pre aside footer script '
attributes=' lang charset http-equiv content name class width height aria-hidden focusable id d x y rx
viewBox href hidden type aria-label aria-labelledby data-outcome data-evidence data-rule role scope colspan tabindex
markerWidth markerHeight orient markerUnits data-sort data-o data-e data-r value autocomplete spellcheck open '

# inside FILE ELEMENT - what stands between its tags, byte by byte.
inside() {
    awk -v first="<$2>" -v last="</$2>" '
        BEGIN { RS = "\001" }
        { from = index($0, first) + length(first); printf "%s", substr($0, from, index($0, last) - from) }
    ' "$1"
}

# bare FILE - the page without style and script: what is left is well-formed XML.
bare() {
    LC_ALL=C awk 'BEGIN { RS = "\001" } {
        for (i = 1; i <= 2; i++) {
            name = i == 1 ? "style" : "script"
            from = index($0, "<" name ">") + length(name) + 2
            $0 = substr($0, 1, from - 1) substr($0, from + index(substr($0, from), "</" name ">") - 1)
        }
        printf "%s", $0
    }' "$1"
}

# known FILE - every tag in it is ours. One attribute a line, then.
known() {
    LC_ALL=C grep -ao '<[^>]*>' "$1" | LC_ALL=C awk -v elements="$elements" -v attributes="$attributes" '
        BEGIN { gsub(/\n/, " ", elements); gsub(/\n/, " ", attributes) }
        /^<!DOCTYPE html>$/ || /^<\// { next }
        {
            match($0, /^<[A-Za-z0-9]+/)
            name = substr($0, 2, RLENGTH - 1)
            if (!index(elements, " " name " ")) { print "element: " $0; bad = 1 }
            rest = substr($0, RLENGTH + 1)
            while (match(rest, /^ [A-Za-z-]+="[^"]*"/)) {
                pair = substr(rest, 2, RLENGTH - 1)
                rest = substr(rest, RLENGTH + 1)
                split(pair, part, "=")
                if (!index(attributes, " " part[1] " ")) { print "attribute: " $0; bad = 1 }
                if (part[1] == "href" && pair !~ /^href="#/) { print "leads out: " $0; bad = 1 }
            }
            if (rest != ">" && rest != "/>") { print "left over: " $0; bad = 1 }
        }
        END { exit bad }'
}

# landing FILE - ids are there once, and what is linked is there.
landing() {
    LC_ALL=C grep -ao ' \(id\|href\)="[^"]*"' "$1" | LC_ALL=C awk -F '"' '
        /^ id/ { if ($2 in ids) { print "twice: " $2; bad = 1 } ids[$2] }
        /^ href/ { links[substr($2, 2)] }
        END {
            for (link in links) if (!(link in ids)) { print "nowhere: " link; bad = 1 }
            exit bad
        }'
}

# digest FILE ELEMENT - the page allows the element as it stands.
digest() {
    want=$(inside "$1" "$2" | openssl dgst -sha256 -binary | base64)
    grep -aqF "$2-src 'sha256-$want'" "$1"
}

plain() { ! LC_ALL=C grep -an "$(printf '[\001-\010\013-\037\177]')" "$1"; }
smaller() { [ "$(wc -c <"$1")" -lt "$2" ]; }
says() { grep -aqF "$2" "$1"; }
lacks() { ! says "$@"; }
# before THIS THAT FILE - the one stands before the other.
before() { [ "$(grep -abom1 "$1" "$3" | head -n 1 | cut -d : -f 1)" -lt "$(grep -abom1 "$2" "$3" | head -n 1 | cut -d : -f 1)" ]; }
# seen FILE - of what a ground shows, the markup is text.
seen() { grep -ao '<div class="ev">.*' "$1" | grep -ao '<br/><code class="b">[^/]*' | grep -aq '&lt;'; }

if ! html_pages; then
    not_ok "pages can be made"
    tap_done
    exit
fi
for page in one none office hostile many touched alone spoiled crowd; do
    bare "$work/$page.html" >"$work/bare"
    check "$page: elements and attributes" known "$work/bare"
    check "$page: links" landing "$work/bare"
    check "$page: no control bytes" plain "$work/$page.html"
    if command -v xmllint >/dev/null; then
        check "$page: well-formed" xmllint --noout "$work/bare"
    else
        ok "$page: well-formed # SKIP no xmllint"
    fi
    for element in style script; do
        if command -v openssl >/dev/null; then
            check "$page: the $element's digest" digest "$work/$page.html" "$element"
        else
            ok "$page: the $element's digest # SKIP no openssl"
        fi
    done
done
check "one: a finding has a permanent link" says "$work/one.html" '<li id="s1-f4">'
check "office: a biting line is marked, and leads to its rule" \
    grep -aEq '<li id="c0-253" class="bites">.*<a href="#r[0-9]+">mask' "$work/office.html"
check "hostile: a greeting is text" says "$work/hostile.html" '&lt;script&gt;alert(1)&lt;/script&gt;'
check "hostile: so is a map's name" says "$work/hostile.html" '&lt;script&gt;alert(21)&lt;/script&gt;'
check "hostile: and a file's" says "$work/hostile.html" '&quot;&gt;&lt;img src=x onerror=alert(20)&gt;'
check "hostile: nothing turns the direction of writing" says "$work/hostile.html" '\xe2\x80\xae'
check "many: 1,000 are shown, the rest is counted" \
    grep -aEq '>(1,000|[0-9]{3}) sessions are shown; [0-9]+ more' "$work/many.html"
check "many: below 5 MB" smaller "$work/many.html" 5000000
check "touched: told before the simulation" \
    grep -aq 'in the path: 2 of 5 sessions touched; of 1 it cannot be told' "$work/touched.html"
check "touched: and on top of it" before 'id="capture"' 'id="overview"' "$work/touched.html"
check "touched: its grounds lead into the picture" \
    grep -aEq '<a href="#s2-w[0-9]+">frame 4</a>' "$work/touched.html"
check "touched: at times only" says "$work/touched.html" ', at times only: first '
check "touched: the lines that mend it" says "$work/touched.html" 'no inspect esmtp'
check "touched: that bytes were altered already" says "$work/touched.html" \
    'What follows is what the firewall does to bytes that were altered already.'
for part in 'id="overview"' 'id="rules"' 'id="config"' '<svg viewBox'; do
    check "alone: nothing of the simulation: $part" lacks "$work/alone.html" "$part"
done
check "alone: what was not touched is told, too" says "$work/alone.html" \
    '<p class="no">Not touched before it was captured, as far as can be seen.</p>'
check "hostile: nothing of it was touched" says "$work/hostile.html" '<p class="no">No session was touched'
check "spoiled: what was seen is text" seen "$work/spoiled.html"
check "crowd: below 5 MB" smaller "$work/crowd.html" 5000000
"$analyzer" -q -o "html=$work/again.html" "$work/many.pcap"
check "the same again" cmp "$work/many.html" "$work/again.html"
TZ=Asia/Kathmandu LC_ALL=C "$analyzer" -q -o "html=$work/again.html" "$work/many.pcap"
check "the same elsewhere" cmp "$work/many.html" "$work/again.html"
tap_done
