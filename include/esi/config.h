/*
 * config.h - what a firewall's configuration says: ASA, PIX, FWSM and IOS text, line by line.
 *
 * Reading knows no platform and judges no flow: it turns lines into the lists below, in the order
 * they would be typed in (later lines win), and says of every line what became of it. What a list's
 * names refer to is looked up by whoever uses it (policy): a name may be defined later.
 * Strings and arrays belong to the configuration and live as long as it does.
 * Source: Cisco ASA and PIX command references, CLI guides; Cisco documents 117801, 118550.
 */
#ifndef ESI_CONFIG_H
#define ESI_CONFIG_H

#include "esi/map.h"
#include "esi/net.h"

/* A line of a configuration file. file NULL: none. */
struct esi_place {
    const char *file;
    unsigned line; /* 1-based */
};

/* ---- what became of the lines ---- */

enum esi_line_fate {
    ESI_LINE_EMPTY, /* blank, a comment, a prompt alone */
    ESI_LINE_UNDERSTOOD,
    ESI_LINE_ASIDE,          /* on purpose: not about inspection */
    ESI_LINE_NOT_UNDERSTOOD, /* says nothing to us, though it stands where we should understand */
    ESI_LINE_WRONG           /* understood, and refused: an error */
};
struct esi_line {
    struct esi_place at;
    enum esi_line_fate fate;
    const char *reason; /* ASIDE: why, "NAT is not about inspection" */
    const char *text;   /* UNDERSTOOD: as it stands in the file; else NULL */
};

enum esi_diag_kind { ESI_DIAG_ERROR, ESI_DIAG_WARNING, ESI_DIAG_NOTE };
struct esi_diag {
    enum esi_diag_kind kind;
    struct esi_place at; /* file NULL: of the configuration as a whole */
    unsigned column;     /* 1-based, in bytes; 0: of the whole line */
    const char *text;    /* what was expected and what was found, one sentence without a dot */
    const char *line;    /* the offending line's text, or NULL */
    bool not_understood; /* the line's fate is NOT_UNDERSTOOD: --strict makes it an error */
};

/* ---- addresses, ports ---- */

enum esi_address_kind {
    ESI_ADDRESS_ANY, /* both families */
    ESI_ADDRESS_ANY4,
    ESI_ADDRESS_ANY6,
    ESI_ADDRESS_MASK,      /* (address & mask) == ip; a host has all bits in its mask */
    ESI_ADDRESS_RANGE,     /* ip .. last */
    ESI_ADDRESS_OBJECT,    /* name: `object network` */
    ESI_ADDRESS_GROUP,     /* name: `object-group network` */
    ESI_ADDRESS_INTERFACE, /* name: the address of that interface */
    ESI_ADDRESS_FQDN,      /* name: a host name; matches nothing, since nobody resolves it */
    ESI_ADDRESS_NONE       /* an object without content */
};
struct esi_address {
    enum esi_address_kind kind;
    struct esi_ip ip, mask, last;
    const char *name;
};

enum esi_port_kind {
    ESI_PORT_ANY,
    ESI_PORT_RANGE, /* low .. high; eq, lt and gt are ranges, too */
    ESI_PORT_NOT,   /* all but low */
    ESI_PORT_GROUP  /* name: `object-group service` */
};
struct esi_port_set {
    enum esi_port_kind kind;
    uint16_t low, high;
    const char *name;
};

enum { ESI_PROTOCOL_ANY = 256 }; /* `ip` */
/* What is carried: a protocol, and for TCP and UDP the ports. */
struct esi_service {
    unsigned protocol; /* IP protocol number, or ESI_PROTOCOL_ANY */
    bool tcp_udp;      /* both TCP and UDP (`tcp-udp`); protocol is 6 then */
    struct esi_port_set source, destination;
};

/* ---- named things ---- */

struct esi_name { /* name 192.0.2.1 mail */
    const char *name;
    struct esi_ip ip;
    struct esi_place at;
};

enum esi_object_kind { ESI_OBJECT_NETWORK, ESI_OBJECT_SERVICE };
struct esi_object {
    enum esi_object_kind kind;
    const char *name;
    struct esi_address address; /* NETWORK */
    struct esi_service service; /* SERVICE */
    const char *text;           /* the content as a canonical line, "host 192.0.2.1"; NULL: none */
    struct esi_place at;
};

enum esi_group_kind {
    ESI_GROUP_NETWORK,
    ESI_GROUP_SERVICE, /* of services, or of ports (`object-group service X tcp`) */
    ESI_GROUP_PROTOCOL,
    ESI_GROUP_OTHER /* icmp-type, user, security: kept by name only */
};
enum esi_member_kind {
    ESI_MEMBER_ADDRESS,
    ESI_MEMBER_SERVICE,  /* also of port groups: protocol as the group's */
    ESI_MEMBER_OBJECT,   /* name: a service object */
    ESI_MEMBER_PROTOCOL, /* service.protocol */
    ESI_MEMBER_GROUP     /* name: a group of the same kind */
};
struct esi_member {
    enum esi_member_kind kind;
    struct esi_address address;
    struct esi_service service;
    const char *name;
    const char *text; /* canonical line */
    struct esi_place at;
};
struct esi_group {
    enum esi_group_kind kind;
    const char *name;
    const char *ports_of; /* SERVICE: "tcp", "udp", "tcp-udp" for a group of ports; NULL */
    struct esi_member *members;
    size_t count, cap;
    struct esi_place at;
};

/* Minutes are of the firewall's own clock. */
struct esi_period {
    unsigned days;    /* bit 0 Sunday .. bit 6 Saturday: of the start */
    unsigned from;    /* minute of the day */
    unsigned minutes; /* how long */
};
struct esi_time_range {
    const char *name;
    bool has_start, has_end;
    int64_t start, end; /* minutes since the epoch on the firewall's clock; end included */
    struct esi_period *periods;
    size_t count, cap;
    struct esi_place at;
};

/* ---- access lists ---- */

enum esi_protocol_kind {
    ESI_BY_SERVICE,
    ESI_BY_PROTOCOL_GROUP,
    ESI_BY_SERVICE_GROUP,
    ESI_BY_SERVICE_OBJECT
};
struct esi_access_entry {
    bool permit, inactive;
    bool remark;   /* text alone: it takes a line number, and matches nothing */
    bool standard; /* matches the destination address alone */
    enum esi_protocol_kind by;
    const char *by_name;        /* BY_*_GROUP, BY_SERVICE_OBJECT */
    struct esi_service service; /* BY_SERVICE; its ports also where by is a protocol group */
    struct esi_address source, destination;
    const char *time_range; /* or NULL */
    const char *text;       /* canonical line, from `access-list` on */
    struct esi_place at;
};
/* Orders entries by what they match, permit and deny alike; 0: they match the same. */
int esi_access_compare(const struct esi_access_entry *a, const struct esi_access_entry *b);
struct esi_access_list {
    const char *name;
    struct esi_access_entry *entries;
    size_t count, cap;
    struct esi_place at; /* of its first line */
};

/* ---- regular expressions ---- */

struct esi_regex {
    const char *name;
    const char *text; /* as typed, without quotation marks */
    struct esi_pattern *pattern;
    struct esi_place at;
};
struct esi_regex_member {
    const char *regex;
    struct esi_place at;
};
struct esi_regex_class {
    const char *name;
    struct esi_regex_member *members;
    size_t count, cap;
    struct esi_place at;
};

/* ---- classes and policies (Modular Policy Framework) ---- */

enum esi_class_match_kind {
    ESI_CLASS_ANY,
    ESI_CLASS_ACCESS_LIST, /* name */
    ESI_CLASS_PORT,        /* tcp or udp, ports */
    ESI_CLASS_DEFAULT_INSPECTION_TRAFFIC,
    ESI_CLASS_OTHER /* dscp, precedence, rtp, tunnel-group, flow: what a capture does not tell */
};
struct esi_class_match {
    enum esi_class_match_kind kind;
    const char *name;
    struct esi_service service;
    const char *text; /* canonical line */
    struct esi_place at;
};
struct esi_class_map {
    const char *name;
    bool any; /* match-any; else match-all */
    struct esi_class_match *matches;
    size_t count, cap;
    struct esi_place at;
};

enum esi_limit_kind {
    ESI_LIMIT_CONNECTIONS,        /* conn-max */
    ESI_LIMIT_EMBRYONIC,          /* embryonic-conn-max */
    ESI_LIMIT_CLIENT_CONNECTIONS, /* per-client-max */
    ESI_LIMIT_CLIENT_EMBRYONIC,   /* per-client-embryonic-max */
    ESI_LIMIT_COUNT
};
const char *esi_limit_name(enum esi_limit_kind kind); /* "conn-max" */
struct esi_limits {
    uint32_t most[ESI_LIMIT_COUNT]; /* 0: no limit */
    struct esi_place at[ESI_LIMIT_COUNT];
};

struct esi_inspect {      /* inspect PROTOCOL [MAP] */
    const char *protocol; /* "esmtp", "ftp" */
    const char *map;      /* or NULL */
    bool no;              /* `no inspect esmtp` in a class that has no such inspection */
    struct esi_place at;
};
struct esi_policy_class {
    const char *name; /* "class-default", too */
    struct esi_inspect *inspects;
    size_t count, cap;
    struct esi_limits limits;
    unsigned other_actions; /* police, set connection timeout, ...: lines that stand */
    struct esi_place at;
};
struct esi_policy_map {
    const char *name;
    struct esi_policy_class *classes; /* in order; class-default counts as last */
    size_t count, cap;
    struct esi_place at;
};
struct esi_service_policy {
    const char *policy_map;
    const char *interface; /* NULL: global */
    struct esi_place at;
};

/* ---- interfaces ---- */

struct esi_prefix {
    struct esi_ip ip;
    unsigned bits;
};
struct esi_interface {
    const char *hardware; /* "GigabitEthernet0/0"; may be NULL */
    const char *name;     /* nameif; NULL: none */
    int security;         /* 0..100; -1: not said */
    bool shutdown;
    struct esi_prefix *networks; /* its addresses with their networks */
    size_t count, cap;
    const char *ip_inspect_in, *ip_inspect_out; /* IOS: `ip inspect NAME in|out` */
    struct esi_place at;
};
struct esi_route {
    const char *interface; /* NULL: taken away again */
    struct esi_prefix to;
    const char *text; /* canonical line */
    struct esi_place at;
};

/* static (REAL,MAPPED) GLOBAL LOCAL [netmask M] [tcp] [MAX [EMB]] */
struct esi_static {
    const char *real_interface, *mapped_interface;
    struct esi_ip mapped, real;
    bool mapped_interface_address; /* `interface` stands for the mapped address */
    unsigned bits;                 /* of the netmask; 32 if none is written */
    bool one_port;                 /* static PAT: tcp GLOBAL PORT LOCAL PORT */
    bool udp;
    uint16_t mapped_port, real_port;
    uint32_t connections, embryonic; /* 0: no limit */
    const char *text;
    struct esi_place at;
};

/* ---- old boxes ---- */

struct esi_fixup { /* fixup protocol smtp LOW[-HIGH] */
    uint16_t low, high;
    struct esi_place at;
};
struct esi_mailhost { /* mailhost GLOBAL LOCAL [MAX [EMB]] */
    struct esi_ip global, local;
    uint32_t connections, embryonic; /* 0: no limit */
    const char *text;
    struct esi_place at;
};
struct esi_ip_inspect { /* IOS: ip inspect name NAME smtp|esmtp */
    const char *name;
    bool esmtp;
    struct esi_place at;
};

/* ---- all of it ---- */

#define ESI_LIST(type, name)                                                                       \
    struct type *name;                                                                             \
    size_t name##_count, name##_cap

struct esi_config {
    const char *product; /* "ASA", "PIX", "FWSM", "IOS" of the version line; NULL: none */
    const char *release; /* "9.1(2)" */
    struct esi_place version_at;
    int clock_offset; /* minutes east of UTC (`clock timezone`) */
    ESI_LIST(esi_name, names);
    ESI_LIST(esi_object, objects);
    ESI_LIST(esi_group, groups);
    ESI_LIST(esi_time_range, time_ranges);
    ESI_LIST(esi_access_list, access_lists);
    ESI_LIST(esi_regex, regexes);
    ESI_LIST(esi_regex_class, regex_classes);
    ESI_LIST(esi_map, maps); /* policy-map type inspect esmtp. A match's patterns are not set */
    ESI_LIST(esi_class_map, class_maps);
    ESI_LIST(esi_policy_map, policy_maps);
    ESI_LIST(esi_service_policy, service_policies);
    ESI_LIST(esi_interface, interfaces);
    ESI_LIST(esi_route, routes);
    ESI_LIST(esi_static, statics);
    ESI_LIST(esi_fixup, fixups);
    bool fixup_said; /* a `fixup` line of any protocol stood: the list above is what is on */
    ESI_LIST(esi_mailhost, mailhosts);
    ESI_LIST(esi_ip_inspect, ip_inspects);
    ESI_LIST(esi_line, lines); /* every line of every file */
    ESI_LIST(esi_diag, diags);
    struct esi_arena arena;
    struct config_index *index; /* names to places in the lists; config's own */
};

/* An empty configuration; config's file names and texts are copied. */
struct esi_config *esi_config_new(void);
/* Reads one more file, as if pasted behind the ones before. */
void esi_config_read(struct esi_config *config, const char *file, struct esi_slice text);
/* Says something about the configuration; printf-like, copied. */
void esi_config_say(struct esi_config *config, enum esi_diag_kind kind, struct esi_place at,
                    const char *fmt, ...) ESI_PRINTF(4, 5);
bool esi_config_has_errors(const struct esi_config *config, bool strict);
/* "asa.cfg:17:3: error: ...", the line, and a caret under the column. */
void esi_diag_print(const struct esi_diag *diag, struct esi_buf *out);
/* The ledger: how many lines were understood, left aside (by reason), not understood. */
void esi_config_print_ledger(const struct esi_config *config, struct esi_buf *out);
void esi_config_free(struct esi_config *config);

/* By name, or NULL. */
struct esi_map *esi_config_map(const struct esi_config *config, const char *name);
struct esi_object *esi_config_object(const struct esi_config *config, enum esi_object_kind kind,
                                     const char *name);
struct esi_group *esi_config_group(const struct esi_config *config, const char *name);
struct esi_time_range *esi_config_time_range(const struct esi_config *config, const char *name);
struct esi_access_list *esi_config_access_list(const struct esi_config *config, const char *name);
struct esi_regex *esi_config_regex(const struct esi_config *config, const char *name);
struct esi_regex_class *esi_config_regex_class(const struct esi_config *config, const char *name);
struct esi_class_map *esi_config_class_map(const struct esi_config *config, const char *name);
struct esi_policy_map *esi_config_policy_map(const struct esi_config *config, const char *name);

#endif
