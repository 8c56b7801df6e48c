/*
 * audit_table.h - the end of an audit, for people: how much of the recording falls with which leak,
 * server by server, and for how long one secret stayed in use.
 */
#ifndef KEYFALL_ATTACKER_STORY_AUDIT_TABLE_H
#define KEYFALL_ATTACKER_STORY_AUDIT_TABLE_H

#include <stdio.h>

#include "attacker/story/survey.h"

/* audit_table_print keeps within LAYOUT_WIDTH columns. */
void audit_table_print(FILE *out, bool colour, const struct survey *v);

#endif
