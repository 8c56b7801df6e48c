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
    /* CBC of TLS 1.0: of the record in front, its last block is needed, and behind that stands with
     * encrypt-then-MAC the MAC; 0 for the others */
    size_t block;
    size_t mac_behind;
};

/* One of each way of sealing, of each way in, and of each TLS stack. */
#define NUM_SPECIMENS 14
extern const struct specimen specimens[NUM_SPECIMENS];

#define FINDINGS_MAX_SESSIONS 32

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

/* findings_say: are these the first session's two streams, in whichever order? */
bool findings_say(const struct findings *findings, const struct buffer said[2]);

/*
 * findings_differ: null when the session with this number, from 0, is found as the first one of the
 * original, in all that does not depend on where and when packets were recorded. Otherwise a
 * sentence, to be freed.
 */
char *findings_differ(const struct findings *original, const struct findings *found,
                      size_t session);

#endif
