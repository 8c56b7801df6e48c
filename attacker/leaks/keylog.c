#include "attacker/leaks/keylog.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "capture/keyed_hash.h"

struct keylog_line {
    struct keylog_identity identity;
    bool embedded; /* it stood in the recording itself */
    size_t secret_len;
    uint8_t *secret;
    UT_hash_handle hh;
};

static const enum keylog_label traffic_labels[TRAFFIC_NUM_LABELS] = {
    [TRAFFIC_CLIENT_HANDSHAKE] = KEYLOG_CLIENT_HANDSHAKE,
    [TRAFFIC_SERVER_HANDSHAKE] = KEYLOG_SERVER_HANDSHAKE,
    [TRAFFIC_CLIENT_APPLICATION] = KEYLOG_CLIENT_APPLICATION,
    [TRAFFIC_SERVER_APPLICATION] = KEYLOG_SERVER_APPLICATION,
};

const char *keylog_label_of_master(void)
{
    return keylog_label_name(KEYLOG_CLIENT_RANDOM);
}

const char *keylog_label_of_traffic(enum traffic_label which)
{
    return keylog_label_name(traffic_labels[which]);
}

const char *keylog_label_of_early(void)
{
    return keylog_label_name(KEYLOG_CLIENT_EARLY);
}

/* --- The lines ------------------------------------------------------------------- */

static struct keylog_line *find(const struct keylog *keylog, const struct keylog_identity *identity)
{
    struct keylog_line *line;
    unsigned hash;

    if (!keylog->hash)
        return NULL;
    hash = keyed_hash_of(keylog->hash, bytes_of(identity, sizeof(*identity)));
    HASH_FIND_BYHASHVALUE(hh, keylog->lines, identity, sizeof(*identity), hash, line);
    return line;
}

/* begin_line returns the line of this identity, which may be a new one; NULL when there is no room
 * for it. */
static struct keylog_line *begin_line(struct keylog *keylog, const struct keylog_identity *identity,
                                      bool embedded)
{
    struct keylog_line *line = find(keylog, identity);
    unsigned hash;

    if (line)
        return line;
    if (embedded && keylog->num_embedded == KEYLOG_MAX_EMBEDDED) {
        keylog->num_left_out++;
        return NULL;
    }
    if (!keylog->hash) {
        keylog->hash = alloc_zero(sizeof(*keylog->hash));
        keyed_hash_init(keylog->hash);
    }
    line = alloc_zero(sizeof(*line));
    line->identity = *identity;
    line->embedded = embedded;
    hash = keyed_hash_of(keylog->hash, bytes_of(&line->identity, sizeof(line->identity)));
    HASH_ADD_BYHASHVALUE(hh, keylog->lines, identity, sizeof(line->identity), hash, line);
    (*(embedded ? &keylog->num_embedded : &keylog->num_given))++;
    return line;
}

static void clear_secret(struct keylog_line *line)
{
    if (line->secret)
        OPENSSL_cleanse(line->secret, line->secret_len);
    free(line->secret);
}

/* add_line: of several with one identity the last one counts, because programs append; but what
 * stands in a recording does not go before what was given. */
static void add_line(struct keylog *keylog, const struct keylog_entry *entry, bool embedded)
{
    struct keylog_line *line = begin_line(keylog, &entry->identity, embedded);

    if (!line || (embedded && !line->embedded))
        return;
    clear_secret(line);
    line->secret_len = entry->secret_len;
    line->secret = alloc_zero(entry->secret_len);
    memcpy(line->secret, entry->secret, entry->secret_len);
}

/* read_line adds what a line says; false when it is none of a key log's. */
static bool read_line(struct keylog *keylog, struct keylog_context *context, char *text,
                      bool embedded)
{
    struct keylog_entry entry;
    enum keylog_answer answer = keylog_line_read(&entry, context, text);

    if (answer == KEYLOG_LINE)
        add_line(keylog, &entry, embedded);
    OPENSSL_cleanse(&entry, sizeof(entry));
    return answer != KEYLOG_NO_LINE;
}

/* --- Files ------------------------------------------------------------------------- */

struct loading {
    struct keylog *keylog;
    bool any;   /* line of a key log */
    bool other; /* line is in it, too */
};

static void take_line(void *context, struct keylog_file *f, char *line)
{
    struct loading *loading = context;
    bool skip = line[strspn(line, " \t")] == '\0' || line[0] == '#';
    bool read = !skip && read_line(loading->keylog, &f->context, line, false);

    loading->any |= read;
    loading->other |= !skip && !read;
}

static bool load(struct keylog *keylog, struct keylog_file *f, struct complaint *why)
{
    struct loading loading = {.keylog = keylog};

    if (!keylog_file_read(f, take_line, &loading, why))
        return false;
    if (!loading.any && loading.other)
        return complaint_say(why,
                             "%s: is not a key log; its lines should be like CLIENT_RANDOM, 64 hex "
                             "digits, and the secret in hex (RFC 9850)",
                             f->path);
    return true;
}

bool keylog_load(struct keylog *keylog, const char *path, struct complaint *why)
{
    struct keylog_file *f = keylog_file_new(path);

    if (!load(keylog, f, why)) {
        keylog_file_free(f);
        return false;
    }
    f->next = keylog->files;
    keylog->files = f;
    return true;
}

void keylog_look_again(struct keylog *keylog)
{
    struct loading loading = {.keylog = keylog};

    for (struct keylog_file *f = keylog->files; f; f = f->next)
        keylog_file_look_again(f, take_line, &loading);
}

size_t keylog_num_lines(const struct keylog *keylog)
{
    return keylog->num_given + keylog->num_embedded;
}

/* next_line takes the text up to the next line end, as long as it fits; false at the end. */
static bool next_line(struct reader *r, char text[static KEYLOG_MAX_LINE])
{
    struct reader ahead = *r;
    struct bytes line;

    if (reader_done(r))
        return false;
    if (!reader_seek(&ahead, '\n'))
        (void)reader_rest(&ahead);
    if (!reader_bytes(r, &line, r->left.len - ahead.left.len))
        return false;
    reader_skip_run(r, '\n');
    line = bytes_first(line, KEYLOG_MAX_LINE - 1);
    memcpy(text, line.at, line.len);
    text[line.len] = '\0';
    return true;
}

void keylog_add_embedded(struct keylog *keylog, struct bytes text)
{
    struct reader r = reader_of(text);
    struct keylog_context context = {0};
    char line[KEYLOG_MAX_LINE];

    reader_skip_run(&r, '\n');
    while (next_line(&r, line))
        (void)read_line(keylog, &context, line,
                        true); /* a comment, or none at all, leads to nothing */
    OPENSSL_cleanse(line, sizeof(line));
}

void keylog_clear(struct keylog *keylog)
{
    struct keylog_line *line = keylog->lines;

    HASH_CLEAR(hh, keylog->lines);
    while (line) {
        struct keylog_line *next = line->hh.next;

        clear_secret(line);
        free(line);
        line = next;
    }
    while (keylog->files) {
        struct keylog_file *f = keylog->files;

        keylog->files = f->next;
        keylog_file_free(f);
    }
    free(keylog->hash);
    *keylog = (struct keylog){0};
}

/* --- The question -------------------------------------------------------------------- */

static const struct keylog_line *find_secret(const struct keylog *keylog, enum keylog_label label,
                                             struct bytes whose)
{
    struct keylog_identity wanted = {.label = (uint8_t)label, .len = (uint8_t)whose.len};

    if (whose.len == 0 || whose.len > sizeof(wanted.value))
        return NULL;
    memcpy(wanted.value, whose.at, whose.len);
    return find(keylog, &wanted);
}

/* take_traffic takes those that there are. Without the handshake's, the session finds out by trying
 * where the application's begin. */
static bool take_traffic(const struct keylog *keylog, struct bytes random, struct secret *out)
{
    for (size_t i = 0; i < TRAFFIC_NUM_LABELS; i++) {
        const struct keylog_line *line = find_secret(keylog, traffic_labels[i], random);

        if (!line)
            continue;
        out->traffic.len[i] = line->secret_len;
        memcpy(out->traffic.value[i], line->secret, line->secret_len);
        out->kind = SECRET_TRAFFIC;
    }
    return out->kind == SECRET_TRAFFIC;
}

static bool take_master(const struct keylog_line *line, struct secret *out)
{
    return line && line->secret_len == MASTER_SECRET_LEN &&
           secret_set(out, SECRET_MASTER, bytes_of(line->secret, line->secret_len));
}

/* take_premaster: an RSA one is as long as a master secret, others are as long as they are. */
static bool take_premaster(const struct keylog_line *line, bool rsa, struct secret *out)
{
    return line && (!rsa || line->secret_len == MASTER_SECRET_LEN) &&
           secret_set(out, SECRET_PREMASTER, bytes_of(line->secret, line->secret_len));
}

static bool take(const struct keylog *keylog, const struct handshake *h, struct secret *out)
{
    struct bytes random = bytes_of(h->client_random, RANDOM_LEN);
    struct bytes box = h->client_params.encrypted_premaster;

    if (h->version >= TLS_1_3)
        return take_traffic(keylog, random, out);
    if (take_master(find_secret(keylog, KEYLOG_CLIENT_RANDOM, random), out) ||
        take_master(find_secret(keylog, KEYLOG_SESSION_ID, h->session_id_chosen), out))
        return true;
    if (handshake_is_resumption(h))
        return false; /* whatever premaster there is, it has no part in this */
    return take_premaster(find_secret(keylog, KEYLOG_PMS_CLIENT_RANDOM, random), false, out) ||
           (box.len >= KEYLOG_RSA_PREFIX_LEN && h->suite && h->suite->key_exchange == KX_RSA &&
            take_premaster(find_secret(keylog, KEYLOG_RSA, bytes_first(box, KEYLOG_RSA_PREFIX_LEN)),
                           true, out));
}

bool keylog_early(const struct keylog *keylog, const struct handshake *h, struct bytes *out)
{
    const struct keylog_line *line =
        find_secret(keylog, KEYLOG_CLIENT_EARLY, bytes_of(h->client_random, RANDOM_LEN));

    if (line)
        *out = bytes_of(line->secret, line->secret_len);
    return line != NULL;
}

static void say_found(const struct keylog *keylog, const struct handshake *h, struct evidence *e,
                      const char *step)
{
    evidence_add(e, h->client_hello->frame, step, "yes: %s",
                 keylog->num_given > 0
                     ? "one of the two programs wrote its secrets down"
                     : "the recording itself holds one, and in it the secrets of this session");
}

enum answer keylog_ask(const struct keylog *keylog, const struct handshake *h, struct secret *out,
                       struct evidence *e)
{
    static const char step[] = "Is this session in the key log?";

    if (keylog_num_lines(keylog) == 0)
        return ANSWER_NOT_GIVEN;
    if (!take(keylog, h, out)) {
        evidence_add(e, h->client_hello->frame, step,
                     "no: no line of it has this ClientHello's random");
        return ANSWER_MISMATCH;
    }
    say_found(keylog, h, e, step);
    return ANSWER_SECRET;
}

bool keylog_ask_again(const struct keylog *keylog, const struct handshake *h, struct secret *out,
                      struct evidence *e)
{
    if (!take(keylog, h, out))
        return false;
    say_found(keylog, h, e, "Has this session come into the key log since?");
    return true;
}
