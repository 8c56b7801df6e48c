/*
 * rewriter.h - a recording, as another network and another recorder would have written it.
 *
 *     segments_read -> change, change -> packets_of_segments -> packets_fragment -> packets_tunnel
 *                   -> packets_link -> packets_snap -> packets_write
 *
 * A rewriting says what each of these stages does; zero is to do nothing.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_H

#include "tests/support/rewriter_file.h"
#include "tests/support/rewriter_fragments.h"
#include "tests/support/rewriter_links.h"
#include "tests/support/rewriter_tcp.h"
#include "tests/support/rewriter_tunnels.h"

#define REWRITING_MAX_CHANGES 3

struct rewriting {
    const char *name;
    struct {
        change *apply;
        size_t amount;
    } changes[REWRITING_MAX_CHANGES]; /* in this order, up to the first NULL */
    enum ip_form ip;
    enum fragment_order fragments;
    enum tunnel tunnel;
    enum link_form link;
    size_t snap_length;
    enum file_form file;
    size_t num_sessions; /* how many of them are in it then; 0 means as many as before */
    bool warns;          /* a reader should say that it met something odd */
};

/* rewrite writes the recording at `from` anew to `to`. */
void rewrite(const struct rewriting *how, const char *from, const char *to);

/* rewrite_segments does it with a list that was read before; the list is changed. */
void rewrite_segments(const struct rewriting *how, struct segments *list, const char *to);

#endif
