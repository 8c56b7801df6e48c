/*
 * preface.h - what is said in the clear in front of TLS: STARTTLS and its kin, proxies, databases.
 */
#ifndef KEYFALL_TESTS_SUPPORT_PREFACE_H
#define KEYFALL_TESTS_SUPPORT_PREFACE_H

#include "capture/stream.h"
#include "tests/support/rewriter_segments.h"

#define PREFACE_MAX_TURNS 8

struct preface {
    const char *name;
    struct {
        enum side from;
        struct bytes said;
    } turns[PREFACE_MAX_TURNS]; /* up to the first empty one */
    bool in_one_segment;        /* the last turn shares its segment with the ClientHello */
};

#define NUM_PREFACES 14
extern const struct preface prefaces[NUM_PREFACES];

/* preface_put puts it in front of a conversation: `list` is a plain recording of one connection
 * that begins with its three segments without data. */
void preface_put(struct segments *list, const struct preface *preface);

#endif
