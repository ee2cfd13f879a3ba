/* index.c - names to places in the configuration's lists: GLib's hash tables. */
#include <glib.h>
#include <stdlib.h>

#include "reader_internal.h"

struct config_index {
    GHashTable *tables[INDEX_COUNT];
};

static guint
hash_name(gconstpointer key)
{
    const struct esi_slice *name = key;
    guint hash = 5381;

    for (size_t i = 0; i < name->len; i++)
        hash = hash * 33 + name->ptr[i];
    return hash;
}

static gboolean
same_name(gconstpointer a, gconstpointer b)
{
    return esi_slice_eq(*(const struct esi_slice *)a, *(const struct esi_slice *)b);
}

struct config_index *
index_new(void)
{
    struct config_index *index = esi_alloc(sizeof *index);

    for (int i = 0; i < INDEX_COUNT; i++)
        index->tables[i] = g_hash_table_new_full(hash_name, same_name, free, NULL);
    return index;
}

void
index_set(struct config_index *index, enum index_kind kind, const char *name, size_t place)
{
    struct esi_slice *key = esi_alloc(sizeof *key);

    *key = esi_slice_of(name);
    g_hash_table_replace(index->tables[kind], key, GSIZE_TO_POINTER(place));
}

void
index_remove(struct config_index *index, enum index_kind kind, const char *name)
{
    struct esi_slice key = esi_slice_of(name);

    g_hash_table_remove(index->tables[kind], &key);
}

void
index_unlist(struct config_index *index, enum index_kind kind, const char *name, const char *last,
             size_t place)
{
    index_remove(index, kind, name);
    if (last != name)
        index_set(index, kind, last, place);
}

bool
index_find(const struct config_index *index, enum index_kind kind, struct esi_slice name,
           size_t *place)
{
    gpointer value;

    if (!g_hash_table_lookup_extended(index->tables[kind], &name, NULL, &value))
        return false;
    *place = GPOINTER_TO_SIZE(value);
    return true;
}

void
index_clear(struct config_index *index, enum index_kind kind)
{
    g_hash_table_remove_all(index->tables[kind]);
}

void
index_free(struct config_index *index)
{
    if (!index)
        return;
    for (int i = 0; i < INDEX_COUNT; i++)
        g_hash_table_destroy(index->tables[i]);
    free(index);
}
