/*
 * layout.h - text on a screen of 80 columns: wrapping, indenting, colour.
 */
#ifndef KEYFALL_ATTACKER_STORY_LAYOUT_H
#define KEYFALL_ATTACKER_STORY_LAYOUT_H

#include <stdio.h>

#include "capture/bytes.h"

#define LAYOUT_WIDTH 80

enum layout_colour {
    LAYOUT_PLAIN,
    LAYOUT_STRONG,
    LAYOUT_FAINT,
    LAYOUT_GREEN,
    LAYOUT_MAGENTA,
    LAYOUT_CYAN,
    LAYOUT_RED,
};

/* layout_colour starts a colour, layout_reset ends it; both do nothing when `on` is false. */
void layout_colour(FILE *out, bool on, enum layout_colour colour);
void layout_reset(FILE *out, bool on);

/* layout_wrap prints `text` in lines of at most LAYOUT_WIDTH columns, broken at blanks. The first
 * line starts at the cursor, which stands in column `indent`; the others are indented to it. */
void layout_wrap(FILE *out, size_t indent, const char *text);

/* layout_rule prints `title` and fills the line with dashes. */
void layout_rule(FILE *out, const char *title);

/* layout_heading prints an empty line and `words`, indented, in the colour of headings. */
void layout_heading(FILE *out, bool colour, const char *words);

/* layout_hex prints a hex dump, 16 bytes a line, indented. */
void layout_hex(FILE *out, size_t indent, struct bytes data);

#endif
