/*
 * keylog_file.h - a file that is read line by line, and looked at again when it has grown.
 *
 * A program that writes a key log goes on writing while we read its packets. So the place up to
 * which the file was read is kept: when it has grown, only what is new is read, and a line whose
 * end is not there yet waits for it. A file that was replaced or has become shorter is read from
 * its beginning. Lines end as any system ends them; text may be UTF-16, as PowerShell writes it,
 * and begin with a byte order mark. Next: keylog_line.h, what a line says.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KEYLOG_FILE_H
#define KEYFALL_ATTACKER_LEAKS_KEYLOG_FILE_H

#include <sys/types.h>

#include "attacker/leaks/keylog_line.h"
#include "capture/complaint.h"

enum keylog_encoding { KEYLOG_NOT_KNOWN, KEYLOG_BYTES, KEYLOG_UTF16_LE, KEYLOG_UTF16_BE };

struct keylog_file {
    struct keylog_file *next; /* the owner's */
    char *path;
    dev_t device; /* which file it was */
    ino_t inode;
    off_t read; /* bytes of it that were read */
    enum keylog_encoding encoding;
    struct keylog_context context;
    bool half;       /* UTF-16: `first` is half of a character */
    uint8_t first;   /* and the other half comes next */
    size_t held_len; /* of the line that has not ended yet */
    char held[KEYLOG_MAX_LINE];
};

/* Who takes the lines. The text may be changed. */
typedef void keylog_take(void *context, struct keylog_file *f, char *line);

/* keylog_file_new: nothing is read yet. Freed by keylog_file_free. */
struct keylog_file *keylog_file_new(const char *path);

/* keylog_file_read hands over all lines, the last one also when it has not ended. False with *why
 * when it can't be read, or when a line is longer than any of a key log. */
bool keylog_file_read(struct keylog_file *f, keylog_take *take, void *context,
                      struct complaint *why) MUST_CHECK;

/* keylog_file_look_again hands over the lines that have come, if any. */
void keylog_file_look_again(struct keylog_file *f, keylog_take *take, void *context);

/* keylog_file_free wipes what it holds. */
void keylog_file_free(struct keylog_file *f);

#endif
