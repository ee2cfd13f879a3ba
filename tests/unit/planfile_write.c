/* planfile_write.c - a plan that is read is written as it was; what its sessions answer. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "esi/planfile.h"

#include "unit/planfile_text.h"

static void
put_plan(struct esi_buf *out)
{
    for (size_t l = 0; l < ESI_COUNT(plan_lines); l++) {
        esi_buf_text(out, plan_lines[l]);
        esi_buf_byte(out, '\n');
    }
}

/* read_plan - without a seal. */
static void
read_plan(const struct esi_buf *text, struct esi_planfile *file)
{
    struct esi_error err = {""};
    FILE *in = fmemopen(text->data, text->len, "rb");

    cr_assert(esi_planfile_read(file, in, "plan", &err), "%s", err.text);
    fclose(in);
}

static char *
written(const struct esi_planfile *file)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    cr_assert(esi_planfile_write(file, out));
    fclose(out);
    return text;
}

static void
check_written_again(struct esi_buf *text, const char *want)
{
    struct esi_planfile file;
    char *again;

    read_plan(text, &file);
    esi_plan_seal(file.plan);
    again = written(&file);
    cr_assert_str_eq(again, want);
    free(again);
    esi_planfile_free(&file);
}

Test(planfile, written_as_it_was)
{
    struct esi_buf text = {0};

    put_plan(&text);
    esi_buf_byte(&text, '\0');
    char *want = strdup((const char *)text.data);
    text.len--;
    check_written_again(&text, want);
    free(want);
    esi_buf_free(&text);
}

/* spaced - with blanks where JSON may have them, CR before LF, and one member out of its order. */
static void
spaced(struct esi_buf *out)
{
    static const char moved[] = "\"items\": 8, \"event_type\" :\"end\"";

    for (size_t l = 0; l + 1 < ESI_COUNT(plan_lines); l++) {
        bool inside = false;

        for (const char *at = plan_lines[l]; *at != '\0'; at++) {
            inside ^= *at == '"';
            esi_buf_byte(out, (uint8_t)*at);
            if (*at == '\\')
                esi_buf_byte(out, (uint8_t) * ++at);
            if (!inside && (*at == ',' || *at == ':'))
                esi_buf_byte(out, ' ');
        }
        esi_buf_text(out, "\r\n");
    }
    esi_buf_text(out, "{");
    esi_buf_text(out, moved);
    esi_buf_text(out, "}");
}

Test(planfile, read_however_it_is_spaced)
{
    struct esi_buf text = {0}, want = {0};

    spaced(&text);
    put_plan(&want);
    esi_buf_byte(&want, '\0');
    check_written_again(&text, (const char *)want.data);
    esi_buf_free(&text);
    esi_buf_free(&want);
}

Test(planfile, what_was_wanted)
{
    struct esi_buf text = {0};
    struct esi_planfile file;

    put_plan(&text);
    read_plan(&text, &file);
    cr_assert_eq(file.session_count, 2u);
    for (size_t s = 0; s < file.session_count; s++) {
        struct esi_tuple tuple = file.sessions[s].tuple, turned = {tuple.server, tuple.client};
        esi_nanos start = file.sessions[s].start;

        cr_assert(esi_planfile_wants(&file, &tuple, start));
        cr_assert(!esi_planfile_wants(&file, &turned, start));
        cr_assert(!esi_planfile_wants(&file, &tuple, start + 1));
        cr_assert(!esi_planfile_wants(&file, &tuple, start - 1));
        tuple.client.port++;
        cr_assert(!esi_planfile_wants(&file, &tuple, start));
    }
    esi_planfile_free(&file);
    esi_buf_free(&text);
}

Test(planfile, many_sessions)
{
    enum { MANY = 1000 };
    struct esi_planfile file = {0};
    uint32_t seed = 1;

    for (uint32_t s = 0; s < MANY; s++) {
        struct esi_planfile_session session = {.number = s + 1, .flow = MANY - s};

        seed = seed * 1664525u + 1013904223u;
        session.start = seed >> 26; /* many begin at the same time */
        session.tuple.client =
            (struct esi_endpoint){{.family = 4, .bytes = {10, (uint8_t)seed}}, (uint16_t)(s + 1)};
        esi_planfile_add_session(&file, &session);
    }
    esi_planfile_settle(&file);
    for (size_t s = 0; s < MANY; s++) {
        cr_assert_eq(file.sessions[s].flow, s + 1);
        cr_assert(esi_planfile_wants(&file, &file.sessions[s].tuple, file.sessions[s].start));
        cr_assert(!esi_planfile_wants(&file, &file.sessions[s].tuple, 64));
    }
    esi_planfile_free(&file);
}

Test(planfile, a_full_disk)
{
    struct esi_buf text = {0};
    struct esi_planfile file;
    FILE *out = fopen("/dev/full", "wb");

    put_plan(&text);
    read_plan(&text, &file);
    esi_plan_seal(file.plan);
    if (out) {
        cr_assert(!esi_planfile_write(&file, out));
        fclose(out);
    }
    esi_planfile_free(&file);
    esi_buf_free(&text);
}
