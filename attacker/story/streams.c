/*
 * The decrypted streams, byte for byte: DIR/session-<id>-client.bin and
 * DIR/session-<id>-server.bin.
 *
 * A session gets its id when its verdict is due, its bytes come before. So they are collected under
 * a name of their own, which is changed at the end; what a crash leaves behind is still there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attacker/story/sink.h"
#include "capture/alloc.h"

/* 64 KiB are collected before they are written: few system calls, and no file is held open, so any
 * number of sessions may run at once. */
#define STREAMS_MAX_COLLECTED ((size_t)64 * 1024)

/* 16 MiB for all sessions together. Beyond it, what is collected is written at once, in smaller
 * pieces: with thousands of sessions open at a time that costs time, and not the machine. */
#define STREAMS_MAX_COLLECTED_IN_ALL ((size_t)16 << 20)

struct streams {
    char *folder;
    uint64_t num_opened;
    size_t room; /* of all buffers together */
    bool failed;
    struct complaint why;
};

struct stream_file {
    char *path; /* NULL until something was written */
    struct buffer collected;
};

struct stream_pair {
    uint64_t number; /* of the session, in the order of opening */
    struct stream_file files[2];
};

static const char *const side_names[] = {"client", "server"};

/* is_ours: session-<number>-client.bin or -server.bin. */
static bool is_ours(const char *name)
{
    static const char prefix[] = "session-";
    size_t digits;

    if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
        return false;
    name += sizeof(prefix) - 1;
    digits = strspn(name, "0123456789");
    return digits > 0 &&
           (strcmp(name + digits, "-client.bin") == 0 || strcmp(name + digits, "-server.bin") == 0);
}

/* remove_old takes away what an earlier run extracted: it would look like this one's. */
static bool remove_old(const char *folder, struct complaint *why)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    bool removed = true;

    if (!entries)
        return complaint_say(why, "%s: cannot be opened as a folder: %s", folder, strerror(errno));
    while (removed && (entry = readdir(entries)) != NULL) {
        if (is_ours(entry->d_name) && unlinkat(dirfd(entries), entry->d_name, 0) != 0)
            removed = complaint_say(why, "%s/%s: is of an earlier run and cannot be removed: %s",
                                    folder, entry->d_name, strerror(errno));
    }
    (void)closedir(entries);
    return removed;
}

static void *streams_open(const char *folder, bool colour, struct complaint *why)
{
    struct streams *streams;

    (void)colour;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        (void)complaint_say(why, "%s: this folder cannot be made: %s", folder, strerror(errno));
        return NULL;
    }
    if (!remove_old(folder, why))
        return NULL;
    if (access(folder, W_OK | X_OK) != 0) {
        (void)complaint_say(why, "%s: cannot be written into: %s", folder, strerror(errno));
        return NULL;
    }
    streams = alloc_zero(sizeof(*streams));
    streams->folder = alloc_text(folder);
    return streams;
}

static void *streams_session_opened(void *sink, const struct session *s)
{
    struct streams *streams = sink;
    struct stream_pair *pair = alloc_zero(sizeof(*pair));

    (void)s;
    pair->number = ++streams->num_opened;
    return pair;
}

static void fail(struct streams *streams, const char *path)
{
    if (!streams->failed)
        (void)complaint_say(&streams->why, "%s: cannot be written: %s", path, strerror(errno));
    streams->failed = true;
}

static bool write_all(int file, struct bytes data)
{
    struct reader r = reader_of(data);

    while (!reader_done(&r)) {
        ssize_t written = write(file, r.left.at, r.left.len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 || !reader_skip(&r, (size_t)written))
            return false;
    }
    return true;
}

/* spill appends what was collected to the file. */
static void spill(struct streams *streams, struct stream_file *f)
{
    int file = open(f->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);

    if (file < 0 || !write_all(file, buffer_view(&f->collected)))
        fail(streams, f->path);
    if (file >= 0 && close(file) != 0)
        fail(streams, f->path);
    f->collected.len = 0;
}

/* let_go writes what was collected, and gives the memory back. */
static void let_go(struct streams *streams, struct stream_file *f)
{
    if (f->path && f->collected.len > 0) /* nothing is collected without a path */
        spill(streams, f);
    streams->room -= f->collected.room;
    buffer_clear(&f->collected);
}

static void begin(const struct streams *streams, struct stream_pair *pair, enum side from)
{
    struct stream_file *f = &pair->files[from];

    if (f->path)
        return;
    f->path = alloc_format("%s/.unfinished-%llu-%s.bin", streams->folder,
                           (unsigned long long)pair->number, side_names[from]);
    (void)unlink(f->path); /* of an earlier run that did not end well */
}

static void streams_plaintext(void *sink, void *of_session, enum side from, struct bytes data,
                              uint64_t time_ns)
{
    struct streams *streams = sink;
    struct stream_pair *pair = of_session;
    struct stream_file *f = &pair->files[from];

    (void)time_ns;
    begin(streams, pair, from);
    streams->room -= f->collected.room;
    buffer_append(&f->collected, data);
    streams->room += f->collected.room;
    if (f->collected.len >= STREAMS_MAX_COLLECTED)
        spill(streams, f);
    if (streams->room > STREAMS_MAX_COLLECTED_IN_ALL)
        let_go(streams, f);
}

static void streams_verdict(void *sink, void *of_session, const struct session *s, uint64_t id)
{
    struct streams *streams = sink;
    struct stream_pair *pair = of_session;

    for (int side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        struct stream_file *f = &pair->files[side];

        /* Who opened a session finds both files, also of a side that said nothing. */
        if (s->verdict.secret_source)
            begin(streams, pair, (enum side)side);
        if (f->path) {
            char *path = alloc_format("%s/session-%llu-%s.bin", streams->folder,
                                      (unsigned long long)id, side_names[side]);
            spill(streams, f); /* also when nothing is left: the file has to be there */
            if (rename(f->path, path) != 0)
                fail(streams, path);
            free(path);
        }
        let_go(streams, f);
        free(f->path);
    }
    free(pair);
}

static bool streams_finished(void *sink, const struct run_summary *summary, struct complaint *why)
{
    struct streams *streams = sink;
    bool written = !streams->failed;

    (void)summary;
    *why = streams->why;
    free(streams->folder);
    free(streams);
    return written;
}

const struct sink_kind sink_streams = {
    .open = streams_open,
    .session_opened = streams_session_opened,
    .plaintext = streams_plaintext,
    .verdict = streams_verdict,
    .finished = streams_finished,
};
