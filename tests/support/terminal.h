/*
 * terminal.h - a pseudo-terminal's other end: typing, and looking at what is shown.
 */
#ifndef KEYFALL_TESTS_SUPPORT_TERMINAL_H
#define KEYFALL_TESTS_SUPPORT_TERMINAL_H

#include "capture/alloc.h"

void terminal_type(int terminal, const char *keys);

/* terminal_read adds what is shown within so many milliseconds, or until the other end closes;
 * with `text`, no longer than until that was shown. A zero that is not counted ends it. */
void terminal_read(int terminal, struct buffer *shown, const char *text, int ms);

#endif
