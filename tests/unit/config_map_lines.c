/* config_map_lines.c - policy-map type inspect esmtp, line by line: what becomes of a map, what is
 * said. */
#include <criterion/criterion.h>

#include "config_maps.h"

/* Lines below a map's head, the first of them line 2; the map as it was said; what was said. */
Test(config_map_lines, lines)
{
    static const struct {
        const char *what, *text, *map, *said;
    } rows[] = {
        {"parameters said",
         "parameters\nmask-banner\nmail-relay example.com action log\nspecial-character action "
         "drop-connection log\nallow-tls action log\n",
         " parameters\n  mask-banner\n  mail-relay example.com action log\n  special-character "
         "action drop-connection log\n  allow-tls action log\n",
         ""},
        {"parameters, the other actions",
         "parameters\nno mask-banner\nmail-relay example.com action "
         "drop-connection\nspecial-character action log\nallow-tls\n",
         " parameters\n  no mask-banner\n  mail-relay example.com action drop-connection\n  "
         "special-character action log\n  allow-tls\n",
         ""},
        {"drop-connection log of mail-relay, any case",
         "PARAMETERS\nMail-Relay Example.COM ACTION DROP-CONNECTION LOG\n",
         " parameters\n  mail-relay Example.COM action drop-connection log\n", ""},
        {"all turned off",
         "parameters\nno mask-banner\nno mail-relay\nno special-character\nno allow-tls\n",
         " parameters\n  no mask-banner\n  no mail-relay\n  no special-character\n  no allow-tls\n",
         ""},
        {"turned off with all their words",
         "parameters\nno mail-relay example.com action drop-connection log\nno special-character "
         "action log\nno allow-tls action log\n",
         " parameters\n  no mail-relay\n  no special-character\n  no allow-tls\n", ""},
        {"the last line wins",
         "parameters\nallow-tls action log\nmask-banner\nallow-tls\nno mask-banner\n",
         " parameters\n  no mask-banner\n  allow-tls\n", ""},
        {"mail-relay of another domain is not turned off",
         "parameters\nmail-relay a.example action log\nno mail-relay b.example\n",
         " parameters\n  mail-relay a.example action log\n",
         "4:15 warning: the map's mail-relay is of a.example; "},
        {"mail-relay is turned off by its domain",
         "parameters\nmail-relay a.example action log\nno mail-relay A.example\n",
         " parameters\n  no mail-relay\n", ""},
        {"mail-relay without a domain", "parameters\nmail-relay\n", "",
         "3 wrong; 3:11 error: incomplete; expected a mail domain; "},
        {"mail-relay without an action", "parameters\n  mail-relay example.com\n", "",
         "3 wrong; 3:25 error: incomplete; expected action drop-connection or action log; "},
        {"mail-relay with half an action", "parameters\nmail-relay example.com action\n", "",
         "3 not understood; 3:31 warning: expected drop-connection or log, found the line's end; "},
        {"mail-relay with another action", "parameters\nmail-relay example.com action reset\n", "",
         "3 not understood; 3:31 warning: expected drop-connection or log, found 'reset'; "},
        {"a domain with a blank", "parameters\nmail-relay \"a b\" action log\n", "",
         "3 wrong; 3:12 error: a word without blanks and quotation marks was expected; "},
        {"special-character without an action", "parameters\nspecial-character\n", "",
         "3 wrong; 3:18 error: incomplete; expected action drop-connection or action log; "},
        {"special-character with log log", "parameters\nspecial-character action log log\n", "",
         "3 not understood; 3:30 warning: expected the line's end, found 'log'; "},
        {"allow-tls with another action", "parameters\nallow-tls action drop-connection\n", "",
         "3 not understood; 3:18 warning: expected log, found 'drop-connection'; "},
        {"a parameter outside parameters", "mask-banner\n", "",
         "2 not understood; 2:1 warning: expected description, drop, drop-connection, log, match, "
         "mask, parameters, rate-limit or reset, found 'mask-banner'; "},
        {"no such parameter", "parameters\nmask-banners\n", "",
         "3 not understood; 3:1 warning: expected allow-tls, mask-banner, mail-relay or "
         "special-character, found 'mask-banners'; "},
        {"a description", "description Mail of  the branch! \"1\" \n",
         " description Mail of  the branch! \"1\"\n", ""},
        {"a description taken away", "description x\nno description\n", "", ""},
        {"a description of nothing", "description \n", "",
         "2 wrong; 2:13 error: incomplete; expected text; "},
        {"a description of 201 characters",
         "description "
         "ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
         "ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
         "ddddddddddddddddddddddd\n",
         "", "2 wrong; 2:13 error: a description has at most 200 characters, this one 201; "},
        {"the last description wins", "description a\ndescription b\n", " description b\n", ""},
        {"each action",
         "match cmd verb vrfy\ndrop-connection\nmatch body length gt 1\nreset\nmatch header length "
         "gt 2\nlog\nmatch ehlo-reply-parameter auth\nmask\nmatch cmd verb help\nrate-limit "
         "4294967295\n",
         " match cmd verb vrfy\n  drop-connection\n match body length gt 1\n  reset\n match header "
         "length gt 2\n  log\n match ehlo-reply-parameter auth\n  mask\n match cmd verb help\n  "
         "rate-limit 4294967295\n",
         ""},
        {"each action with log",
         "match cmd verb vrfy\ndrop-connection log\nmatch body length gt 1\nreset log\nmatch "
         "ehlo-reply-parameter auth\nmask log\n",
         " match cmd verb vrfy\n  drop-connection log\n match body length gt 1\n  reset log\n "
         "match ehlo-reply-parameter auth\n  mask log\n",
         ""},
        {"actions abbreviated, in any case",
         "match cmd verb vrfy\nRES L\nmatch body length gt 1\ndrop-c\n",
         " match cmd verb vrfy\n  reset log\n match body length gt 1\n  drop-connection\n", ""},
        {"mask of cmd verb", "match cmd verb vrfy\nmask\n", " match cmd verb vrfy\n  mask\n", ""},
        {"a match without an action", "match cmd verb vrfy\n", " match cmd verb vrfy\n", ""},
        {"a second action", "match cmd verb vrfy\ndrop-connection log\nreset\n",
         " match cmd verb vrfy\n  reset\n",
         "4:1 warning: takes the place of the match's drop-connection log; "},
        {"a second action of the same kind",
         "match cmd verb vrfy\ndrop-connection\ndrop-connection log\n",
         " match cmd verb vrfy\n  drop-connection log\n",
         "4:1 warning: takes the place of the match's drop-connection; "},
        {"the same action again",
         "match cmd verb vrfy\nrate-limit 5\nrate-limit 5\nmask log\nmask log\n",
         " match cmd verb vrfy\n  mask log\n",
         "5:1 warning: takes the place of the match's rate-limit; "},
        {"log, then another action", "match cmd verb vrfy\nlog\nmask\n",
         " match cmd verb vrfy\n  mask\n", "4:1 warning: takes the place of the match's log; "},
        {"drop", "match cmd verb vrfy\ndrop log\n", " match cmd verb vrfy\n  drop-connection log\n",
         "3:1 warning: taken for drop-connection, the action of this inspection; "},
        {"drop send-protocol-error", "match cmd verb vrfy\ndrop send-protocol-error log\n",
         " match cmd verb vrfy\n  drop-connection log\n",
         "3:1 warning: taken for drop-connection, the action of this inspection; "},
        {"drop-connection send-protocol-error",
         "match cmd verb vrfy\ndrop-connection send-protocol-error\n",
         " match cmd verb vrfy\n  drop-connection\n",
         "3:1 warning: taken for drop-connection, the action of this inspection; "},
        {"mask where nothing can be masked", "match body length gt 1\n  mask log\n",
         " match body length gt 1\n",
         "3 wrong; 3:3 error: match body length gt has no mask; expected drop-connection, reset or "
         "log; "},
        {"mask where nothing can be masked, behind an action",
         "match body length gt 1\nlog\nmask\n", " match body length gt 1\n  log\n",
         "4 wrong; 4:1 error: match body length gt has no mask; expected drop-connection, reset or "
         "log; "},
        {"rate-limit of keywords", "match ehlo-reply-parameter auth\nrate-limit 3\n",
         " match ehlo-reply-parameter auth\n",
         "3 wrong; 3:1 error: match ehlo-reply-parameter has no rate-limit; expected "
         "drop-connection, mask, reset or log; "},
        {"rate-limit of a length", "match cmd line length gt 1\nrate-limit 3\n",
         " match cmd line length gt 1\n",
         "3 wrong; 3:1 error: match cmd line length gt has no rate-limit; expected "
         "drop-connection, reset or log; "},
        {"rate-limit without a number", "match cmd verb vrfy\nrate-limit\n",
         " match cmd verb vrfy\n",
         "3 wrong; 3:11 error: incomplete; expected a number from 1 to 4294967295; "},
        {"rate-limit of none", "match cmd verb vrfy\nrate-limit 0\n", " match cmd verb vrfy\n",
         "3 not understood; 3:12 warning: expected a number from 1 to 4294967295 or the line's "
         "end, found '0'; "},
        {"rate-limit with log", "match cmd verb vrfy\nrate-limit 1 log\n", " match cmd verb vrfy\n",
         "3 not understood; 3:14 warning: expected the line's end, found 'log'; "},
        {"log with log", "match cmd verb vrfy\nlog log\n", " match cmd verb vrfy\n",
         "3 not understood; 3:5 warning: expected the line's end, found 'log'; "},
        {"no such action", "match cmd verb vrfy\npass\n", " match cmd verb vrfy\n",
         "3 not understood; 3:1 warning: expected drop, drop-connection, log, mask, rate-limit or "
         "reset, found 'pass'; "},
        {"short for two actions", "match cmd verb vrfy\ndro\n", " match cmd verb vrfy\n",
         "3 not understood; 3:1 warning: expected one command, found what may be 'drop' or "
         "'drop-connection'; "},
        {"an action taken away",
         "match cmd verb vrfy\nmask log\nno mask\nmatch body length gt 1\nreset log\nno reset "
         "log\nmatch cmd verb help\nrate-limit 5\nno rate-limit\n",
         " match cmd verb vrfy\n match body length gt 1\n match cmd verb help\n", ""},
        {"log alone taken away", "match cmd verb vrfy\nlog\nno log\n", " match cmd verb vrfy\n",
         ""},
        {"log taken from an action", "match cmd verb vrfy\nmask log\nno log\n",
         " match cmd verb vrfy\n  mask\n", "4:4 warning: taken for: mask without log; "},
        {"an action taken away that is another", "match cmd verb vrfy\ndrop-connection\nno reset\n",
         " match cmd verb vrfy\n  drop-connection\n",
         "4:4 warning: the match's action is drop-connection, not reset; "},
        {"an action taken away that is none", "match cmd verb vrfy\nno log\n",
         " match cmd verb vrfy\n", "3:4 warning: the match has no action; "},
        {"an action with no match above", "drop-connection log\n", "",
         "2 wrong; 2:1 error: an action stands below its match, and here is none above; "},
        {"an action below parameters", "match cmd verb vrfy\nparameters\nmask log\nlog\n",
         " match cmd verb vrfy\n",
         "4 wrong; 4:1 error: an action stands below its match, and here is none above; 5 wrong; "
         "5:1 error: an action stands below its match, and here is none above; "},
        {"an action behind exit", "match cmd verb vrfy\nexit\nmask\n", " match cmd verb vrfy\n",
         "4 wrong; 4:1 error: an action stands below its match, and here is none above; "},
        {"an action below a match that was refused",
         "match cmd verb vrfy\nmask\nmatch sender-address regex "
         "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr\ndrop-connection\nlog\n",
         " match cmd verb vrfy\n  mask\n",
         "4 wrong; 4:28 error: a name has at most 40 characters, this one 41; 5:1 warning: left "
         "out with its match, which was refused or not understood; 6:1 warning: left out with its "
         "match, which was refused or not understood; "},
        {"an action below a match that was not understood",
         "match cmd verb vrfy\nmask\nmatch cmd verb starttls\n\ndrop-connection\nlog\nmatch body "
         "length gt 5\nlog\n",
         " match cmd verb vrfy\n  mask\n match body length gt 5\n  log\n",
         "4 not understood; 4:16 warning: expected a verb (auth, data, ehlo, etrn, helo, help, "
         "mail, noop, quit, rcpt, rset, saml, send, soml, vrfy), found 'starttls'; 6:1 warning: "
         "left out with its match, which was refused or not understood; 7:1 warning: left out with "
         "its match, which was refused or not understood; "},
        {"an action behind a match not understood and what is no command",
         "match cmd verb vrfy\nmask\n MAT foo\n  zork 5\n!\n\n  log\n",
         " match cmd verb vrfy\n  mask\n",
         "4 not understood; 4:6 warning: expected not, body, cmd, ehlo-reply-parameter, header, "
         "invalid-recipients, MIME or sender-address, found 'foo'; 5 not understood; 5:3 warning: "
         "expected drop, drop-connection, log, mask, rate-limit or reset, found 'zork'; 8:3 "
         "warning: left out with its match, which was refused or not understood; "},
        {"actions below a first match not understood", "match cmd verb starttls\nreset log\nmask\n",
         "",
         "2 not understood; 2:16 warning: expected a verb (auth, data, ehlo, etrn, helo, help, "
         "mail, noop, quit, rcpt, rset, saml, send, soml, vrfy), found 'starttls'; 3:1 warning: "
         "left out with its match, which was refused or not understood; 4:1 warning: left out with "
         "its match, which was refused or not understood; "},
        {"an action behind what is no command", "match cmd verb vrfy\nmask\nzork 5\nlog foo\nlog\n",
         " match cmd verb vrfy\n  log\n",
         "4 not understood; 4:1 warning: expected drop, drop-connection, log, mask, rate-limit or "
         "reset, found 'zork'; 5 not understood; 5:5 warning: expected the line's end, found "
         "'foo'; 6:1 warning: takes the place of the match's mask; "},
        {"an action behind a parameter not understood",
         "match cmd verb vrfy\nmask\nparameters\nfoo\nmatch cmd verb vrfy\nreset\n",
         " match cmd verb vrfy\n  reset\n",
         "5 not understood; 5:1 warning: expected allow-tls, mask-banner, mail-relay or "
         "special-character, found 'foo'; 7:1 warning: takes the place of the match's mask; "},
        {"a match typed again is entered again",
         "match cmd verb vrfy\nmask\nmatch body length gt 1\nlog\nmatch cmd verb VRFY "
         "vrfy\nreset\n",
         " match cmd verb vrfy\n  reset\n match body length gt 1\n  log\n",
         "7:1 warning: takes the place of the match's mask; "},
        {"the same words in another order",
         "match mime encoding base64 7bit\nmatch mime encoding 7bit base64\nlog\n",
         " match MIME encoding 7bit base64\n  log\n", ""},
        {"what is nearly the same is another",
         "match header length gt 1\nmatch header length gt 2\nmatch not header length gt 1\nmatch "
         "header line length gt 1\nmatch sender-address regex a\nmatch sender-address regex "
         "A\nmatch sender-address regex class a\n",
         " match header length gt 1\n match header length gt 2\n match not header length gt 1\n "
         "match header line length gt 1\n match sender-address regex a\n match sender-address "
         "regex A\n match sender-address regex class a\n",
         ""},
        {"a match taken away",
         "match cmd verb vrfy\nmask\nmatch body length gt 1\nlog\nmatch header length gt "
         "2\nreset\nno match body length gt 1\n",
         " match cmd verb vrfy\n  mask\n match header length gt 2\n  reset\n", ""},
        {"the first match taken away, and put behind",
         "match cmd verb vrfy\nmask\nmatch body length gt 1\nlog\nno match cmd verb vrfy\nmatch "
         "cmd verb vrfy\n",
         " match body length gt 1\n  log\n match cmd verb vrfy\n", ""},
        {"all matches taken away",
         "match cmd verb vrfy\nmatch body length gt 1\nno match cmd verb vrfy\nno match body "
         "length gt 1\n",
         "", ""},
        {"a match taken away that is not there",
         "match cmd verb vrfy\nno match not cmd verb vrfy\n", " match cmd verb vrfy\n",
         "3:4 warning: there is no such match; "},
        {"an action behind a match taken away",
         "match cmd verb vrfy\nmask\nno match cmd verb vrfy\nlog\n", "",
         "5 wrong; 5:1 error: an action stands below its match, and here is none above; "},
        {"no such verb", "match cmd verb rcpt starttls\n", "",
         "2 not understood; 2:21 warning: expected a verb (auth, data, ehlo, etrn, helo, help, "
         "mail, noop, quit, rcpt, rset, saml, send, soml, vrfy) or the line's end, found "
         "'starttls'; "},
        {"a verb that may be two", "match cmd verb he\n", "",
         "2 not understood; 2:16 warning: expected a verb (auth, data, ehlo, etrn, helo, help, "
         "mail, noop, quit, rcpt, rset, saml, send, soml, vrfy), found 'he'; "},
        {"a verb in quotation marks", "match cmd verb \"rcpt\"\n", "",
         "2 not understood; 2:16 warning: expected a verb (auth, data, ehlo, etrn, helo, help, "
         "mail, noop, quit, rcpt, rset, saml, send, soml, vrfy), found 'rcpt'; "},
        {"no verb", "match cmd verb\n", "",
         "2 not understood; 2:16 warning: expected a verb (auth, data, ehlo, etrn, helo, help, "
         "mail, noop, quit, rcpt, rset, saml, send, soml, vrfy), found the line's end; "},
        {"no such parameter of EHLO", "match ehlo-reply-parameter chunking\n", "",
         "2 not understood; 2:28 warning: expected a parameter (8bitmime, auth, binaryname, "
         "checkpoint, dsn, ecode, etrn, others, pipelining, size, vrfy), found 'chunking'; "},
        {"no such encoding", " match mime encoding uuencode\n", "",
         "2 not understood; 2:22 warning: expected an encoding (7bit, 8bit, base64, binary, "
         "others, quoted-printable), found 'uuencode'; "},
        {"a limit of 0", "match body length gt 0\n", "",
         "2 not understood; 2:22 warning: expected a number from 1 to 4294967295, found '0'; "},
        {"a limit of 2 to the 32", "match body length gt 4294967296\n", "",
         "2 not understood; 2:22 warning: expected a number from 1 to 4294967295, found "
         "'4294967296'; "},
        {"a limit with a sign", "match body length gt -1\n", "",
         "2 not understood; 2:22 warning: expected a number from 1 to 4294967295, found '-1'; "},
        {"no limit", "match body length gt\n", "",
         "2 not understood; 2:22 warning: expected a number from 1 to 4294967295, found the line's "
         "end; "},
        {"no gt", "match body length 5\n", "",
         "2 not understood; 2:19 warning: expected gt, found '5'; "},
        {"lt", "match body length lt 5\n", "",
         "2 not understood; 2:19 warning: expected gt, found 'lt'; "},
        {"a word too much", "match cmd line length gt 5 6\n", "",
         "2 not understood; 2:28 warning: expected the line's end, found '6'; "},
        {"match alone", "match\n", "",
         "2 not understood; 2:7 warning: expected not, body, cmd, ehlo-reply-parameter, header, "
         "invalid-recipients, MIME or sender-address, found the line's end; "},
        {"match of something else", "match header subject regex x\n", "",
         "2 not understood; 2:14 warning: expected length, line or to-fields, found 'subject'; "},
        {"regex without a name", "match mime filetype regex\n", "",
         "2 not understood; 2:27 warning: expected class or a name, found the line's end; "},
        {"class without a name", "match mime filetype regex class\n", "",
         "2 not understood; 2:33 warning: expected a name, found the line's end; "},
        {"a name of 41 characters",
         "match mime filetype regex class ccccccccccccccccccccccccccccccccccccccccc\n", "",
         "2 wrong; 2:33 error: a name has at most 40 characters, this one 41; "},
        {"a name with a blank", "match mime filetype regex \"a b\"\n", "",
         "2 wrong; 2:27 error: a word without blanks and quotation marks was expected; "},
        {"a name of nothing", "match mime filetype regex \"\"\n", "",
         "2 wrong; 2:27 error: a word was expected, not nothing; "},
        {"parameters behind matches, and matches behind them",
         "match cmd verb vrfy\nmask\nparameters\nmask-banner\nmatch body length gt "
         "1\nlog\nparameters\nno allow-tls\nmatch header length gt 3\nreset\ndescription last\n",
         " description last\n parameters\n  mask-banner\n  no allow-tls\n match cmd verb vrfy\n  "
         "mask\n match body length gt 1\n  log\n match header length gt 3\n  reset\n",
         ""},
        {"exit leaves one mode",
         "match cmd verb vrfy\nexit\nparameters\nmask-banner\nexit\nmatch body length gt 1\nlog\n",
         " parameters\n  mask-banner\n match cmd verb vrfy\n match body length gt 1\n  log\n", ""},
        {"end leaves all", "match cmd verb vrfy\nend\nparameters\n", " match cmd verb vrfy\n",
         "4 not understood; 4:1 note: 'parameters' is no command of global configuration that is "
         "known here; "},
        {"another command leaves the map", "match cmd verb vrfy\nmask\nregex x y\nparameters\n",
         " match cmd verb vrfy\n  mask\n",
         "5 not understood; 5:1 note: 'parameters' is no command of global configuration that is "
         "known here; "},
        {"a map entered again",
         "match cmd verb vrfy\nmask\nparameters\nmask-banner\npolicy-map type inspect esmtp "
         "M\nmatch body length gt 1\nlog\n",
         " parameters\n  mask-banner\n match cmd verb vrfy\n  mask\n match body length gt 1\n  "
         "log\n",
         ""},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_config *config = maps_read_inside(rows[i].text);
        struct esi_buf said = {0}, map = {0}, below = {0};

        maps_print_said(config, &said);
        MAPS_EXPECT(said, rows[i].said, rows[i].what);
        esi_map_print_said(&config->maps[0], &map);
        esi_buf_append(&below, esi_slice_cut(esi_buf_slice(&map), sizeof maps_head - 1, map.len));
        MAPS_EXPECT(below, rows[i].map, rows[i].what);
        esi_buf_free(&map);
        esi_config_free(config);
    }
}
