/*
 * said.c - the words of ours beside what was said, in whatever shows a ladder to people.
 */
#include "ladder_order_internal.h"

void
put_endpoint(struct esi_buf *out, const struct esi_endpoint *endpoint)
{
    char ip[ESI_IP_TEXT];

    esi_ip_print(ip, &endpoint->ip);
    esi_buf_printf(out, endpoint->ip.family == 6 ? "[%s]:%u" : "%s:%u", ip, endpoint->port);
}

void
put_why_words(struct esi_buf *out, const struct esi_session_info *session)
{
    if (session->inspected)
        esi_buf_printf(out, "inspected by map %s of %s: ", session->map->name,
                       session->platform->name);
    else
        esi_buf_text(out, "not inspected: ");
    esi_buf_text(out, session->inspected_why ? session->inspected_why : "no reason known");
    if (session->config_file)
        esi_buf_printf(out, " (%s:%u)", session->config_file, session->config_line);
}

void
put_divergence_words(struct esi_buf *out, const struct esi_sink *sink,
                     const struct esi_divergence *divergence)
{
    esi_buf_text(out, "From frame ");
    put_thousands(out, divergence->frame - sink_locate(sink, divergence->frame).before);
    esi_buf_text(out, " on, this could not have come about: ");
    esi_buf_text(out, divergence->why);
    if (divergence->follows[0] != '\0') {
        esi_buf_text(out, out->data[out->len - 1] == '.' ? " " : ". ");
        esi_buf_text(out, divergence->follows);
    }
}

/* put_origin - "match header line length gt 998 (class 4, asa.cfg:31)". */
static void
put_origin(struct esi_buf *out, const struct esi_rule *rule)
{
    put_safe(out, rule->words);
    esi_buf_text(out, " (");
    if (rule->class_no > 0)
        esi_buf_printf(out, "class %u, ", rule->class_no);
    if (rule->config_file) {
        put_safe(out, rule->config_file);
        esi_buf_printf(out, ":%u", rule->config_line);
    } else
        esi_buf_text(out, "built in");
    esi_buf_byte(out, ')');
}

void
put_rule_words(struct esi_buf *out, const struct esi_sink *sink, const struct row *row)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;

    esi_buf_text(out, esi_action_name(verdict->action));
    if (verdict->log && verdict->action != ESI_ACTION_LOG)
        esi_buf_text(out, " log");
    if (esi_action_gravity(verdict->action) >= 3) {
        esi_buf_text(out, " at frame ");
        esi_buf_number(out, row->outcome.frame - sink_locate(sink, row->outcome.frame).before);
    }
    esi_buf_text(out, ": ");
    put_origin(out, &verdict->rule);
    if (verdict->action == ESI_ACTION_ANOMALY && verdict->logged.len > 0) {
        esi_buf_text(out, "; ");
        esi_escape_wire(out, verdict->logged);
    }
    esi_buf_printf(out, "; %s, %s", esi_basis_name(verdict->basis), verdict->behaviour->id);
    if (verdict->counterfactual)
        esi_buf_text(out, "; counterfactual");
}

static void
put_message_words(struct esi_buf *out, const struct row *row)
{
    esi_buf_text(out, "message: ");
    if (row->fields > 0)
        put_counted(out, row->fields, "header field, ", "header fields, ");
    put_counted(out, row->outcome.u.turn.lines, "body line, ", "body lines, ");
    put_counted(out, row->outcome.span.len, "byte", "bytes");
}

void
put_turn_words(struct esi_buf *out, const struct row *row)
{
    const char *told = NULL;

    switch (row->outcome.u.turn.what) {
    case ESI_TURN_HEADER:
    case ESI_TURN_BODY:
        put_message_words(out, row);
        return;
    case ESI_TURN_END_OF_DATA:
        esi_buf_text(out, ". (end of message)");
        return;
    case ESI_TURN_AUTH:
        told = "authentication data, ";
        break;
    case ESI_TURN_TLS:
        told = "TLS, not read: ";
        break;
    case ESI_TURN_GAP:
        told = "missing from the capture: ";
        break;
    default:
        told = "not understood, ";
        break;
    }
    esi_buf_text(out, told);
    put_counted(out, row->outcome.span.len, "byte", "bytes");
}

void
put_syn_words(struct esi_buf *out, const struct esi_limit_note *limit)
{
    const char *of_client = limit->of_client ? " of this client" : "";

    esi_buf_printf(out, "SYN, with %u %sconnection%s%s there; the limit is %u",
                   (unsigned)limit->count, limit->half_open ? "half-open " : "",
                   limit->count == 1 ? "" : "s", of_client, (unsigned)limit->most);
}
