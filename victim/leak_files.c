#include "victim/leak_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "capture/alloc.h"

#define MODE_SECRET 0600
#define MODE_PUBLIC 0644
#define MODE_FOLDER 0700

#define SEED_WARNING                                                                               \
    "For demonstration only: every secret of this run follows from the text given to --seed.\n"

/*
 * What is removed before a run. server.key and server.crt are replaced in one step instead: they
 * may be the very files that the user gave with --key and --cert.
 */
static const struct {
    const char *pattern;
    bool is_servers; /* left alone by a run that has only a client */
} old_files[] = {
    {"psk.txt", false},          {"keylog.txt", false},          {"message.txt", false},
    {"ticket.key", true},        {"ephemeral-[0-9]*.pem", true}, {"DEMONSTRATION-ONLY.txt", false},
    {"member-[0-9]*.pem", true},
};

struct leak_files {
    char *folder;
    FILE *key_log; /* these two stay open: they grow line by line */
    FILE *message;
    bool is_seeded;
    bool has_trouble;
    struct complaint trouble; /* the first that happened */
};

static void note_trouble(struct leak_files *leaks, const char *name)
{
    if (leaks->has_trouble)
        return;
    leaks->has_trouble = true;
    (void)complaint_say(&leaks->trouble,
                        "%s/%s: %s; this leak is not whole, make room and try again", leaks->folder,
                        name, strerror(errno));
}

static bool make_folder(const char *folder, struct complaint *why)
{
    char *path = alloc_text(folder);
    bool ok = true;

    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0755); /* what matters is whether the last one is there in the end */
        *slash = '/';
    }
    if (mkdir(path, MODE_FOLDER) != 0 && errno != EEXIST)
        ok = complaint_say(why, "%s: %s; name a folder that can be made", folder, strerror(errno));
    free(path);
    return ok;
}

static bool is_old(const char *name, bool has_server)
{
    for (size_t i = 0; i < sizeof(old_files) / sizeof(*old_files); i++) {
        if ((has_server || !old_files[i].is_servers) && fnmatch(old_files[i].pattern, name, 0) == 0)
            return true;
    }
    return false;
}

static bool remove_old(const char *folder, bool has_server, struct complaint *why)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    bool ok = true;

    if (!dir)
        return complaint_say(why, "%s: %s; name a folder that can be written", folder,
                             strerror(errno));
    while (ok && (entry = readdir(dir))) {
        if (is_old(entry->d_name, has_server) && unlinkat(dirfd(dir), entry->d_name, 0) != 0)
            ok = complaint_say(why, "%s/%s: %s; remove it, or name another folder", folder,
                               entry->d_name, strerror(errno));
    }
    (void)closedir(dir);
    return ok;
}

struct leak_files *leak_files_open(const char *folder, bool has_server, struct complaint *why)
{
    if (!make_folder(folder, why) || !remove_old(folder, has_server, why))
        return NULL;
    if (access(folder, W_OK | X_OK) != 0) {
        (void)complaint_say(why, "%s: %s; name a folder that can be written", folder,
                            strerror(errno));
        return NULL;
    }

    struct leak_files *leaks = alloc_zero(sizeof(*leaks));

    leaks->folder = alloc_text(folder);
    return leaks;
}

/* A new file, never one that somebody put there meanwhile; NULL with the trouble noted. */
static FILE *create(struct leak_files *leaks, const char *name, mode_t mode)
{
    char *path = alloc_format("%s/%s", leaks->folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;

    if (!file)
        note_trouble(leaks, name);
    if (!file && fd >= 0)
        (void)close(fd);
    free(path);
    return file;
}

static void finish(struct leak_files *leaks, FILE *file, const char *name)
{
    bool failed = file && ferror(file);

    if (file && (fclose(file) != 0 || failed))
        note_trouble(leaks, name);
}

static void write_whole(struct leak_files *leaks, const char *name, mode_t mode,
                        struct bytes content)
{
    FILE *file = create(leaks, name, mode);

    if (file)
        (void)fwrite(content.at, 1, content.len, file);
    finish(leaks, file, name);
}

void leak_files_mark(struct leak_files *leaks)
{
    static const char warning[] = SEED_WARNING;

    if (!leaks)
        return;
    leaks->is_seeded = true;
    write_whole(leaks, "DEMONSTRATION-ONLY.txt", MODE_PUBLIC,
                bytes_of(warning, sizeof(warning) - 1));
}

static void write_private_key(struct leak_files *leaks, const char *name, const EVP_PKEY *key)
{
    FILE *file = create(leaks, name, MODE_SECRET);

    if (file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) != 1)
        note_trouble(leaks, name);
    finish(leaks, file, name);
}

static void write_certificate(struct leak_files *leaks, const char *name, const X509 *certificate)
{
    FILE *file = create(leaks, name, MODE_PUBLIC);

    if (file && PEM_write_X509(file, certificate) != 1)
        note_trouble(leaks, name);
    finish(leaks, file, name);
}

static void remove_file(struct leak_files *leaks, const char *name)
{
    char *path = alloc_format("%s/%s", leaks->folder, name);

    if (unlink(path) != 0 && errno != ENOENT)
        note_trouble(leaks, name);
    free(path);
}

static void replace(struct leak_files *leaks, const char *name, const char *by)
{
    char *to = alloc_format("%s/%s", leaks->folder, name);
    char *from = alloc_format("%s/%s", leaks->folder, by);

    if (!leaks->has_trouble && rename(from, to) != 0)
        note_trouble(leaks, name);
    free(from);
    free(to);
}

void leak_files_credentials(struct leak_files *leaks, const struct credentials *credentials)
{
    if (!leaks)
        return;
    if (credentials->type == KEY_NONE) {
        remove_file(leaks, "server.key");
        remove_file(leaks, "server.crt");
        return;
    }
    remove_file(leaks, "server.key.new");
    remove_file(leaks, "server.crt.new");
    write_private_key(leaks, "server.key.new", credentials->key);
    write_certificate(leaks, "server.crt.new", credentials->certificate);
    replace(leaks, "server.key", "server.key.new");
    replace(leaks, "server.crt", "server.crt.new");
}

void leak_files_ticket_key(struct leak_files *leaks, const uint8_t key[static TICKET_KEY_SIZE])
{
    if (leaks)
        write_whole(leaks, "ticket.key", MODE_SECRET, bytes_of(key, TICKET_KEY_SIZE));
}

void leak_files_preshared(struct leak_files *leaks, const struct preshared *psk)
{
    if (!leaks)
        return;

    char *text = preshared_text(psk);
    size_t len = strlen(text);

    text[len] = '\n'; /* in the place of the final zero, which a file does not need */
    write_whole(leaks, "psk.txt", MODE_SECRET, bytes_of(text, len + 1));
    OPENSSL_cleanse(text, len + 1);
    free(text);
}

static void write_numbered(struct leak_files *leaks, const char *what, unsigned long number,
                           const EVP_PKEY *key)
{
    char name[48];

    if (!leaks)
        return;
    (void)snprintf(name, sizeof(name), "%s-%lu.pem", what, number);
    write_private_key(leaks, name, key);
}

void leak_files_ephemeral(struct leak_files *leaks, unsigned long number, const EVP_PKEY *key)
{
    write_numbered(leaks, "ephemeral", number, key);
}

void leak_files_member(struct leak_files *leaks, unsigned long number, const EVP_PKEY *key)
{
    write_numbered(leaks, "member", number, key);
}

void leak_files_key_log(struct leak_files *leaks, const char *line)
{
    if (!leaks)
        return;
    if (!leaks->key_log) {
        leaks->key_log = create(leaks, "keylog.txt", MODE_SECRET);
        if (leaks->key_log && leaks->is_seeded)
            (void)fputs("# " SEED_WARNING, leaks->key_log);
    }
    /* Flushed, because Wireshark may be reading along while `serve` goes on. */
    if (leaks->key_log &&
        (fprintf(leaks->key_log, "%s\n", line) < 0 || fflush(leaks->key_log) != 0))
        note_trouble(leaks, "keylog.txt");
}

void leak_files_said(struct leak_files *leaks, struct bytes said)
{
    if (!leaks)
        return;
    if (!leaks->message)
        leaks->message = create(leaks, "message.txt", MODE_SECRET);
    if (leaks->message && said.len > 0 && fwrite(said.at, 1, said.len, leaks->message) != said.len)
        note_trouble(leaks, "message.txt");
}

bool leak_files_close(struct leak_files *leaks, struct complaint *why)
{
    if (!leaks)
        return true;
    finish(leaks, leaks->key_log, "keylog.txt");
    finish(leaks, leaks->message, "message.txt");

    bool whole = !leaks->has_trouble;

    if (!whole)
        *why = leaks->trouble;
    free(leaks->folder);
    free(leaks);
    return whole;
}
