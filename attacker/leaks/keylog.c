#include "attacker/leaks/keylog.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/keyed_hash.h"

enum label {
    LABEL_CLIENT_RANDOM, /* the master secret of TLS 1.2 and before */
    LABEL_RSA,           /* a premaster secret, by the first 8 bytes of its ciphertext */
    LABEL_CLIENT_HANDSHAKE,
    LABEL_SERVER_HANDSHAKE,
    LABEL_CLIENT_APPLICATION,
    LABEL_SERVER_APPLICATION,
};

static const char *const label_names[] = {
    [LABEL_CLIENT_RANDOM] = "CLIENT_RANDOM",
    [LABEL_RSA] = "RSA",
    [LABEL_CLIENT_HANDSHAKE] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    [LABEL_SERVER_HANDSHAKE] = "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    [LABEL_CLIENT_APPLICATION] = "CLIENT_TRAFFIC_SECRET_0",
    [LABEL_SERVER_APPLICATION] = "SERVER_TRAFFIC_SECRET_0",
};

static const enum label traffic_labels[TRAFFIC_NUM_LABELS] = {
    [TRAFFIC_CLIENT_HANDSHAKE] = LABEL_CLIENT_HANDSHAKE,
    [TRAFFIC_SERVER_HANDSHAKE] = LABEL_SERVER_HANDSHAKE,
    [TRAFFIC_CLIENT_APPLICATION] = LABEL_CLIENT_APPLICATION,
    [TRAFFIC_SERVER_APPLICATION] = LABEL_SERVER_APPLICATION,
};

#define RSA_PREFIX_LEN 8

struct identity {
    uint8_t label;
    uint8_t random[RANDOM_LEN]; /* LABEL_RSA: 8 bytes of ciphertext, the rest zero */
};

/* 4 KiB: the longest line has some 230 characters; whatever has no line ends is no key log. */
#define KEYLOG_MAX_LINE 4096

struct keylog_line {
    struct identity identity;
    bool embedded; /* it stood in the recording itself */
    size_t secret_len;
    uint8_t secret[TRAFFIC_SECRET_MAX_LEN];
    UT_hash_handle hh;
};

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* read_hex turns a word into bytes; false when it is no hex, empty, or longer than `room`. */
static bool read_hex(const char *word, uint8_t *out, size_t room, size_t *len)
{
    size_t digits = strlen(word);

    if (digits == 0 || digits % 2 != 0 || digits / 2 > room)
        return false;
    for (size_t i = 0; i < digits; i += 2) {
        int high = hex_digit(word[i]);
        int low = hex_digit(word[i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    *len = digits / 2;
    return true;
}

static bool find_label(const char *word, uint8_t *label)
{
    for (size_t i = 0; i < sizeof(label_names) / sizeof(label_names[0]); i++) {
        if (strcmp(word, label_names[i]) == 0) {
            *label = (uint8_t)i;
            return true;
        }
    }
    return false;
}

const char *keylog_label_of_master(void)
{
    return label_names[LABEL_CLIENT_RANDOM];
}

const char *keylog_label_of_traffic(enum traffic_label which)
{
    return label_names[traffic_labels[which]];
}

/* --- The lines ------------------------------------------------------------------- */

static struct keylog_line *find(const struct keylog *keylog, const struct identity *identity)
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
static struct keylog_line *begin_line(struct keylog *keylog, const struct keylog_line *wanted)
{
    struct keylog_line *line = find(keylog, &wanted->identity);
    unsigned hash;

    if (line)
        return line;
    if (wanted->embedded && keylog->num_embedded == KEYLOG_MAX_EMBEDDED) {
        keylog->num_left_out++;
        return NULL;
    }
    if (!keylog->hash) {
        keylog->hash = alloc_zero(sizeof(*keylog->hash));
        keyed_hash_init(keylog->hash);
    }
    line = alloc_zero(sizeof(*line));
    line->identity = wanted->identity;
    line->embedded = wanted->embedded;
    hash = keyed_hash_of(keylog->hash, bytes_of(&line->identity, sizeof(line->identity)));
    HASH_ADD_BYHASHVALUE(hh, keylog->lines, identity, sizeof(line->identity), hash, line);
    (*(wanted->embedded ? &keylog->num_embedded : &keylog->num_given))++;
    return line;
}

/* add_line: of several with one identity the last one counts, because programs append; but what
 * stands in a recording does not go before what was given. */
static void add_line(struct keylog *keylog, const struct keylog_line *wanted)
{
    struct keylog_line *line = begin_line(keylog, wanted);

    if (!line || (wanted->embedded && !line->embedded))
        return;
    line->secret_len = wanted->secret_len;
    memcpy(line->secret, wanted->secret, sizeof(line->secret));
}

/* --- The text ---------------------------------------------------------------------- */

/* fill_line takes "LABEL random secret" apart; false when it is none of a key log's. *wanted: it is
 * one that is of use here, and not an EXPORTER_SECRET or the like. */
static bool fill_line(struct keylog_line *line, char *text, bool *wanted)
{
    char *rest = NULL;
    const char *label = strtok_r(text, " \t\r\n", &rest);
    const char *random = strtok_r(NULL, " \t\r\n", &rest);
    const char *secret = strtok_r(NULL, " \t\r\n", &rest);
    size_t random_len;

    if (!label || !random || !secret ||
        !read_hex(random, line->identity.random, RANDOM_LEN, &random_len) ||
        !read_hex(secret, line->secret, sizeof(line->secret), &line->secret_len))
        return false;
    *wanted = find_label(label, &line->identity.label);
    return !*wanted ||
           random_len == (line->identity.label == LABEL_RSA ? RSA_PREFIX_LEN : RANDOM_LEN);
}

static bool read_line(struct keylog *keylog, char *text, bool embedded)
{
    struct keylog_line line = {.embedded = embedded};
    bool wanted = false;
    bool filled = fill_line(&line, text, &wanted);

    if (filled && wanted)
        add_line(keylog, &line);
    OPENSSL_cleanse(&line, sizeof(line));
    return filled;
}

/* read_lines reads to the end; false with *why when a line is longer than any of a key log. */
static bool read_lines(struct keylog *keylog, FILE *file, const char *path, bool *any, bool *blank,
                       struct complaint *why)
{
    char text[KEYLOG_MAX_LINE];
    bool fits = true;

    while (fits && fgets(text, sizeof(text), file)) {
        bool skip = text[strspn(text, " \t\r\n")] == '\0' || text[0] == '#';

        fits = strlen(text) < sizeof(text) - 1;
        *blank &= skip;
        *any |= !skip && read_line(keylog, text, false);
    }
    OPENSSL_cleanse(text, sizeof(text));
    if (!fits)
        return complaint_say(why, "%s: is not a key log: it has a line of over %d characters", path,
                             KEYLOG_MAX_LINE - 2);
    return true;
}

bool keylog_load(struct keylog *keylog, const char *path, struct complaint *why)
{
    FILE *file = fopen(path, "r");
    bool any = false;
    bool blank = true;

    if (!file)
        return complaint_say(why, "%s: cannot be opened: %s", path, strerror(errno));

    bool read = read_lines(keylog, file, path, &any, &blank, why);
    bool failed = ferror(file) != 0;

    (void)fclose(file);
    if (!read)
        return false;
    if (failed)
        return complaint_say(why, "%s: cannot be read", path);
    if (!any && !blank)
        return complaint_say(why,
                             "%s: is not a key log; its lines should be like CLIENT_RANDOM, 64 hex "
                             "digits, and the secret in hex (RFC 9850)",
                             path);
    return true;
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
    char line[KEYLOG_MAX_LINE];

    reader_skip_run(&r, '\n');
    while (next_line(&r, line))
        (void)read_line(keylog, line, true); /* a comment, or none at all, leads to nothing */
    OPENSSL_cleanse(line, sizeof(line));
}

void keylog_clear(struct keylog *keylog)
{
    struct keylog_line *line = keylog->lines;

    HASH_CLEAR(hh, keylog->lines);
    while (line) {
        struct keylog_line *next = line->hh.next;

        OPENSSL_cleanse(line, sizeof(*line));
        free(line);
        line = next;
    }
    free(keylog->hash);
    *keylog = (struct keylog){0};
}

/* --- The question -------------------------------------------------------------------- */

static const struct keylog_line *find_secret(const struct keylog *keylog, enum label label,
                                             struct bytes random)
{
    struct identity wanted = {.label = (uint8_t)label};

    memcpy(wanted.random, random.at, random.len);
    return find(keylog, &wanted);
}

static bool take_traffic(const struct keylog *keylog, struct bytes random, struct secret *out)
{
    for (size_t i = 0; i < TRAFFIC_NUM_LABELS; i++) {
        const struct keylog_line *line = find_secret(keylog, traffic_labels[i], random);

        if (!line)
            continue;
        out->traffic.len[i] = line->secret_len;
        memcpy(out->traffic.value[i], line->secret, line->secret_len);
    }
    /* Without the handshake's secrets nothing tells where the application's begin. */
    if (out->traffic.len[TRAFFIC_CLIENT_HANDSHAKE] == 0 ||
        out->traffic.len[TRAFFIC_SERVER_HANDSHAKE] == 0) {
        secret_clear(out);
        return false;
    }
    out->kind = SECRET_TRAFFIC;
    return true;
}

static bool take_one(const struct keylog_line *line, enum secret_kind kind, struct secret *out)
{
    return line && line->secret_len == MASTER_SECRET_LEN &&
           secret_set(out, kind, bytes_of(line->secret, line->secret_len));
}

static bool take(const struct keylog *keylog, const struct handshake *h, struct secret *out)
{
    struct bytes random = bytes_of(h->client_random, RANDOM_LEN);
    struct bytes box = h->client_params.encrypted_premaster;

    if (h->version >= TLS_1_3)
        return take_traffic(keylog, random, out);
    if (take_one(find_secret(keylog, LABEL_CLIENT_RANDOM, random), SECRET_MASTER, out))
        return true;
    return box.len >= RSA_PREFIX_LEN && h->suite && h->suite->key_exchange == KX_RSA &&
           take_one(find_secret(keylog, LABEL_RSA, bytes_first(box, RSA_PREFIX_LEN)),
                    SECRET_PREMASTER, out);
}

enum answer keylog_ask(const struct keylog *keylog, const struct handshake *h, struct secret *out,
                       struct evidence *e)
{
    static const char step[] = "Is this session in the key log?";

    if (!keylog->lines)
        return ANSWER_NOT_GIVEN;
    if (!take(keylog, h, out)) {
        evidence_add(e, h->client_hello->frame, step, "no: %s",
                     h->version >= TLS_1_3
                         ? "it does not have both handshake secrets of this ClientHello's random"
                         : "no line of it has this ClientHello's random");
        return ANSWER_MISMATCH;
    }
    evidence_add(e, h->client_hello->frame, step, "yes: %s",
                 keylog->num_given > 0
                     ? "one of the two programs wrote its secrets down"
                     : "the recording itself holds one, and in it the secrets of this session");
    return ANSWER_SECRET;
}
