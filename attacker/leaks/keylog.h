/*
 * keylog.h - a key log: secrets that one of the two programs wrote down itself.
 *
 * One line a secret, see keylog_line.h. RFC 9850 (the SSLKEYLOGFILE format).
 *
 * The program that writes it may be running still, and its line for a session arrive a moment after
 * the handshake. So whoever reads packets as they are recorded lets the key log be looked at again,
 * and asks once more for the sessions that it did not know.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KEYLOG_H
#define KEYFALL_ATTACKER_LEAKS_KEYLOG_H

#include "attacker/crypto/secret.h"
#include "attacker/leaks/answer.h"
#include "attacker/leaks/evidence.h"
#include "attacker/leaks/keylog_file.h"
#include "attacker/tls/handshake.h"
#include "capture/complaint.h"

/*
 * Lines that a recording itself may hold: some 60 MB of them. A key log that somebody gives is as
 * long as he likes, but whoever made the recording must not decide how much memory it takes; and no
 * recording that can be worked with has a quarter of a million sessions of its own with their keys.
 */
#define KEYLOG_MAX_EMBEDDED ((size_t)256 * 1024)

struct keylog_line;
struct keyed_hash;

/* Zero is "none leaked". */
struct keylog {
    struct keylog_line *lines; /* uthash: by label and client random */
    struct keyed_hash *hash;   /* made with the first line */
    struct keylog_file *files; /* those that were named as key logs */
    size_t num_given;          /* lines of files that were named as key logs */
    size_t num_embedded;       /* lines that were found in a recording */
    size_t num_left_out;       /* beyond KEYLOG_MAX_EMBEDDED */
};

/* keylog_load adds the lines of a file; labels that are not needed and comments are passed over.
 * False with *why when it can't be read, or when no line of it is a key log's. */
bool keylog_load(struct keylog *keylog, const char *path, struct complaint *why) MUST_CHECK;

/* keylog_look_again adds the lines that have come to the files since. */
void keylog_look_again(struct keylog *keylog);

/* keylog_num_lines is how many it has; as long as that is the same, asking again is of no use. */
size_t keylog_num_lines(const struct keylog *keylog);

/* keylog_add_embedded adds the lines of `text`, which stood in a recording. What is no key log's
 * line is passed over. */
void keylog_add_embedded(struct keylog *keylog, struct bytes text);

void keylog_clear(struct keylog *keylog);

/* What key logs call a master secret, and the secrets of TLS 1.3. RFC 9850 section 2. */
const char *keylog_label_of_master(void);
const char *keylog_label_of_traffic(enum traffic_label which);
const char *keylog_label_of_early(void);

/* keylog_ask: *out is set with ANSWER_SECRET: a master or premaster secret, or those traffic
 * secrets that it has. */
enum answer keylog_ask(const struct keylog *keylog, const struct handshake *h, struct secret *out,
                       struct evidence *e);

/* keylog_early: *out is a view of the secret of this client's early data, which may be all that the
 * key log has; false when it is not there. */
bool keylog_early(const struct keylog *keylog, const struct handshake *h,
                  struct bytes *out) MUST_CHECK;

/* keylog_ask_again is for whoever had no answer, when lines have come since. Nothing is added to
 * *e when there is still none. */
bool keylog_ask_again(const struct keylog *keylog, const struct handshake *h, struct secret *out,
                      struct evidence *e) MUST_CHECK;

#endif
