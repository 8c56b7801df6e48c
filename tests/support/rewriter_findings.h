/*
 * rewriter_findings.h - what the attacker finds in a recording, to be held against what it finds in
 * the same recording rewritten.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_FINDINGS_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_FINDINGS_H

#include <jansson.h>

#include "capture/alloc.h"

/* A fixture, and the leak that opens it. */
struct specimen {
    const char *name;
    const char *recording;
    const char *leak; /* options of the attacker */
    /* TLS 1.3: how many of the first sealed records of client and server are the handshake's */
    size_t hidden_records[2];
};

/* One of each way of sealing, and of each way in. */
#define NUM_SPECIMENS 8
extern const struct specimen specimens[NUM_SPECIMENS];

#define FINDINGS_MAX_SESSIONS 8

struct findings {
    int status;
    char *complaints; /* what was printed on standard error */
    json_t *sessions; /* empty when nothing could be read */
    json_t *summary;
    struct buffer said[FINDINGS_MAX_SESSIONS][2]; /* the extracted streams, client's and server's */
};

/* findings_take runs keyfall-attacker --json --extract. A crash fails the test. */
void findings_take(struct findings *out, const char *recording, const char *leak);

void findings_clear(struct findings *findings);

/*
 * findings_differ: null when the session with this number, from 0, is found as the first one of the
 * original, in all that does not depend on where and when packets were recorded. Otherwise a
 * sentence, to be freed.
 */
char *findings_differ(const struct findings *original, const struct findings *found,
                      size_t session);

#endif
