/*
 * complaint.h - what is wrong, and what to do: one sentence for the person at the keyboard.
 *
 * A function that can fail for a reason a person should hear fills a complaint and returns false.
 * Only a main.c prints it, behind the program's name, and decides on the exit status.
 */
#ifndef KEYFALL_CAPTURE_COMPLAINT_H
#define KEYFALL_CAPTURE_COMPLAINT_H

#include <stdbool.h>

/* Long enough for two paths and two sentences; a longer text is cut at the end. */
#define COMPLAINT_SIZE 1024

struct complaint {
    char text[COMPLAINT_SIZE];
};

/*
 * complaint_say writes "FILE: what is wrong, and what to do" and returns false, so that a failing
 * function can end with `return complaint_say(why, ...)`. Control characters that arrive by way of
 * a file name are replaced by '?', because the text goes to a terminal.
 */
bool complaint_say(struct complaint *why, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
