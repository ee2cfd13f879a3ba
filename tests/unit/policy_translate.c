/* policy_translate.c - addresses on both sides of the firewall, and levels of its interfaces. */
#include <string.h>

#include "policy_text.h"

#define SIDES                                                                                      \
    "PIX Version 6.3(5)\nnameif ethernet0 outside security0\nnameif ethernet1 inside "             \
    "security100\n"                                                                                \
    "nameif ethernet2 dmz security50\nip address outside 203.0.113.1 255.255.255.0\n"              \
    "ip address inside 10.0.0.1 255.255.255.0\nip address dmz 10.1.0.1 255.255.255.0\n"

static const struct {
    const char *what, *text, *client, *server;
    /* "REAL REAL MAPPED MAPPED", the client's first; NULL: none is translated */
    const char *pairs;
} rows[] = {
    {"no configuration", NULL, "198.51.100.1", "10.0.0.25", NULL},
    {"no static", SIDES, "198.51.100.1", "10.0.0.25", NULL},
    {"captured behind the firewall", SIDES "static (inside,outside) 203.0.113.25 10.0.0.25\n",
     "198.51.100.1", "10.0.0.25",
     "198.51.100.1/40000 10.0.0.25/25 198.51.100.1/40000 203.0.113.25/25"},
    {"captured before it", SIDES "static (inside,outside) 203.0.113.25 10.0.0.25\n", "198.51.100.1",
     "203.0.113.25", "198.51.100.1/40000 10.0.0.25/25 198.51.100.1/40000 203.0.113.25/25"},
    {"the client's", SIDES "static (inside,outside) 203.0.113.25 10.0.0.25\n", "10.0.0.25",
     "198.51.100.1", "10.0.0.25/40000 198.51.100.1/25 203.0.113.25/40000 198.51.100.1/25"},
    {"a network", SIDES "static (inside,outside) 203.0.113.16 10.0.0.16 netmask 255.255.255.240\n",
     "198.51.100.1", "10.0.0.25",
     "198.51.100.1/40000 10.0.0.25/25 198.51.100.1/40000 203.0.113.25/25"},
    {"a port", SIDES "static (inside,outside) tcp 203.0.113.25 25 10.0.0.25 2525\n", "198.51.100.1",
     "203.0.113.25", "198.51.100.1/40000 10.0.0.25/2525 198.51.100.1/40000 203.0.113.25/25"},
    {"the interface's address", SIDES "static (inside,outside) tcp interface 25 10.0.0.25 25\n",
     "198.51.100.1", "10.0.0.25",
     "198.51.100.1/40000 10.0.0.25/25 198.51.100.1/40000 203.0.113.1/25"},
    {"another port", SIDES "static (inside,outside) tcp 203.0.113.25 80 10.0.0.25 80\n",
     "198.51.100.1", "10.0.0.25", NULL},
    {"to itself", SIDES "static (inside,outside) 10.0.0.25 10.0.0.25\n", "198.51.100.1",
     "10.0.0.25", NULL},
    {"not as this side sees it", SIDES "static (inside,outside) 203.0.113.25 10.0.0.25\n",
     "10.1.0.9", "10.0.0.25", NULL},
    {"a mailhost", "PIX Version 4.1(7)\nmailhost 203.0.113.25 10.0.0.25 10 30\n", "198.51.100.1",
     "10.0.0.25", "198.51.100.1/40000 10.0.0.25/25 198.51.100.1/40000 203.0.113.25/25"},
};

static void
show(struct esi_buf *out, const struct esi_endpoint *end)
{
    char text[ESI_IP_TEXT];

    esi_buf_printf(out, "%s%s/%u", out->len > 0 ? " " : "", esi_ip_print(text, &end->ip),
                   end->port);
}

Test(policy_translate, rows)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_policy *policy = policy_of(rows[r].text, NULL, NULL, NULL, NULL);
        struct esi_tuple flow = {endpoint_of(rows[r].client, 40000),
                                 endpoint_of(rows[r].server, 25)};
        struct esi_endpoint real[2], mapped[2];
        struct esi_choice choice;
        struct esi_buf out = {0};

        esi_policy_choose(policy, &flow, 0, &choice);
        bool any = esi_policy_translate(policy, &flow, choice.interface, real, mapped);
        for (int i = 0; i < 2; i++)
            show(&out, &real[i]);
        for (int i = 0; i < 2; i++)
            show(&out, &mapped[i]);
        esi_buf_byte(&out, '\0');
        cr_expect_eq(any, rows[r].pairs != NULL, "%s: %s", rows[r].what, (const char *)out.data);
        if (any && rows[r].pairs)
            cr_expect_str_eq((const char *)out.data, rows[r].pairs, "%s: got %s", rows[r].what,
                             (const char *)out.data);
        esi_buf_free(&out);
        esi_policy_free(policy);
    }
}

Test(policy_translate, levels)
{
    struct esi_policy *policy =
        policy_of(SIDES "interface ethernet3\n nameif guests\n", NULL, NULL, NULL, NULL);

    cr_expect_eq(esi_policy_security(policy, "outside"), 0);
    cr_expect_eq(esi_policy_security(policy, "inside"), 100);
    cr_expect_eq(esi_policy_security(policy, "dmz"), 50);
    cr_expect_eq(esi_policy_security(policy, "guests"), -1);
    cr_expect_eq(esi_policy_security(policy, "nowhere"), -1);
    cr_expect_eq(esi_policy_security(policy, NULL), -1);
    esi_policy_free(policy);
}
