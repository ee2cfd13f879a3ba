# html_pages.sh - to be read by `.`: pages to check, made into the folder $work.
#
#     one.html       a session, built-in rules
#     office.html    all samples by a configuration of many lines
#     hostile.html   markup and worse on the wire, in names of files, and in the configuration
#     none.html      no session
#     many.html      1,200 sessions, of which 1,000 are shown
#     touched.html   sessions that were touched before they were captured, and others
#     alone.html     the same, by --evidence-only
#     spoiled.html   as hostile.html, by a box that left what is hostile in sight
#     crowd.html     1,200 sessions that were all touched

analyzer=$ESI_BUILD/analyzer/esmtp-analyzer
rewriter=$ESI_BUILD/rewriter/esmtp-rewriter

# touched_pages - those of sessions that were touched.
# shellcheck disable=SC2154 # work and nasty are the reader's
touched_pages() {
    "$rewriter" -q samples/captures/attachment-pdf.pcap --format pcap -w "$work/late.pcap" &&
        "$rewriter" -q -P pix-6.3 "$work/$nasty/a.pcap" --format pcap -w "$work/$nasty/b.pcap" &&
        "$rewriter" -q -P pix-6.3 "$work/many.pcap" --format pcap -w "$work/crowd.pcap" &&
        "$analyzer" -q -c "$work/$nasty/a.cfg" -o "html=$work/spoiled.html" "$work/$nasty/b.pcap" &&
        "$analyzer" -q -o "html=$work/crowd.html" "$work/crowd.pcap" &&
        set -- samples/captures/plain-delivery.pcap "$work/late.pcap" \
            samples/touched/pix-6.3-at-server.pcap samples/captures/verbs-exim.pcap \
            samples/captures/late-start.pcap &&
        "$analyzer" -q -o "html=$work/touched.html" "$@" &&
        "$analyzer" -q --evidence-only -o "html=$work/alone.html" "$@"
}

# shellcheck disable=SC2154 # work is the reader's
html_pages() {
    nasty='"><img src=x onerror=alert(20)>'"$(printf '\033[1m\342\200\256')"'&lt;'
    mkdir "$work/$nasty"
    "$ESI_BUILD/tests/case_capture" tests/cases/turns/hostile-markup.case "$work/$nasty/a.pcap" &&
        "$ESI_BUILD/tests/case_capture" tests/cases/turns/hostile-markup.case "$work/many.pcap" 1200 &&
        cat >"$work/$nasty/a.cfg" <<'END' &&
policy-map type inspect esmtp <script>alert(21)</script>
 description "><img src=x onerror=alert(22)> </style> ]]> --> &lt;
 parameters
  mask-banner
 match ehlo-reply-parameter others
  mask
END
        "$analyzer" -q -o "html=$work/one.html" samples/captures/header-1200.pcap &&
        "$analyzer" -q --ports 1 -o "html=$work/none.html" samples/captures/header-1200.pcap &&
        "$analyzer" -q -c samples/policies/branch-office.cfg -o "html=$work/office.html" \
            samples/captures/*.pcap samples/captures/*.pcapng 2>/dev/null &&
        "$analyzer" -q -c "$work/$nasty/a.cfg" -o "html=$work/hostile.html" "$work/$nasty/a.pcap" &&
        "$analyzer" -q -o "html=$work/many.html" "$work/many.pcap" &&
        touched_pages
}
