#!/bin/sh
# check-browser.sh - pages in headless Chromium: they do what they say, and nothing else.
#
# playwright-core, which drives the browser, is fetched by npm into a folder that is removed again.
# Status 77, and why: it cannot be run here.
set -u
. tests/tools/html_pages.sh

playwright="playwright-core@1.65.1"
browser=$(command -v chromium || command -v chromium-browser) || {
    echo "no chromium"
    exit 77
}
command -v npm >/dev/null || {
    echo "no npm"
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --prefix "$work" --no-audit --no-fund --no-save --ignore-scripts "$playwright" \
    >"$work/npm.log" 2>&1 || {
    echo "npm cannot fetch $playwright"
    exit 77
}
html_pages || {
    echo "pages cannot be made"
    exit 1
}
cp tests/tools/browser/*.mjs "$work"
ESI_BROWSER=$browser node "$work/check.mjs" "$work"
