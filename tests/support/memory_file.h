/*
 * memory_file.h - a file that stands on no disk, for what only takes a path.
 */
#ifndef KEYFALL_TESTS_SUPPORT_MEMORY_FILE_H
#define KEYFALL_TESTS_SUPPORT_MEMORY_FILE_H

#include "capture/bytes.h"

struct memory_file {
    int descriptor;
    char *path;
};

/* memory_file_open makes one of these bytes. Ends with memory_file_close. */
void memory_file_open(struct memory_file *f, struct bytes content);
void memory_file_close(struct memory_file *f);

#endif
