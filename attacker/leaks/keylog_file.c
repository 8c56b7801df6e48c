#include "attacker/leaks/keylog_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/alloc.h"

/* What is read at a time. */
#define PIECE_LEN 4096

struct keylog_file *keylog_file_new(const char *path)
{
    struct keylog_file *f = alloc_zero(sizeof(*f));

    f->path = alloc_text(path);
    return f;
}

void keylog_file_free(struct keylog_file *f)
{
    free(f->path);
    OPENSSL_cleanse(f, sizeof(*f));
    free(f);
}

/* --- Characters and lines ---------------------------------------------------------------- */

/* hand_over gives away a copy of the line, because it may have to be read once more. */
static void hand_over(struct keylog_file *f, keylog_take *take, void *context)
{
    char line[KEYLOG_MAX_LINE];

    memcpy(line, f->held, f->held_len);
    line[f->held_len] = '\0';
    take(context, f, line);
    OPENSSL_cleanse(line, f->held_len);
}

/* add_character is false when the line is too long. */
static bool add_character(struct keylog_file *f, char c, keylog_take *take, void *context)
{
    if (c == '\n' || c == '\r') {
        if (f->held_len > 0)
            hand_over(f, take, context);
        f->held_len = 0;
        return true;
    }
    if (f->held_len == sizeof(f->held) - 1)
        return false;
    if (c == '\0') /* which no key log has */
        c = '?';
    f->held[f->held_len++] = c;
    return true;
}

/* skip_mark tells the encoding from the first bytes, and passes over a byte order mark. Without
 * one, UTF-16 shows in the zeros of its letters. */
static void skip_mark(struct keylog_file *f, struct reader *r)
{
    struct reader ahead = *r;
    uint8_t first = 0;
    uint8_t second = 0;
    uint8_t third = 0;

    if (!reader_u8(&ahead, &first) || !reader_u8(&ahead, &second)) {
        f->encoding = KEYLOG_BYTES;
        return;
    }
    f->encoding = (first == 0xff && second == 0xfe) || (first != 0 && second == 0) ? KEYLOG_UTF16_LE
                  : (first == 0xfe && second == 0xff) || (first == 0 && second != 0)
                      ? KEYLOG_UTF16_BE
                      : KEYLOG_BYTES;
    if ((first >= 0xfe && second >= 0xfe) ||
        (first == 0xef && second == 0xbb && reader_u8(&ahead, &third) && third == 0xbf))
        *r = ahead;
}

/* next_character takes one; false when there is none, or half of one. */
static bool next_character(struct keylog_file *f, struct reader *r, char *out)
{
    uint8_t byte;

    if (!reader_u8(r, &byte))
        return false;
    if (f->encoding == KEYLOG_BYTES) {
        *out = (char)byte;
        return true;
    }
    if (!f->half) {
        f->half = true;
        f->first = byte;
        return next_character(f, r, out);
    }

    uint8_t low = f->encoding == KEYLOG_UTF16_LE ? f->first : byte;
    uint8_t high = f->encoding == KEYLOG_UTF16_LE ? byte : f->first;

    f->half = false;
    *out = '?';
    if (high == 0)
        *out = (char)low;
    return true;
}

static bool add_bytes(struct keylog_file *f, struct bytes piece, keylog_take *take, void *context)
{
    struct reader r = reader_of(piece);
    bool fits = true;
    char c;

    if (f->encoding == KEYLOG_NOT_KNOWN)
        skip_mark(f, &r);
    while (fits && next_character(f, &r, &c))
        fits = add_character(f, c, take, context);
    return fits;
}

/* --- The file ----------------------------------------------------------------------------- */

enum outcome_of_reading { READ_ALL, READ_FAILED, READ_TOO_LONG };

/* read_rest reads from f->read to the end. */
static enum outcome_of_reading read_rest(struct keylog_file *f, int file, keylog_take *take,
                                         void *context)
{
    uint8_t piece[PIECE_LEN];
    enum outcome_of_reading outcome = READ_ALL;
    ssize_t n = 1;

    while (outcome == READ_ALL && n > 0) {
        n = read(file, piece, sizeof(piece));
        if (n < 0 && errno == EINTR) {
            n = 1;
            continue;
        }
        if (n < 0)
            outcome = READ_FAILED;
        if (n <= 0)
            break;
        f->read += n;
        if (!add_bytes(f, bytes_of(piece, (size_t)n), take, context))
            outcome = READ_TOO_LONG;
    }
    OPENSSL_cleanse(piece, sizeof(piece));
    return outcome;
}

/* start_over: it is another file, or what was read is not in it any more. */
static void start_over(struct keylog_file *f, const struct stat *about)
{
    f->device = about->st_dev;
    f->inode = about->st_ino;
    f->read = 0;
    f->encoding = KEYLOG_NOT_KNOWN;
    f->context = (struct keylog_context){0};
    f->half = false;
    f->held_len = 0;
}

bool keylog_file_read(struct keylog_file *f, keylog_take *take, void *context,
                      struct complaint *why)
{
    int file = open(f->path, O_RDONLY | O_CLOEXEC);
    struct stat about;

    if (file < 0)
        return complaint_say(why, "%s: cannot be opened: %s", f->path, strerror(errno));

    bool readable = fstat(file, &about) == 0;
    if (readable)
        start_over(f, &about);

    enum outcome_of_reading outcome = readable ? read_rest(f, file, take, context) : READ_FAILED;

    (void)close(file);
    if (outcome == READ_TOO_LONG)
        return complaint_say(why, "%s: is not a key log: it has a line of over %d characters",
                             f->path, KEYLOG_MAX_LINE - 2);
    if (outcome == READ_FAILED)
        return complaint_say(why, "%s: cannot be read", f->path);
    /* It stays held: when the file grows, and it was not whole, it is read again as a whole. */
    if (f->held_len > 0)
        hand_over(f, take, context);
    return true;
}

void keylog_file_look_again(struct keylog_file *f, keylog_take *take, void *context)
{
    struct stat about;
    int file;

    if (stat(f->path, &about) != 0 || !S_ISREG(about.st_mode))
        return;
    if (about.st_dev != f->device || about.st_ino != f->inode || about.st_size < f->read)
        start_over(f, &about);
    if (about.st_size == f->read)
        return;
    file = open(f->path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    if (lseek(file, f->read, SEEK_SET) == f->read &&
        read_rest(f, file, take, context) == READ_TOO_LONG)
        f->held_len = 0;
    (void)close(file);
}
