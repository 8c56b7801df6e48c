/*
 * terms.h - who spoke with whom, and what did they agree on? The beginning of every session's
 * story.
 */
#ifndef KEYFALL_ATTACKER_STORY_TERMS_H
#define KEYFALL_ATTACKER_STORY_TERMS_H

#include <stdio.h>

#include "attacker/session.h"

/* terms_print_title prints the line between this session and the one before. */
void terms_print_title(FILE *out, bool colour, const struct session *s, uint64_t id);

/* terms_print prints what the two agreed on. */
void terms_print(FILE *out, const struct session *s);

#endif
