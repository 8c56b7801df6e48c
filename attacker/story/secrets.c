/*
 * The secrets that were found, as a key log: what Wireshark needs to open the same recording.
 *
 * A line is written when a record has opened with its secret, so none is in it that does not fit.
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>

#include "attacker/story/output_file.h"
#include "attacker/story/secret_line.h"
#include "attacker/story/sink.h"

struct secrets {
    char *path;
    FILE *out;
    int error; /* errno of the first write that failed, or 0 */
};

static void *secrets_open(const char *path, bool colour, struct complaint *why)
{
    FILE *out = output_file_open(path, OUTPUT_FOR_ITS_OWNER, why);
    struct secrets *secrets;

    (void)colour;
    if (!out)
        return NULL;
    secrets = alloc_zero(sizeof(*secrets));
    secrets->path = alloc_text(path);
    secrets->out = out;
    return secrets;
}

/* secrets_found writes at once: where packets still arrive, somebody may be waiting for it. */
static void secrets_found(void *sink, void *of_session, const struct found_secret *secret)
{
    struct secrets *secrets = sink;
    struct buffer line = {0};

    (void)of_session;
    secret_line_append(&line, secret);
    if ((fwrite(line.at, 1, line.len, secrets->out) < line.len || fflush(secrets->out) != 0) &&
        secrets->error == 0)
        secrets->error = errno;
    OPENSSL_cleanse(line.at, line.len);
    buffer_clear(&line);
}

static bool secrets_finished(void *sink, const struct run_summary *summary, struct complaint *why)
{
    struct secrets *secrets = sink;
    bool written = output_file_close(secrets->out, secrets->path, why);

    (void)summary;
    if (secrets->error != 0) {
        errno = secrets->error;
        written = output_file_fail(secrets->path, why);
    }
    free(secrets->path);
    free(secrets);
    return written;
}

const struct sink_kind sink_secrets = {
    .open = secrets_open,
    .secret_found = secrets_found,
    .finished = secrets_finished,
};
