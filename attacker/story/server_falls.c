#include "attacker/story/server_falls.h"

#include <stdlib.h>

#include "capture/alloc.h"

static void clear_row(void *row)
{
    struct server_fall *r = row;

    free(r->server);
}

void server_falls_init(struct server_falls *f, size_t room)
{
    *f = (struct server_falls){
        .servers = remembered_new(room, sizeof(struct server_fall), clear_row), .room = room};
}

void server_falls_clear(struct server_falls *f)
{
    remembered_free(f->servers);
    *f = (struct server_falls){0};
}

/* row_of is the server's own, or that of the others. */
static struct server_fall *row_of(struct server_falls *f, const char *server)
{
    const struct remembered_key key = remembered_key_of(0, bytes_of(server, strlen(server)));
    struct server_fall *row = remembered_find(f->servers, &key);

    if (row)
        return row;
    if (f->room == 0)
        return &f->others;
    f->room--;
    row = remembered_add(f->servers, &key);
    row->server = alloc_text(server);
    return row;
}

static void count(struct fall *fall, uint64_t bytes)
{
    fall->sessions++;
    fall->bytes += bytes;
}

void server_falls_add(struct server_falls *f, const char *server, uint64_t bytes,
                      unsigned opened_by, bool forward_secret)
{
    struct server_fall *row = row_of(f, server);

    count(&row->all, bytes);
    if (forward_secret)
        count(&row->forward_secret, bytes);
    for (int i = 0; i < NUM_OPENED_BY; i++) {
        if (opened_by & 1u << i)
            count(&row->by[i], bytes);
    }
}

const struct server_fall *server_falls_next(const struct server_falls *f,
                                            const struct server_fall *before)
{
    if (before == &f->others)
        return NULL;

    const struct server_fall *next = remembered_next(f->servers, before);
    return next || f->others.all.sessions == 0 ? next : &f->others;
}
