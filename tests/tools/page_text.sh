#!/bin/sh
# page_text.sh - what a page of `-o html` on standard input says, pictures included, a piece of text
# a line: for goldens. How it is marked up, styled and scripted is for check-html.sh and
# check-browser.sh.
set -u
tr '\n' ' ' |
    sed -e 's|<style[^>]*>[^<]*</style>||g; s|<script[^>]*>.*</script>||; s|<|\
<|g' |
    sed -e 's/^<[^>]*>//; s/^ *//; s/ *$//; /^$/d'
