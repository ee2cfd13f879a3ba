/*
 * write.c - a plan as JSON Lines. What the members mean, and which may stand where:
 * read.c.
 */
#include "esi/json.h"
#include "esi/planfile.h"

#include "planfile_internal.h"

enum { WRITE_AT = 65536 }; /* bytes, about, that are written at once */

struct writing {
    struct esi_json json;
    FILE *out;
    bool failed;
    esi_flow_id flow;
    uint64_t items;
};

static void
begin(struct writing *writing, const char *event_type)
{
    esi_json_open(&writing->json, ESI_JSON_ELEMENT, '{');
    esi_json_word(&writing->json, ESI_JSON_KEY("event_type"), event_type);
}

static void
flush(struct writing *writing)
{
    struct esi_buf *text = &writing->json.out;

    writing->failed = writing->failed || (text->len > 0 && fwrite(text->data, 1, text->len,
                                                                  writing->out) != text->len);
    esi_buf_clear(text);
}

static void
end(struct writing *writing)
{
    esi_json_close(&writing->json, '}');
    esi_buf_byte(&writing->json.out, '\n');
    writing->json.comma = false;
    if (writing->json.out.len >= WRITE_AT)
        flush(writing);
}

static void
put_capture(struct esi_json *json, const struct esi_planfile_capture *capture)
{
    esi_json_open(json, ESI_JSON_ELEMENT, '{');
    esi_json_text(json, ESI_JSON_KEY("pcap_filename"), capture->name);
    esi_json_text(json, ESI_JSON_KEY("sha256"), capture->sha256[0] ? capture->sha256 : NULL);
    esi_json_number(json, ESI_JSON_KEY("frames"), capture->frames);
    esi_json_bool(json, ESI_JSON_KEY("complete"), !capture->why_not);
    esi_json_text(json, ESI_JSON_KEY("why_not"), capture->why_not);
    esi_json_close(json, '}');
}

static void
put_header(struct writing *writing, const struct esi_planfile *file)
{
    struct esi_json *json = &writing->json;
    struct esi_buf ports = {0};

    esi_json_open(json, ESI_JSON_ELEMENT, '{');
    esi_json_number(json, ESI_JSON_KEY("schema"), PLANFILE_SCHEMA);
    esi_json_word(json, ESI_JSON_KEY("event_type"), "plan");
    esi_json_text(json, ESI_JSON_KEY("version"), file->version);
    esi_json_open(json, ESI_JSON_KEY("captures"), '[');
    for (size_t c = 0; c < file->capture_count; c++)
        put_capture(json, &file->captures[c]);
    esi_json_close(json, ']');
    esi_json_text(json, ESI_JSON_KEY("filter"), file->filter);
    esi_ports_print(&ports, &file->ports);
    esi_json_own(json, ESI_JSON_KEY("ports"), esi_buf_slice(&ports));
    esi_buf_free(&ports);
    esi_json_number(json, ESI_JSON_KEY("flow_memory"), file->flow_memory);
    esi_json_bool(json, ESI_JSON_KEY("in_fragments"), file->in_fragments);
    esi_json_bool(json, ESI_JSON_KEY("any_fragments"), file->any_fragments);
    end(writing);
}

static void
put_session(struct writing *writing, const struct esi_planfile_session *session)
{
    struct esi_json *json = &writing->json;
    char ip[ESI_IP_TEXT], time[ESI_TIME_TEXT];

    begin(writing, "session");
    esi_json_number(json, ESI_JSON_KEY("flow_id"), session->flow);
    esi_json_number(json, ESI_JSON_KEY("number"), session->number);
    esi_json_word(json, ESI_JSON_KEY("start"), esi_time_print(time, session->start));
    esi_json_word(json, ESI_JSON_KEY("client_ip"), esi_ip_print(ip, &session->tuple.client.ip));
    esi_json_number(json, ESI_JSON_KEY("client_port"), session->tuple.client.port);
    esi_json_word(json, ESI_JSON_KEY("server_ip"), esi_ip_print(ip, &session->tuple.server.ip));
    esi_json_number(json, ESI_JSON_KEY("server_port"), session->tuple.server.port);
    end(writing);
}

static void
put_dir(struct esi_json *json, enum esi_dir dir)
{
    esi_json_word(json, ESI_JSON_KEY("direction"), planfile_dirs[dir]);
}

static void
put_span(struct esi_json *json, const struct esi_plan_item *item)
{
    put_dir(json, item->dir);
    esi_json_number(json, ESI_JSON_KEY("offset"), item->span.offset);
    esi_json_number(json, ESI_JSON_KEY("length"), item->span.len);
}

static void
put_bytes(struct esi_json *json, struct esi_slice key, const void *bytes, size_t len)
{
    esi_json_wire(json, key, (struct esi_slice){bytes, len});
}

static void
put_rule(struct esi_json *json, const struct esi_edit *edit)
{
    put_bytes(json, ESI_JSON_KEY("fill"), &edit->fill, 1);
    esi_json_bool(json, ESI_JSON_KEY("keep_eol"), edit->keep_eol);
    esi_json_bool(json, ESI_JSON_KEY("keep_20"), edit->keep_20);
    put_bytes(json, ESI_JSON_KEY("head"), edit->head, edit->head_len);
    put_bytes(json, ESI_JSON_KEY("tail"), edit->tail, edit->tail_len);
}

static void
put_cut(struct esi_json *json, const struct esi_cut *cut)
{
    esi_json_number(json, ESI_JSON_KEY("frame"), cut->frame);
    put_dir(json, cut->dir);
    esi_json_number(json, ESI_JSON_KEY("offset"), cut->offset);
    esi_json_bool(json, ESI_JSON_KEY("reset"), cut->reset);
    if (cut->told[0] == 0) {
        esi_json_null(json, ESI_JSON_KEY("told"));
        return;
    }
    esi_json_open(json, ESI_JSON_KEY("told"), '[');
    esi_json_number(json, ESI_JSON_ELEMENT, cut->told[0]);
    esi_json_number(json, ESI_JSON_ELEMENT, cut->told[1]);
    esi_json_close(json, ']');
}

static void
put_item(void *ctx, const struct esi_plan_item *item)
{
    struct writing *writing = ctx;
    struct esi_json *json = &writing->json;

    begin(writing, planfile_kinds[item->kind]);
    esi_json_number(json, ESI_JSON_KEY("flow_id"), writing->flow);
    switch (item->kind) {
    case ESI_PLAN_CUT:
        put_cut(json, &item->cut);
        break;
    case ESI_PLAN_CUT_NOTE:
        esi_json_text(json, ESI_JSON_KEY("text"), item->text);
        break;
    case ESI_PLAN_EDIT:
        put_span(json, item);
        put_rule(json, &item->edit);
        break;
    case ESI_PLAN_DISCARD:
        put_span(json, item);
        break;
    case ESI_PLAN_NOTE:
        put_span(json, item);
        esi_json_text(json, ESI_JSON_KEY("text"), item->text);
        break;
    case ESI_PLAN_DIVERGENCE:
        esi_json_number(json, ESI_JSON_KEY("frame"), item->frame);
        esi_json_text(json, ESI_JSON_KEY("why"), item->text);
        break;
    }
    end(writing);
    writing->items++;
}

bool
esi_planfile_write(const struct esi_planfile *file, FILE *out)
{
    struct writing writing = {.out = out};

    put_header(&writing, file);
    for (size_t s = 0; s < file->session_count && !writing.failed; s++) {
        writing.flow = file->sessions[s].flow;
        put_session(&writing, &file->sessions[s]);
        esi_plan_each(file->plan, writing.flow, put_item, &writing);
    }
    begin(&writing, "end");
    esi_json_number(&writing.json, ESI_JSON_KEY("items"), writing.items);
    end(&writing);
    flush(&writing);
    esi_buf_free(&writing.json.out);
    return !writing.failed && fflush(out) == 0;
}
