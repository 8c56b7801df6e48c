/*
 * printed.h - what a function printed, as a string.
 */
#ifndef KEYFALL_TESTS_SUPPORT_PRINTED_H
#define KEYFALL_TESTS_SUPPORT_PRINTED_H

#include <stddef.h>
#include <stdio.h>

/* Zero is a sheet that was not begun. */
struct sheet {
    FILE *out; /* print here */
    char *text;
    size_t len;
};

/* sheet_begin opens it; sheet_end closes it, so that `text` is there; sheet_free frees it. */
void sheet_begin(struct sheet *s);
void sheet_end(struct sheet *s);
void sheet_free(struct sheet *s);

/* widest_line is the number of characters (of UTF-8) in the longest line. */
size_t widest_line(const char *text);

/* num_lines counts the line feeds. */
size_t num_lines(const char *text);

#endif
