/*
 * evidence.h - what was tried, and what came of it, in order.
 *
 * A verdict that cannot be checked is an opinion. So every step names the frame it stands in, and a
 * listener can look it up in Wireshark. The texts are ours; bytes from the wire get into them as
 * hex only.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_EVIDENCE_H
#define KEYFALL_ATTACKER_LEAKS_EVIDENCE_H

#include "capture/bytes.h"

/* An attack has some ten steps; a session with many leaks tried on it has more. What would not fit
 * is left out, the first steps being the ones that explain. */
#define EVIDENCE_MAX_STEPS 64

struct evidence_step {
    uint64_t frame; /* 0 when it stands in none */
    const char *step;
    char *result;
};

/* Zero is "nothing was tried". */
struct evidence {
    struct evidence_step steps[EVIDENCE_MAX_STEPS];
    size_t num_steps;
};

/* evidence_add appends a step: `step` lives as long as the program, the result is printf's. */
void evidence_add(struct evidence *e, uint64_t frame, const char *step, const char *result, ...)
    __attribute__((format(printf, 4, 5)));

void evidence_clear(struct evidence *e);

#define EVIDENCE_HEX_SIZE 64

/* evidence_hex writes the first bytes of `b` as "8f3a 01c2 ..." and returns `out`. */
char *evidence_hex(struct bytes b, char out[static EVIDENCE_HEX_SIZE]);

#endif
