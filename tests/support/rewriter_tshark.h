/*
 * rewriter_tshark.h - what tshark finds in a recording, to be held against what the attacker finds.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_TSHARK_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_TSHARK_H

#include "tests/support/rewriter_talks.h"

/*
 * tshark_follow takes the decrypted bytes of a recording's first conversation, as tshark gives them
 * with these options: of whoever tshark takes for the one who began, and of the other. Both are for
 * buffer_clear, and empty where it opens nothing.
 */
void tshark_follow(struct buffer said[2], const char *recording, const char *options);

/* tshark_follow_all takes the first `num` conversations, as TCP carries them and as tshark decrypts
 * them. */
void tshark_follow_all(struct talks *carried, struct talks *opened, const char *recording,
                       const char *options, size_t num);
/* tshark_follow_plain takes what was said without TLS, in the same way. */
void tshark_follow_plain(struct buffer said[2], const char *recording);

#endif
