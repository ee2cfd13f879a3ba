/* planfile_text.h - a plan as text that is right, a line each. */
#ifndef TESTS_PLANFILE_TEXT_H
#define TESTS_PLANFILE_TEXT_H

#define SHA "33eb2de657fb00d3d54142ff8e6a3a007c6ba56d5b4472c1ff11f67b1b8fb2da"

static const char *const plan_lines[] = {
    /* 1 */
    "{\"schema\":1,\"event_type\":\"plan\",\"version\":\"0.1.0\",\"captures\":["
    "{\"pcap_filename\":\"a.pcap\",\"sha256\":\"" SHA "\",\"frames\":60,\"complete\":true,"
    "\"why_not\":null},"
    "{\"pcap_filename\":\"b.pcap\",\"sha256\":null,\"frames\":40,\"complete\":false,"
    "\"why_not\":\"cut off\"}],\"filter\":\"tcp\",\"ports\":\"25,587\",\"flow_memory\":268435456,"
    "\"in_fragments\":false,\"any_fragments\":true}",
    /* 2 */
    "{\"event_type\":\"session\",\"flow_id\":3,\"number\":2,"
    "\"start\":\"2026-01-31T12:00:00.000000001Z\",\"client_ip\":\"192.0.2.10\","
    "\"client_port\":40000,\"server_ip\":\"192.0.2.25\",\"server_port\":25}",
    /* 3 */
    "{\"event_type\":\"cut\",\"flow_id\":3,\"frame\":17,\"direction\":\"to_server\",\"offset\":88,"
    "\"reset\":true,\"told\":[18,19]}",
    /* 4 */
    "{\"event_type\":\"cut-note\",\"flow_id\":3,\"text\":\"esi verdict=reset\"}",
    /* 5 */
    "{\"event_type\":\"edit\",\"flow_id\":3,\"direction\":\"to_server\",\"offset\":10,\"length\":8,"
    "\"fill\":\"X\",\"keep_eol\":false,\"keep_20\":true,\"head\":\"a\\\\x0d\\\\\\\\\","
    "\"tail\":\"A\"}",
    /* 6 */
    "{\"event_type\":\"note\",\"flow_id\":3,\"direction\":\"to_server\",\"offset\":10,\"length\":8,"
    "\"text\":\"esi verdict=mask rule=\\\"x\\\"\"}",
    /* 7 */
    "{\"event_type\":\"note\",\"flow_id\":3,\"direction\":\"to_server\",\"offset\":10,\"length\":4,"
    "\"text\":\"shorter\"}",
    /* 8 */
    "{\"event_type\":\"discard\",\"flow_id\":3,\"direction\":\"to_client\",\"offset\":0,"
    "\"length\":5}",
    /* 9 */
    "{\"event_type\":\"divergence\",\"flow_id\":3,\"frame\":100,\"why\":\"because\"}",
    /* 10 */
    "{\"event_type\":\"session\",\"flow_id\":7,\"number\":1,"
    "\"start\":\"2026-01-31T12:00:00.000000000Z\",\"client_ip\":\"2001:db8::1\","
    "\"client_port\":40000,\"server_ip\":\"2001:db8::2\",\"server_port\":25}",
    /* 11 */
    "{\"event_type\":\"edit\",\"flow_id\":7,\"direction\":\"to_client\",\"offset\":0,\"length\":4,"
    "\"fill\":\"\\\\xff\",\"keep_eol\":true,\"keep_20\":false,\"head\":\"\",\"tail\":\"\"}",
    /* 12 */
    "{\"event_type\":\"end\",\"items\":8}",
};

#endif
