/*
 * fragment_table.h - to which datagram does this fragment belong?
 *
 * Fragments of a datagram have its addresses and its identification in common, in IPv4 also the
 * protocol (RFC 791 section 3.2, RFC 8200 section 4.5). Two lists, oldest first: the datagrams of
 * which something is missing, and complete ones. How long either are kept is the business of
 * fragments.h.
 */
#ifndef KEYFALL_CAPTURE_FRAGMENT_TABLE_H
#define KEYFALL_CAPTURE_FRAGMENT_TABLE_H

#include "capture/datagram.h"
#include "capture/keyed_hash.h"

/* Compared as bytes: it has no padding. */
struct fragment_key {
    uint8_t source[16];
    uint8_t destination[16];
    uint32_t identification;
    uint16_t family;
    uint16_t protocol; /* of IPv4; in IPv6 only the first fragment says it, so it is 0 here */
};

struct held_datagram {
    struct fragment_key key;
    struct datagram datagram;
    uint64_t started_ns; /* when its first fragment was recorded */
    bool complete;
    struct held_datagram *prev; /* in the list of waiting or of complete ones */
    struct held_datagram *next;
    UT_hash_handle hh;
};

/* struct fragment_table: fragment_table_init makes an empty one. */
struct fragment_table {
    struct keyed_hash hash;
    struct held_datagram *all;      /* uthash, by key */
    struct held_datagram *waiting;  /* list, oldest first */
    struct held_datagram *complete; /* list, oldest first */
    size_t num_waiting;
    size_t num_complete;
    size_t memory; /* bytes that those take that wait */
};

void fragment_table_init(struct fragment_table *t);

/* fragment_table_clear frees all datagrams. */
void fragment_table_clear(struct fragment_table *t);

/* fragment_table_find is the datagram that a fragment names, waiting or complete; or NULL. */
struct held_datagram *fragment_table_find(const struct fragment_table *t,
                                          const struct ip_packet *fragment);

/* fragment_table_begin adds a waiting datagram of which nothing has come; there must be none of the
 * fragment's key yet. */
struct held_datagram *fragment_table_begin(struct fragment_table *t,
                                           const struct ip_packet *fragment, uint64_t time_ns);

/* fragment_table_put adds a fragment to a waiting datagram: datagram_add. */
bool fragment_table_put(struct fragment_table *t, struct held_datagram *h,
                        const struct ip_packet *fragment) MUST_CHECK;

/* fragment_table_complete moves a waiting datagram to the complete ones. */
void fragment_table_complete(struct fragment_table *t, struct held_datagram *h);

/* fragment_table_forget frees a datagram of either kind. */
void fragment_table_forget(struct fragment_table *t, struct held_datagram *h);

#endif
