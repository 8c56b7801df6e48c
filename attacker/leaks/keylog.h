/*
 * keylog.h - a key log: secrets that one of the two programs wrote down itself.
 *
 * One line a secret, "LABEL <client random> <secret>" in hex. RFC 9850 (the SSLKEYLOGFILE format).
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KEYLOG_H
#define KEYFALL_ATTACKER_LEAKS_KEYLOG_H

#include "attacker/crypto/secret.h"
#include "attacker/leaks/answer.h"
#include "attacker/leaks/evidence.h"
#include "attacker/tls/handshake.h"
#include "capture/complaint.h"

struct keylog_line;

/* Zero is "none leaked". */
struct keylog {
    struct keylog_line *lines; /* sorted by label and client random */
    size_t num_lines;
    size_t room_for_lines;
};

/* keylog_load adds the lines of a file; labels that are not needed and comments are passed over.
 * False with *why when it can't be read, or when no line of it is a key log's. */
bool keylog_load(struct keylog *keylog, const char *path, struct complaint *why) MUST_CHECK;

void keylog_clear(struct keylog *keylog);

/* keylog_ask: *out is set with ANSWER_SECRET: a master, premaster or all traffic secrets. */
enum answer keylog_ask(const struct keylog *keylog, const struct handshake *h, struct secret *out,
                       struct evidence *e);

#endif
