/*
 * output_file.h - the one file that an output writes, or standard output.
 */
#ifndef KEYFALL_ATTACKER_STORY_OUTPUT_FILE_H
#define KEYFALL_ATTACKER_STORY_OUTPUT_FILE_H

#include <stdio.h>

#include "capture/bytes.h"
#include "capture/complaint.h"

/* Who may read it. */
enum output_readers {
    OUTPUT_FOR_ALL,       /* as the umask says */
    OUTPUT_FOR_ITS_OWNER, /* it holds secrets: mode 0600, also when it was there before */
};

/* output_file_open makes `path` anew, "-" being standard output. NULL with *why filled when it
 * can't be written. Closed by output_file_close. */
FILE *output_file_open(const char *path, enum output_readers readers,
                       struct complaint *why) MUST_CHECK;

/* output_file_close; standard output is only flushed. False with *why filled when not everything
 * could be written. */
bool output_file_close(FILE *file, const char *path, struct complaint *why) MUST_CHECK;

/* output_file_fail says of `path` what errno says. False. */
bool output_file_fail(const char *path, struct complaint *why);

/* output_file_same: are these one and the same file, under whatever names? */
bool output_file_same(const char *path, const char *other);

#endif
