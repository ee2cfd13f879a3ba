/*
 * text_internal.h - the parts of sinks that write a block a session: sessions alike, and the
 * account at the end.
 */
#ifndef ESI_TEXT_INTERNAL_H
#define ESI_TEXT_INTERNAL_H

#include "ladder_internal.h"

/* Up to HELD_MOST sessions are all shown, beyond that one of each kind. */
enum {
    HELD_MOST = 50,
    KINDS_MOST = 500,            /* told apart */
    KINDS_BYTES_MOST = 16 << 20, /* of blocks held: one that is more is not shown */
    KINDS_SHOWN = 100,
    ALIKE_NAMED = 6,
    TURNS_SESSIONS = 1000, /* only the first sessions' turns are asked for: the rest is alike */
};

/* How a format shows sessions. */
struct block_style {
    void (*print)(struct esi_buf *out, struct ladder *ladder,
                  const struct esi_session_info *session, const struct esi_sink *sink, bool turns);
    size_t held_most;              /* up to so many sessions are all shown; at most HELD_MOST */
    size_t shown_most, bytes_most; /* of kinds, if there are more; a first one is always shown */
    bool summary;                  /* ends with what was found in all */
};
struct esi_sink *blocks_sink_open(FILE *out, const struct esi_sink_options *options,
                                  const struct block_style *style);

/* Sessions that read alike. */
struct kind {
    uint64_t signature;
    uint64_t count;
    uint64_t first;              /* number of the session shown */
    uint64_t named[ALIKE_NAMED]; /* some of the others */
    size_t shown;                /* for the sink's own use; 0 at first */
    struct esi_buf block;        /* empty while the blocks are held */
};

struct kind_table {
    struct kind *items;
    size_t len, cap;
    uint16_t index[4096]; /* open addressing by signature; index of items + 1 */
};
enum { KIND_TABLE_MOST = 1024 }; /* kinds: the index stays sparse */
/* Counts the session as one of its kind; NULL: there would be more than `most` kinds. */
struct kind *kind_table_count(struct kind_table *table, size_t most, uint64_t signature,
                              uint64_t number);
void kind_table_sort(struct kind_table *table); /* the rarest first, those without a block last */

struct kinds {
    const struct block_style *style;
    struct kind_table table;
    uint64_t not_told; /* sessions of kinds beyond KINDS_MOST */
    uint64_t sessions;
    struct held {
        uint64_t number;
        size_t kind;
        struct esi_buf block;
    } held[HELD_MOST];
    size_t held_len; /* 0 again once there were more */
    bool many;       /* there were more */
    size_t bytes;    /* of all blocks */
    struct esi_buf *added;
};

/* Counts the session. True: its block is wanted, to be put into *block. */
bool kinds_add(struct kinds *kinds, uint64_t signature, uint64_t number, struct esi_buf **block);
/* The block is written: it stays if there is room. */
void kinds_added(struct kinds *kinds);
void kinds_print(struct kinds *kinds, struct esi_buf *out);
void kinds_free(struct kinds *kinds);

/* What became of every frame read, over all files. */
struct account {
    uint64_t files, incomplete, frames, filtered_out, tcp_frames, smtp_frames;
    size_t skipped_len;
    struct esi_skipped skipped[ESI_SKIPPED_MOST];
    struct esi_buf troubles; /* a line for each file that is not whole */
};
void account_add(struct account *account, const struct esi_capture_info *capture);
void account_print(const struct account *account, struct esi_buf *out);
void put_summary(struct esi_buf *out, const struct esi_summary_info *summary,
                 const struct esi_sink_options *options);
/* A server some session of which was touched: a line for the summary. */
enum { SERVERS_NAMED = 20 };
struct touched_servers {
    struct esi_buf lines; /* of the first SERVERS_NAMED */
    uint64_t count, intermittent;
};
void touched_servers_add(struct touched_servers *servers, const struct esi_evidence_server *server);
void touched_servers_print(const struct touched_servers *servers, struct esi_buf *out);

#endif
