#include "capture/series.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/alloc.h"
#include "capture/packet_file.h"
#include "capture/privileges.h"

enum { NUM_DIGITS = 5 };

static const uint64_t NS_PER_SECOND = 1000000000;
static const uint64_t NS_PER_US = 1000;

struct series {
    const struct capture_options *options;
    pcap_t *format;
    char *stem;               /* of several: what is in front of the number */
    const char *extension;    /* and behind it, with its dot; a view into options->file */
    struct packet_file *file; /* the current one; NULL: none yet, or none any more */
    char *name;               /* its name, for sentences */
    uint64_t first;           /* number of the oldest file that is kept */
    uint64_t last;            /* and of the current one; 0: none yet */
    uint64_t begun_ns;        /* time of the first packet in the current file */
    uint64_t packets;         /* in the files before it */
    uint64_t len;             /* bytes in the files before it */
};

static bool is_several(const struct series *s)
{
    return s->stem;
}

/* --- Names ------------------------------------------------------------------------------------ */

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* split_name finds the extension: "rec.pcap" is rec and .pcap, ".rec" is .rec without one. */
static void split_name(struct series *s, const char *path)
{
    const char *base = base_of(path);
    const char *dot = strrchr(base, '.');

    s->extension = dot && dot != base ? dot : path + strlen(path);
    s->stem = alloc_format("%.*s", (int)(s->extension - path), path);
}

static char *name_of(const struct series *s, uint64_t number)
{
    return alloc_format("%s-%0*llu%s", s->stem, NUM_DIGITS, (unsigned long long)number,
                        s->extension);
}

static char *folder_of(const char *path)
{
    const char *base = base_of(path);

    if (base == path)
        return alloc_text(".");
    if (base == path + 1)
        return alloc_text("/");
    return alloc_format("%.*s", (int)(base - path) - 1, path);
}

/* has_name: could this entry of the folder be a file of the series? */
static bool has_name(const struct series *s, const char *entry)
{
    const char *stem = base_of(s->stem);
    size_t stem_len = strlen(stem);

    if (strncmp(entry, stem, stem_len) != 0 || entry[stem_len] != '-')
        return false;

    const char *digits = entry + stem_len + 1;
    size_t num_digits = strspn(digits, "0123456789");

    return num_digits >= NUM_DIGITS && strcmp(digits + num_digits, s->extension) == 0;
}

/* --- Opening ---------------------------------------------------------------------------------- */

/* give_to_user: the file that root made for the user who called sudo is that user's. */
static bool give_to_user(FILE *stream, const char *path, struct complaint *why)
{
    struct user user;

    if (!getenv("SUDO_UID") || !privileges_next_user(&user, 0) ||
        fchown(fileno(stream), user.uid, user.gid) == 0)
        return true;
    return complaint_say(why, "%s: can't be given to its user: %s", path, strerror(errno));
}

/*
 * open_path gives away only what it makes itself. What was there keeps its owner: it may be
 * /dev/null, or somebody else's; and so does what a link leads to, because that may be anywhere.
 */
static FILE *open_path(const char *path, struct complaint *why)
{
    FILE *stream = fopen(path, "wbxe"); /* x: it must be new, and no link */
    bool is_new = stream;

    if (!stream && errno == EEXIST)
        stream = fopen(path, "wbe");
    if (!stream) {
        (void)complaint_say(why, "%s: can't be written: %s", path, strerror(errno));
        return NULL;
    }
    if (!is_new || give_to_user(stream, path, why))
        return stream;
    (void)fclose(stream);
    return NULL;
}

static FILE *open_stdout(struct complaint *why)
{
    if (!isatty(STDOUT_FILENO))
        return stdout;
    (void)complaint_say(why, "standard output is a terminal; name a file, or send the packets on "
                             "with |");
    return NULL;
}

/* open_single opens the one file of a recording that has no more. */
static bool open_single(struct series *s, struct complaint *why)
{
    bool to_stdout = strcmp(s->options->file, "-") == 0;
    FILE *stream = to_stdout ? open_stdout(why) : open_path(s->options->file, why);

    s->name = alloc_text(to_stdout ? "standard output" : s->options->file);
    s->file = stream ? packet_file_new(s->format, stream, s->name, why) : NULL;
    return s->file;
}

struct series *series_new(const struct capture_options *o, pcap_t *format, struct complaint *why)
{
    struct series *s = alloc_zero(sizeof(*s));

    s->options = o;
    s->format = format;
    s->first = 1;
    if (o->file_size > 0 || o->file_ns > 0)
        split_name(s, o->file);
    if (is_several(s) || open_single(s, why))
        return s;
    series_free(s);
    return NULL;
}

uid_t series_owner(const struct series *s)
{
    struct stat about;
    char *folder = folder_of(s->options->file);
    bool known = is_several(s) && stat(folder, &about) == 0;

    free(folder);
    return known ? about.st_uid : 0;
}

/* --- The first of several --------------------------------------------------------------------- */

static bool refuse_folder(const struct series *s, int error, struct complaint *why)
{
    char *folder = folder_of(s->options->file);
    const struct passwd *user = getpwuid(geteuid());
    char *name = user ? alloc_text(user->pw_name) : alloc_format("%u", (unsigned)geteuid());

    if (error == EACCES || error == EPERM)
        (void)complaint_say(why,
                            "%s: the user %s, as whom keyfall-capture records, can't make files in "
                            "this folder; name one of %s's behind -w, made for example with: sudo "
                            "install -d -o %s /var/tmp/keyfall",
                            folder, name, name, name);
    else
        (void)complaint_say(why, "%s: no files can be made in this folder: %s", folder,
                            strerror(error));
    free(name);
    free(folder);
    return false;
}

/* find_old answers the name of a file of an earlier recording, to be freed, or NULL. */
static char *find_old(const struct series *s, DIR *folder)
{
    const struct dirent *entry;
    char *found = NULL;

    while ((entry = readdir(folder))) {
        if (!has_name(s, entry->d_name) || (found && strcmp(entry->d_name, found) > 0))
            continue;
        free(found);
        found = alloc_text(entry->d_name);
    }
    return found;
}

static bool refuse_old(struct complaint *why, const char *name)
{
    return complaint_say(why,
                         "%s: is there already and would be read as a part of this recording; move "
                         "such files away, or choose another name behind -w",
                         name);
}

static bool is_without_old(const struct series *s, struct complaint *why)
{
    char *path = folder_of(s->options->file);
    DIR *folder = opendir(path);
    int error = errno;

    free(path);
    if (!folder)
        return refuse_folder(s, error, why);

    char *old = find_old(s, folder);

    (void)closedir(folder);
    if (!old)
        return true;
    (void)refuse_old(why, old);
    free(old);
    return false;
}

/* open_next begins the file behind the current one. */
static bool open_next(struct series *s, struct complaint *why)
{
    char *name = name_of(s, s->last + 1);
    FILE *stream = fopen(name, "wbxe"); /* x: it must be new */
    int error = errno;

    free(s->name);
    s->name = name;
    if (!stream)
        return error == EEXIST ? refuse_old(why, name) : refuse_folder(s, error, why);
    s->file = packet_file_new(s->format, stream, name, why);
    if (s->file)
        s->last++;
    else
        (void)unlink(name); /* it is ours, and not even a file header is in it */
    return s->file;
}

bool series_begin(struct series *s, struct complaint *why)
{
    return !is_several(s) || (is_without_old(s, why) && open_next(s, why));
}

/* --- One behind the other --------------------------------------------------------------------- */

/* time_of is a packet's time; libpcap's fraction is nanoseconds where they were asked for. */
static uint64_t time_of(const struct series *s, const struct pcap_pkthdr *header)
{
    bool nano = pcap_get_tstamp_precision(s->format) == PCAP_TSTAMP_PRECISION_NANO;

    return (uint64_t)header->ts.tv_sec * NS_PER_SECOND +
           (uint64_t)header->ts.tv_usec * (nano ? 1 : NS_PER_US);
}

/* A clock that was set back begins the count anew. */
static bool is_too_old(struct series *s, uint64_t now_ns)
{
    if (now_ns < s->begun_ns)
        s->begun_ns = now_ns;
    return s->options->file_ns > 0 && now_ns - s->begun_ns >= s->options->file_ns;
}

/* is_full: does this packet belong into the next file? The first of a file never does. */
static bool is_full(struct series *s, const struct pcap_pkthdr *header)
{
    uint64_t max = s->options->file_size;

    if (!is_several(s))
        return false;
    if (packet_file_packets(s->file) == 0) {
        s->begun_ns = time_of(s, header);
        return false;
    }
    return is_too_old(s, time_of(s, header)) ||
           (max > 0 && packet_file_len(s->file) + packet_record_len(header) > max);
}

static bool delete_oldest(struct series *s, struct complaint *why)
{
    char *name = name_of(s, s->first);
    bool gone = unlink(name) == 0 || errno == ENOENT;

    if (gone)
        s->first++;
    else
        (void)complaint_say(why, "%s: can't be deleted: %s; the files that are there can be read",
                            name, strerror(errno));
    free(name);
    return gone;
}

bool series_add(struct series *s, const struct pcap_pkthdr *header, const uint8_t *data,
                struct complaint *why)
{
    uint64_t kept = s->last - s->first + 1;

    if (is_full(s, header)) {
        if (!series_close(s, why) || (kept == s->options->num_files && !delete_oldest(s, why)) ||
            !open_next(s, why))
            return false;
        s->begun_ns = time_of(s, header);
    }
    return packet_file_add(s->file, header, data, why);
}

bool series_flush(struct series *s, struct complaint *why)
{
    return packet_file_flush(s->file, why);
}

/* --- What there is ---------------------------------------------------------------------------- */

uint64_t series_packets(const struct series *s)
{
    return s->packets + (s->file ? packet_file_packets(s->file) : 0);
}

uint64_t series_len(const struct series *s)
{
    return s->len + (s->file ? packet_file_len(s->file) : 0);
}

const char *series_current(const struct series *s)
{
    return is_several(s) ? s->name : NULL;
}

char *series_describe(const struct series *s)
{
    uint64_t kept = s->last - s->first + 1;

    if (!is_several(s))
        return alloc_text(s->name);

    char *oldest = name_of(s, s->first);
    char *newest = name_of(s, s->last);
    char *files =
        kept > 1 ? alloc_format("%llu files, %s to %s", (unsigned long long)kept, oldest, newest)
                 : alloc_text(newest);
    char *text = s->first > 1 ? alloc_format("%s; older ones that were deleted (--files): %llu",
                                             files, (unsigned long long)s->first - 1)
                              : alloc_text(files);

    free(files);
    free(newest);
    free(oldest);
    return text;
}

/* --- The end ---------------------------------------------------------------------------------- */

bool series_close(struct series *s, struct complaint *why)
{
    if (!s->file)
        return true;

    bool flushed = packet_file_flush(s->file, why);

    s->packets += packet_file_packets(s->file);
    s->len += packet_file_len(s->file);
    packet_file_close(s->file);
    s->file = NULL;
    return flushed;
}

void series_free(struct series *s)
{
    struct complaint unused;

    if (!s)
        return;
    (void)series_close(s, &unused);
    free(s->name);
    free(s->stem);
    free(s);
}
