#include "tests/support/rewriter.h"

/* No packet of the fixtures is so small that nothing is cut, and 8 divides it. */
enum { FRAGMENT_SIZE = 24 };

void rewrite_segments(const struct rewriting *how, struct segments *list, const char *to)
{
    struct packets packets;

    for (size_t i = 0; i < REWRITING_MAX_CHANGES && how->changes[i].apply; i++)
        how->changes[i].apply(list, how->changes[i].amount);
    packets_of_segments(&packets, list, how->ip);
    packets_fragment(&packets, how->fragments, FRAGMENT_SIZE);
    packets_tunnel(&packets, how->tunnel);

    uint32_t link_type = packets_link(&packets, how->link);
    packets_snap(&packets, how->snap_length);
    packets_write(&packets, to, link_type, how->file);
    packets_clear(&packets);
}

void rewrite(const struct rewriting *how, const char *from, const char *to)
{
    struct segments list;

    segments_read(&list, from);
    rewrite_segments(how, &list, to);
    segments_clear(&list);
}
