#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "capture/alloc.h"

/* What is asked of the system at a time. More gains nothing; less, and calls begin to count. */
#define INPUT_CHUNK ((size_t)64 * 1024)

/* zlib's largest window, and, added to it, its word for "in the format of gzip". */
enum { GZIP_WINDOW = 15 + 16 };

struct input {
    int fd;
    char *name;
    uint8_t *raw;       /* INPUT_CHUNK bytes, as they are in the file */
    struct reader left; /* of those, the ones that were not taken yet */
    bool compressed;
    uint64_t num_members; /* of the compressed stream that have ended */
    z_stream inflater;    /* its totals are those of the member that is being read */
    uint8_t magic[INPUT_MAGIC_LEN];
    size_t magic_len;
    size_t magic_taken;
    char *damage;
    void (*idle)(void *context); /* or NULL */
    void *idle_context;
    uint64_t idle_ms; /* when it was called last */
};

/* --- What is in the file ------------------------------------------------------ */

static void note_damage(struct input *i, char *sentence)
{
    if (i->damage)
        free(sentence);
    else
        i->damage = sentence;
}

static uint64_t now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* await waits for something to read, and calls `idle` whenever it is time. */
static void await(struct input *i)
{
    struct pollfd waiting = {.fd = i->fd, .events = POLLIN};
    int ready;

    do {
        ready = poll(&waiting, 1, INPUT_IDLE_MS);
        if (now_ms() - i->idle_ms >= INPUT_IDLE_MS) {
            i->idle(i->idle_context);
            i->idle_ms = now_ms();
        }
    } while (ready == 0);
}

/* read_some reads what is there; 0 at the end, or where no more can be read. */
static size_t read_some(struct input *i, void *out, size_t len)
{
    ssize_t n;

    if (i->idle)
        await(i);
    do {
        n = read(i->fd, out, len);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        note_damage(i, alloc_format("it can't be read any further: %s", strerror(errno)));
    return n < 0 ? 0 : (size_t)n;
}

/* refill: are there bytes left, or any more to be had? */
static bool refill(struct input *i)
{
    if (reader_done(&i->left))
        i->left = reader_of(bytes_of(i->raw, read_some(i, i->raw, INPUT_CHUNK)));
    return !reader_done(&i->left);
}

/* take_plain hands on what is there already, or reads straight to where it is wanted. */
static size_t take_plain(struct input *i, void *out, size_t len)
{
    if (reader_done(&i->left))
        return read_some(i, out, len);

    size_t n = len < i->left.left.len ? len : i->left.left.len;

    return reader_copy(&i->left, out, n) ? n : 0;
}

/* --- What it is when decompressed ------------------------------------------------- */

/* ends_between_members: the file ends where a member may begin, or behind too little to be one. */
static bool ends_between_members(const struct input *i)
{
    return i->num_members > 0 && i->inflater.total_in < 2;
}

/* inflate_raw decompresses what is left of the raw bytes; *produced is how many they became. */
static int inflate_raw(struct input *i, void *out, size_t len, size_t *produced)
{
    z_stream *z = &i->inflater;

    z->next_in = unconst(i->left.left.at);
    z->avail_in = (uInt)i->left.left.len;
    z->next_out = out;
    z->avail_out = (uInt)len;

    int answer = inflate(z, Z_NO_FLUSH);

    *produced = len - z->avail_out;
    return reader_skip(&i->left, i->left.left.len - z->avail_in) ? answer : Z_STREAM_ERROR;
}

/* inflate_some goes on with the compressed stream; false when nothing more comes. */
static bool inflate_some(struct input *i, void *out, size_t len, size_t *produced)
{
    if (!refill(i)) {
        if (!ends_between_members(i))
            note_damage(i, alloc_text("it ends in the middle of its gzip compression"));
        return false;
    }
    switch (inflate_raw(i, out, len, produced)) {
    case Z_OK:
    case Z_BUF_ERROR: /* "give me more" */
        return true;
    case Z_STREAM_END:
        i->num_members++;
        return inflateReset(&i->inflater) == Z_OK;
    case Z_DATA_ERROR:
        if (i->num_members > 0 && i->inflater.total_out == 0)
            return false; /* what follows on a member is none: gzip itself leaves it out, too */
        break;
    default:
        break;
    }
    note_damage(i, alloc_format("its gzip compression is damaged (%s)",
                                i->inflater.msg ? i->inflater.msg : "no known method"));
    return false;
}

static size_t take_inflated(struct input *i, void *out, size_t len)
{
    size_t produced = 0;

    if (len > INPUT_CHUNK)
        len = INPUT_CHUNK; /* zlib counts in fewer bits */
    while (produced == 0 && !i->damage && inflate_some(i, out, len, &produced))
        ;
    return produced;
}

static size_t take(struct input *i, void *out, size_t len)
{
    return i->compressed ? take_inflated(i, out, len) : take_plain(i, out, len);
}

/* --- The stream ---------------------------------------------------------------------- */

static ssize_t on_read(void *cookie, char *out, size_t len)
{
    struct input *i = cookie;
    size_t looked_at = i->magic_len - i->magic_taken;

    if (looked_at == 0)
        return (ssize_t)take(i, out, len);
    if (len > looked_at)
        len = looked_at;
    memcpy(out, i->magic + i->magic_taken, len);
    i->magic_taken += len;
    return (ssize_t)len;
}

FILE *input_stream(struct input *i)
{
    const cookie_io_functions_t functions = {.read = on_read};
    FILE *stream = fopencookie(i, "r", functions);

    if (stream)
        (void)setvbuf(stream, NULL, _IOFBF, INPUT_CHUNK); /* slower without, and not wrong */
    return stream;
}

/* --- The beginning --------------------------------------------------------------------- */

/* has_prefix looks at the raw bytes. */
static bool has_prefix(const struct input *i, const char *prefix, size_t len)
{
    return bytes_equal(bytes_first(i->left.left, len), bytes_of(prefix, len));
}

/* say_compression names a compression that is not read. */
static bool say_compression(const struct input *i, struct complaint *why)
{
    static const struct {
        const char *prefix;
        size_t len;
        const char *name;
        const char *command;
    } others[] = {
        {"\x28\xb5\x2f\xfd", 4, "zstd", "zstdcat"},
        {"\x04\x22\x4d\x18", 4, "LZ4", "lz4cat"},
        {"\xfd"
         "7zXZ",
         5, "xz", "xzcat"},
        {"BZh", 3, "bzip2", "bzcat"},
        {"PK\x03\x04", 4, "zip", "unzip -p"},
    };

    for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++) {
        if (has_prefix(i, others[k].prefix, others[k].len)) {
            (void)complaint_say(why,
                                "%s: is compressed with %s, which is not read here; decompress it "
                                "on the way: %s FILE | keyfall-attacker -",
                                i->name, others[k].name, others[k].command);
            return true;
        }
    }
    return false;
}

static bool begin_inflating(struct input *i, struct complaint *why)
{
    i->compressed = inflateInit2(&i->inflater, GZIP_WINDOW) == Z_OK;
    return i->compressed || complaint_say(why, "%s: zlib can't be used here", i->name);
}

/* look_ahead takes the magic number in front of what the stream's reader takes. */
static bool look_ahead(struct input *i, struct complaint *why)
{
    size_t n;
    size_t len = 0;

    while (len < sizeof(i->magic) && (n = take(i, i->magic + len, sizeof(i->magic) - len)) > 0)
        len += n;
    i->magic_len = len;
    if (len > 0)
        return true;
    if (i->damage)
        return complaint_say(why, "%s: can't be read: %s", i->name, i->damage);
    return complaint_say(why,
                         "%s: is empty; stop the recording program with Ctrl-C, so that it writes "
                         "what it holds, and record again",
                         i->name);
}

/* fill_raw reads until a compression could be told; from a pipe the first bytes may come one by
 * one. */
static void fill_raw(struct input *i)
{
    const size_t longest_prefix = 5;
    size_t n;
    size_t len = 0;

    while (len < longest_prefix && (n = read_some(i, i->raw + len, INPUT_CHUNK - len)) > 0)
        len += n;
    i->left = reader_of(bytes_of(i->raw, len));
}

static bool begin(struct input *i, struct complaint *why)
{
    struct stat about;

    if (i->fd < 0)
        return complaint_say(why, "%s: can't be opened: %s", i->name, strerror(errno));
    if (fstat(i->fd, &about) == 0 && S_ISDIR(about.st_mode))
        return complaint_say(why, "%s: is a directory; name the capture files in it", i->name);
    fill_raw(i);
    if (say_compression(i, why) || (has_prefix(i, "\x1f\x8b", 2) && !begin_inflating(i, why)))
        return false;
    return look_ahead(i, why);
}

struct input *input_open(const char *path, struct complaint *why)
{
    struct input *i = alloc_zero(sizeof(*i));
    bool standard = strcmp(path, "-") == 0;

    i->name = alloc_text(standard ? "standard input" : path);
    i->raw = alloc_zero(INPUT_CHUNK);
    i->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (begin(i, why))
        return i;
    input_close(i);
    return NULL;
}

void input_on_idle(struct input *i, void (*idle)(void *context), void *context)
{
    struct stat about;

    if (fstat(i->fd, &about) == 0 && S_ISREG(about.st_mode))
        return;
    i->idle = idle;
    i->idle_context = context;
    i->idle_ms = now_ms();
}

const char *input_name(const struct input *i)
{
    return i->name;
}

struct bytes input_magic(const struct input *i)
{
    return bytes_of(i->magic, i->magic_len);
}

const char *input_damage(const struct input *i)
{
    return i->damage;
}

void input_close(struct input *i)
{
    if (!i)
        return;
    if (i->compressed)
        (void)inflateEnd(&i->inflater);
    if (i->fd > STDIN_FILENO)
        (void)close(i->fd);
    free(i->damage);
    free(i->name);
    free(i->raw);
    free(i);
}
