/*
 * escape.h - bytes from the wire, made fit to be seen.
 *
 * A recording may hold anything: terminal commands, text that runs backwards, broken UTF-8. Nothing
 * of that reaches a terminal: what is not plain, printable text becomes \xNN.
 */
#ifndef KEYFALL_ATTACKER_STORY_ESCAPE_H
#define KEYFALL_ATTACKER_STORY_ESCAPE_H

#include "capture/alloc.h"

/*
 * escape_text appends `raw` to *out as valid UTF-8 without control, format or bidirectional
 * characters. Line feeds stay where `lines` says so.
 */
void escape_text(struct buffer *out, struct bytes raw, bool lines);

/* escape_new returns the same as a string to be freed with free(), without line feeds. */
char *escape_new(struct bytes raw);

/* escape_is_text: is this something that people could read, rather than a picture or a key? */
bool escape_is_text(struct bytes raw);

/* escape_next_character takes one UTF-8 character, as a view; false when the next byte begins none
 * that may be shown. */
bool escape_next_character(struct reader *r, struct bytes *character) MUST_CHECK;

#endif
