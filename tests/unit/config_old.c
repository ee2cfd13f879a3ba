/* config_old.c - version lines, mailhost, fixup and ip inspect, line by line. */
#include "config_lists.h"

static void
show_old(const struct esi_config *config, struct esi_buf *out)
{
    char global[ESI_IP_TEXT], local[ESI_IP_TEXT];

    if (config->product)
        esi_buf_printf(out, "%s %s; ", config->product, config->release);
    if (config->fixup_said)
        esi_buf_text(out, "fixup");
    for (size_t i = 0; i < config->fixups_count; i++)
        esi_buf_printf(out, " %u-%u", config->fixups[i].low, config->fixups[i].high);
    for (size_t i = 0; i < config->mailhosts_count; i++)
        esi_buf_printf(out, "mailhost %s %s; ", esi_ip_print(global, &config->mailhosts[i].global),
                       esi_ip_print(local, &config->mailhosts[i].local));
    for (size_t i = 0; i < config->ip_inspects_count; i++)
        esi_buf_printf(out, "%s %s; ", config->ip_inspects[i].name,
                       config->ip_inspects[i].esmtp ? "esmtp" : "smtp");
}

static const struct config_row rows[] = {
    {"ASA", "ASA Version 9.1(2)", OK, "ASA 9.1(2); ", NULL},
    {"PIX", "PIX Version 6.3(5)122", OK, "PIX 6.3(5)122; ", NULL},
    {"FWSM in a context", "FWSM Version 3.1(1) <context>", OK, "FWSM 3.1(1); ", NULL},
    {"ASA in a context", "ASA Version 9.8(4)15 <system>", OK, "ASA 9.8(4)15; ", NULL},
    {"IOS", "version 12.4", OK, "IOS 12.4; ", NULL},
    {"the later one counts", "PIX Version 6.3(5)\nASA Version 8.0(2)", OK, "ASA 8.0(2); ", NULL},
    {"in a comment", ": ASA Version 9.1(2)", OK, "ASA 9.1(2); ", NULL},
    {"a comment behind a line", "ASA Version 9.1(2)\n: PIX Version 6.3(5)", ESI_LINE_EMPTY,
     "ASA 9.1(2); ", NULL},
    {"another comment", ": Saved", ESI_LINE_EMPTY, "", NULL},
    {"a comment cut off", ": ASA Version", ESI_LINE_EMPTY, "", NULL},
    {"fixup", "fixup protocol smtp 25", OK, "fixup 25-25", NULL},
    {"fixup of two ports", "fixup protocol smtp 25\nfixup protocol smtp 2525", OK,
     "fixup 25-25 2525-2525", NULL},
    {"fixup of a range", "fixup protocol smtp 25-50", OK, "fixup 25-50", NULL},
    {"fixup twice", "fixup protocol smtp 25\nfixup protocol smtp 25", OK, "fixup 25-25", NULL},
    {"no port", "fixup protocol smtp x", WRONG, "", "a port or a range such as 25-50"},
    {"a range backwards", "fixup protocol smtp 50-25", WRONG, "", "a port or a range"},
    {"a port taken away",
     "fixup protocol smtp 25\nfixup protocol smtp 26\n"
     "no fixup protocol smtp 25",
     OK, "fixup 26-26", NULL},
    {"the port that is on by itself taken away", "no fixup protocol smtp 25", OK, "fixup", NULL},
    {"a port that is not on", "no fixup protocol smtp 26", OK, "fixup", "there is no such fixup"},
    {"back to the default", "fixup protocol smtp 26\nno fixup protocol smtp", OK, "fixup 25-25",
     NULL},
    {"clear fixup", "no fixup protocol smtp 25\nclear fixup", OK, "fixup 25-25", NULL},
    {"other protocols", "fixup protocol h323 ras 1718-1719", ASIDE, "fixup", NULL},
    {"other protocols, off", "no fixup protocol http 80", ASIDE, "fixup", NULL},
    {"mailhost", "mailhost 203.0.113.25 192.0.2.25", OK, "mailhost 203.0.113.25 192.0.2.25; ",
     NULL},
    {"mailhost with limits", "mailhost 203.0.113.25 192.0.2.25 10 20", OK,
     "mailhost 203.0.113.25 192.0.2.25; ", NULL},
    {"no mailhost", "mailhost 203.0.113.25 192.0.2.25\nno mailhost 203.0.113.25 192.0.2.25", OK, "",
     NULL},
    {"ip inspect", "ip inspect name FW smtp", OK, "FW smtp; ", NULL},
    {"ip inspect esmtp", "ip inspect name FW esmtp alert on timeout 30", OK, "FW esmtp; ", NULL},
    {"the later one counts, too", "ip inspect name FW smtp\nip inspect name FW esmtp", OK,
     "FW esmtp; ", NULL},
    {"no ip inspect", "ip inspect name FW smtp\nno ip inspect name FW smtp", OK, "", NULL},
    {"other protocols", "ip inspect name FW tcp timeout 3600", ASIDE, "", NULL},
    {"its settings", "ip inspect max-incomplete high 500", ASIDE, "", NULL},
};

Test(config_old, table)
{
    check_rows(rows, ESI_COUNT(rows), show_old);
}
