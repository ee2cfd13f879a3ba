/* say.c - what esmtp-rewriter says on standard error. */
#include <inttypes.h>

#include "program_internal.h"

static const char *
plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

void
say_capture(const struct esi_capture_info *capture)
{
    esi_cli_say(&program, "%s: %" PRIu64 " frames (%s), %" PRIu64 " of them TCP, %" PRIu64 " SMTP",
                capture->file, capture->frames,
                capture->linktype_count > 0 ? capture->linktypes[0] : "no link type",
                capture->tcp_frames, capture->smtp_frames);
    for (size_t s = 0; s < capture->skipped_count; s++)
        esi_cli_say(&program, "%s: %" PRIu64 " frames passed on unread: %s", capture->file,
                    capture->skipped[s].frames, capture->skipped[s].words);
}

void
say_found(const struct options *options, const struct esi_summary_info *summary)
{
    if (summary->sessions == 0 && summary->frames > 0 && !options->common.quiet)
        esi_cli_say_none_found(&program, &options->common);
    if (summary->evicted > 0)
        esi_cli_say(&program,
                    "%" PRIu64 " session%s given up for want of room (--max-memory): from there on "
                    "their frames are as captured",
                    summary->evicted, summary->evicted == 1 ? " was" : "s were");
    if (options->common.verbose)
        esi_cli_say(&program, "%" PRIu64 " SMTP session%s, %" PRIu64 " inspected as by %s",
                    summary->sessions, plural(summary->sessions), summary->inspected,
                    summary->platform->name);
}

void
say_torn(uint64_t sessions)
{
    esi_cli_say(&program,
                "%" PRIu64 " session%s not whole in the capture; esmtp-analyzer says what is "
                "missing",
                sessions, sessions == 1 ? " is" : "s are");
}

void
say_brief(uint64_t verdicts)
{
    esi_cli_say(&program, "%" PRIu64 " comment%s without before and after, for want of room",
                verdicts, verdicts == 1 ? " is" : "s are");
}

/* say_input_trouble - a pcapng file may have no interface, and so no link type, which a classic
 * pcap must have. */
bool
say_input_trouble(const struct options *options, const struct esi_capture *capture)
{
    bool any_capture = false, any_trouble = false;
    size_t count = esi_capture_file_count(capture);

    for (size_t f = 0; f < count; f++) {
        const struct esi_capture_file *file = esi_capture_file(capture, f);
        any_capture |=
            file->linktype >= 0 || (file->complete && options->format == ESI_REWRITE_PCAPNG);
        any_trouble |= !file->complete;
        if (!file->complete)
            esi_cli_say(&program, "%s: %s", file->name, file->why_not);
    }
    for (size_t f = 0; f < count && !any_trouble; f++)
        esi_cli_say(&program, "%s: no frame could be read", esi_capture_file(capture, f)->name);
    return any_capture;
}

/* say_checksums - which frames keep wrong ones though all were to be set right. */
static void
say_checksums(const struct esi_rewrite_stats *stats)
{
    esi_cli_say(&program, "%" PRIu64 " checksum%s set right in frames that did not change",
                stats->checksums_set, plural(stats->checksums_set));
    if (stats->checksums_left > 0)
        esi_cli_say(&program, "%" PRIu64 " frame%s not captured whole: the checksum%s as before",
                    stats->checksums_left, stats->checksums_left == 1 ? " was" : "s were",
                    stats->checksums_left == 1 ? " is" : "s are");
}

static void
say_marks(const struct options *options, const struct esi_rewrite_stats *stats)
{
    if (stats->frames_marked > 0)
        esi_cli_say(&program,
                    "%" PRIu64 " frame%s kept that the firewall drops, or that could not have come "
                    "about",
                    stats->frames_marked, plural(stats->frames_marked));
    if (stats->comments_lost > 0 &&
        (options->format != ESI_REWRITE_PCAP || options_lose_comments(options)))
        esi_cli_say(&program, "%" PRIu64 " comment%s lost: %s", stats->comments_lost,
                    stats->comments_lost == 1 ? " is" : "s are",
                    options->format == ESI_REWRITE_PCAP
                        ? "a classic pcap file holds none; a pcapng file does (--format pcapng)"
                        : "there are frames whose blocks hold none (Simple Packet Blocks)");
    if (stats->resets_missing > 0)
        esi_cli_say(&program,
                    "%" PRIu64 " connection%s reset without the two RST frames, which cannot be "
                    "made of what %s travels in",
                    stats->resets_missing, stats->resets_missing == 1 ? " is" : "s are",
                    stats->resets_missing == 1 ? "it" : "each");
}

void
say_summary(const struct options *options, const struct esi_rewrite_stats *stats)
{
    esi_cli_say(&program,
                "%s: %" PRIu64 " frame%s read + %" PRIu64 " made = %" PRIu64 " written + %" PRIu64
                " dropped by verdict + %" PRIu64 " left out by option",
                esi_output_name(options->out), stats->frames_read, plural(stats->frames_read),
                stats->frames_made, stats->frames_written, stats->frames_dropped,
                stats->frames_left_out);
    esi_cli_say(&program,
                "%" PRIu64 " frame%s changed (%" PRIu64 " byte%s), %" PRIu64
                " checksum%s adjusted by difference",
                stats->frames_changed, plural(stats->frames_changed), stats->bytes_changed,
                plural(stats->bytes_changed), stats->checksums_adjusted,
                plural(stats->checksums_adjusted));
    if (options->checksums == ESI_CHECKSUMS_ALL)
        say_checksums(stats);
    say_marks(options, stats);
}

void
say_plan(const struct options *options, const struct esi_planfile *file)
{
    esi_cli_say(&program, "%s: the plan of %zu session%s", esi_output_name(options->write_plan),
                file->session_count, plural(file->session_count));
}
