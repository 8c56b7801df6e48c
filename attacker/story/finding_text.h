/*
 * finding_text.h - what stayed in use (see exposure.h), in words.
 */
#ifndef KEYFALL_ATTACKER_STORY_FINDING_TEXT_H
#define KEYFALL_ATTACKER_STORY_FINDING_TEXT_H

#include <stdio.h>

#include "attacker/story/exposure.h"

/* Findings that the story for people tells of, the first ones; the others are counted. */
#define FINDING_TEXT_MAX_TOLD 20

/* finding_text_kind is the word for scripts. */
const char *finding_text_kind(enum exposure_kind kind);

/* finding_text_key_name writes the name of a ticket key in hex, and returns `out`. */
char *finding_text_key_name(const struct exposed *x,
                            char out[static 2 * EXPOSURE_KEY_NAME_LEN + 1]);

/* finding_text_new is one plain sentence, to be freed with free(). */
char *finding_text_new(const struct exposed *x) __attribute__((returns_nonnull));

/* finding_text_print tells of the public values that were used again. */
void finding_text_print(FILE *out, bool colour, const struct exposure *e);

#endif
