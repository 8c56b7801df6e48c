#include "tests/support/draft_talk.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

#include "attacker/tls/handshake_type.h"
#include "attacker/tls/record.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"

#define HASH_LEN 32

static struct sealing_plan plan_of(const struct draft_talk *t)
{
    return (struct sealing_plan){.suite = 0x1301,
                                 .version = TLS_1_3,
                                 .way = SEALER_XOR_NONCE,
                                 .cipher = "AES-128-GCM",
                                 .key_len = 16,
                                 .tag_len = 16,
                                 .prf = "SHA256",
                                 .draft = t->terms.draft};
}

/* is_before: is it a draft, and one from before that? */
static bool is_before(const struct draft_talk *t, unsigned draft)
{
    return t->terms.draft > 0 && t->terms.draft < draft;
}

static uint16_t version_of(const struct draft_talk *t)
{
    if (t->terms.version)
        return t->terms.version;
    return t->terms.draft ? (uint16_t)(0x7f00 + t->terms.draft) : TLS_1_3;
}

/* --- What crosses -------------------------------------------------------------------- */

static void cross(struct draft_talk *t, enum side from, uint8_t type, struct bytes content)
{
    struct parley *p = &t->parley;
    struct writer w = {0};
    struct bytes record;

    if (p->num_bursts == 0 || p->from[p->num_bursts - 1] != from) {
        assert_true(p->num_bursts < PARLEY_MAX_BURSTS);
        p->from[p->num_bursts++] = from;
    }
    if (t->sealed[from]) {
        record = sealer_seal(&t->sealers[from], type, content);
    } else {
        write_uint(&w, type, 1);
        write_uint(&w, is_before(t, 22) ? TLS_1_0 : TLS_1_2, 2);
        write_block(&w, content, 2);
        record = writer_take(&w);
    }
    buffer_append(&p->bursts[p->num_bursts - 1], record);
    exact_free(record);
}

static void tell(struct draft_talk *t, enum side from, uint8_t type, struct writer *body)
{
    struct bytes taken = writer_take(body);
    struct bytes whole = message_of(type, taken);

    buffer_append(&t->transcript, whole);
    cross(t, from, CONTENT_HANDSHAKE, whole);
    exact_free(whole);
    exact_free(taken);
}

static void tell_hex(struct draft_talk *t, enum side from, uint8_t type, const char *hex)
{
    struct writer w = {0};

    write_hex(&w, hex);
    tell(t, from, type, &w);
}

/* --- The key schedule ------------------------------------------------------------------ */

static void hash_transcript(const struct draft_talk *t, uint8_t out[static HASH_LEN])
{
    struct bytes told = buffer_view(&t->transcript);

    assert_int_equal(EVP_Digest(told.at, told.len, out, NULL, EVP_sha256(), NULL), 1);
}

/* expand_into: what follows from `secret` by this label and the transcript so far. */
static void expand_into(const struct draft_talk *t, uint8_t out[static HASH_LEN],
                        const uint8_t secret[static HASH_LEN], const char *label)
{
    const struct sealing_plan plan = plan_of(t);
    uint8_t hash[HASH_LEN];

    hash_transcript(t, hash);
    expand_label(out, HASH_LEN, &plan, bytes_of(secret, HASH_LEN), label,
                 bytes_of(hash, sizeof(hash)));
}

/* extract goes on with the schedule: the salt is what stands there. */
static void extract(struct draft_talk *t, struct bytes input)
{
    uint8_t out[HASH_LEN];

    assert_non_null(HMAC(EVP_sha256(), t->schedule, HASH_LEN, input.at, input.len, out, NULL));
    memcpy(t->schedule, out, sizeof(out));
}

static void derive_salt(struct draft_talk *t)
{
    const struct sealing_plan plan = plan_of(t);
    uint8_t of_nothing[HASH_LEN];
    uint8_t out[HASH_LEN];

    if (t->terms.draft == 18)
        return;
    assert_int_equal(EVP_Digest("", 0, of_nothing, NULL, EVP_sha256(), NULL), 1);
    expand_label(out, sizeof(out), &plan, bytes_of(t->schedule, HASH_LEN),
                 t->terms.draft == 19 ? "derived secret" : "derived",
                 bytes_of(of_nothing, sizeof(of_nothing)));
    memcpy(t->schedule, out, sizeof(out));
}

static void log_key(struct draft_talk *t, const char *label, const uint8_t secret[static HASH_LEN])
{
    char line[256];
    int len = snprintf(line, sizeof(line), "%s ", label);

    for (size_t i = 0; i < 32; i++)
        len += snprintf(line + len, sizeof(line) - (size_t)len, "c1");
    line[len++] = ' ';
    for (size_t i = 0; i < HASH_LEN; i++)
        len += snprintf(line + len, sizeof(line) - (size_t)len, "%02x", secret[i]);
    line[len++] = '\n';
    buffer_append(&t->parley.keylog, bytes_of(line, (size_t)len));
}

static void seal_with(struct draft_talk *t, enum side side, const uint8_t secret[static HASH_LEN])
{
    const struct sealing_plan plan = plan_of(t);

    sealer_start(&t->sealers[side], &plan, bytes_of(secret, HASH_LEN), side, (struct bytes){0});
    t->sealed[side] = true;
}

/* say_early: the client goes on under what the key and its ClientHello lead to. */
static void say_early(struct draft_talk *t)
{
    uint8_t secret[HASH_LEN];

    extract(t, bytes_of("a key that both had before", 26));
    expand_into(t, secret, t->schedule,
                is_before(t, 20) ? "client early traffic secret" : "c e traffic");
    log_key(t, "CLIENT_EARLY_TRAFFIC_SECRET", secret);
    seal_with(t, SIDE_CLIENT, secret);
    draft_talk_say(t, SIDE_CLIENT, t->terms.early);
}

/* derive makes the next secret of a side, and notes it in the key log. */
static void derive(struct draft_talk *t, enum side side, bool application)
{
    static const char *const labels[2][2] = {{"c hs traffic", "c ap traffic"},
                                             {"s hs traffic", "s ap traffic"}};
    static const char *const long_labels[2][2] = {
        {"client handshake traffic secret", "client application traffic secret"},
        {"server handshake traffic secret", "server application traffic secret"}};
    static const char *const logged[2][2] = {
        {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0"},
        {"SERVER_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0"}};
    const char *label =
        is_before(t, 20) ? long_labels[side][application] : labels[side][application];

    expand_into(t, t->traffic[side], t->schedule, label);
    log_key(t, logged[side][application], t->traffic[side]);
    if (!application)
        memcpy(t->finished[side], t->traffic[side], HASH_LEN);
}

static void agree(struct draft_talk *t)
{
    static const uint8_t zeros[HASH_LEN];
    uint8_t shared[32];
    size_t len = sizeof(shared);
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(t->shares[SIDE_CLIENT], NULL);

    assert_int_equal(EVP_PKEY_derive_init(c), 1);
    assert_int_equal(EVP_PKEY_derive_set_peer(c, t->shares[SIDE_SERVER]), 1);
    assert_int_equal(EVP_PKEY_derive(c, shared, &len), 1);
    EVP_PKEY_CTX_free(c);
    if (!t->terms.early)
        extract(t, bytes_of(zeros, sizeof(zeros)));
    derive_salt(t);
    extract(t, bytes_of(shared, len));
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        derive(t, side, false);
        if (side == SIDE_SERVER || !t->terms.early)
            seal_with(t, side, t->traffic[side]);
    }
}

/* --- Messages ----------------------------------------------------------------------- */

static void write_share(const struct draft_talk *t, struct writer *w, enum side side)
{
    uint8_t value[32];
    size_t len = sizeof(value);

    assert_int_equal(EVP_PKEY_get_raw_public_key(t->shares[side], value, &len), 1);
    write_uint(w, 0x001d, 2);
    write_block(w, bytes_of(value, len), 2);
}

static void open_key_share(const struct draft_talk *t, struct writer *w)
{
    write_uint(w, is_before(t, 23) ? 40 : 51, 2);
    write_open(w, 2);
}

/* write_early offers early data, and the key that it goes by; nobody here looks at its binder. */
static void write_early(struct writer *w)
{
    write_hex(w, "002a 0000 002d 0002 01 01 0029");
    write_open(w, 2);
    write_hex(w, "000a 0004 7e57ab1e 00000000 0021 20");
    write_repeated(w, 0xb1, 32);
    write_close(w);
}

static void tell_client_hello(struct draft_talk *t, bool with_share)
{
    struct writer w = {0};

    write_uint(&w, TLS_1_2, 2);
    write_repeated(&w, 0xc1, 32);
    write_hex(&w, "00 0002 1301 01 00");
    write_open(&w, 2);
    write_hex(&w, "002b 0003 02");
    write_uint(&w, version_of(t), 2);
    open_key_share(t, &w);
    write_open(&w, 2);
    if (with_share)
        write_share(t, &w, SIDE_CLIENT);
    write_close(&w);
    write_close(&w);
    if (t->terms.early)
        write_early(&w);
    write_close(&w);
    tell(t, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, &w);
}

/* hash_first_hello puts message_hash in its place. */
static void hash_first_hello(struct draft_talk *t)
{
    uint8_t hash[HASH_LEN];

    if (t->terms.draft == 18)
        return;
    hash_transcript(t, hash);
    buffer_drop(&t->transcript, t->transcript.len);
    buffer_append(&t->transcript, bytes_of("\xfe\0\0\x20", 4));
    buffer_append(&t->transcript, bytes_of(hash, sizeof(hash)));
}

static void tell_retry(struct draft_talk *t)
{
    struct writer w = {0};

    hash_first_hello(t);
    if (is_before(t, 22)) {
        write_uint(&w, version_of(t), 2);
        if (t->terms.draft > 18)
            write_uint(&w, 0x1301, 2);
    } else {
        write_uint(&w, TLS_1_2, 2);
        write_hex(&w, "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");
        write_hex(&w, "00 1301 00");
    }
    write_open(&w, 2);
    open_key_share(t, &w);
    write_uint(&w, 0x001d, 2);
    write_close(&w);
    if (!is_before(t, 22)) {
        write_hex(&w, "002b 0002");
        write_uint(&w, version_of(t), 2);
    }
    write_close(&w);
    tell(t, SIDE_SERVER, is_before(t, 22) ? HANDSHAKE_HELLO_RETRY_REQUEST : HANDSHAKE_SERVER_HELLO,
         &w);
}

static void tell_server_hello(struct draft_talk *t)
{
    struct writer w = {0};

    write_uint(&w, is_before(t, 22) ? version_of(t) : TLS_1_2, 2);
    write_repeated(&w, 0x52, 32);
    write_hex(&w, is_before(t, 22) ? "1301" : "00 1301 00");
    write_open(&w, 2);
    open_key_share(t, &w);
    write_share(t, &w, SIDE_SERVER);
    write_close(&w);
    if (t->terms.early)
        write_hex(&w, "0029 0002 0000");
    if (!is_before(t, 22)) {
        write_hex(&w, "002b 0002");
        write_uint(&w, version_of(t), 2);
    }
    write_close(&w);
    tell(t, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, &w);
}

static void tell_finished(struct draft_talk *t, enum side from)
{
    const struct sealing_plan plan = plan_of(t);
    uint8_t hash[HASH_LEN];
    uint8_t key[HASH_LEN];
    uint8_t verify_data[HASH_LEN];
    struct writer w = {0};

    hash_transcript(t, hash);
    expand_label(key, sizeof(key), &plan, bytes_of(t->finished[from], HASH_LEN), "finished",
                 (struct bytes){0});
    assert_non_null(HMAC(EVP_sha256(), key, sizeof(key), hash, sizeof(hash), verify_data, NULL));
    write_bytes(&w, bytes_of(verify_data, sizeof(verify_data)));
    tell(t, from, HANDSHAKE_FINISHED, &w);
}

/* end_early: what comes next is the client's Finished. Draft 18 has an alert for that. */
static void end_early(struct draft_talk *t)
{
    if (is_before(t, 19))
        cross(t, SIDE_CLIENT, CONTENT_ALERT, bytes_of("\1\1", 2));
    else
        tell_hex(t, SIDE_CLIENT, HANDSHAKE_END_OF_EARLY_DATA, "");
    seal_with(t, SIDE_CLIENT, t->finished[SIDE_CLIENT]);
}

void draft_talk_begin(struct draft_talk *t, const struct draft_terms *terms)
{
    static const uint8_t zeros[HASH_LEN];

    *t = (struct draft_talk){.terms = *terms};
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        assert_non_null(t->shares[side] = EVP_PKEY_Q_keygen(NULL, NULL, "X25519"));
    tell_client_hello(t, !terms->retry);
    if (terms->early)
        say_early(t);
    if (terms->retry) {
        tell_retry(t);
        tell_client_hello(t, true);
    }
    tell_server_hello(t);
    agree(t);
    tell_hex(t, SIDE_SERVER, HANDSHAKE_ENCRYPTED_EXTENSIONS,
             terms->early ? "0004 002a 0000" : "0000");
    if (!terms->early) {
        tell_hex(t, SIDE_SERVER, HANDSHAKE_CERTIFICATE, "00 000009 000004 deadbeef 0000");
        tell_hex(t, SIDE_SERVER, HANDSHAKE_CERTIFICATE_VERIFY, "0804 0004 cafecafe");
    }
    tell_finished(t, SIDE_SERVER);
    derive_salt(t);
    extract(t, bytes_of(zeros, sizeof(zeros)));
    derive(t, SIDE_SERVER, true);
    seal_with(t, SIDE_SERVER, t->traffic[SIDE_SERVER]);
    derive(t, SIDE_CLIENT, true); /* its transcript ends here, too */
    if (terms->early)
        end_early(t);
    tell_finished(t, SIDE_CLIENT);
    seal_with(t, SIDE_CLIENT, t->traffic[SIDE_CLIENT]);
}

void draft_talk_say(struct draft_talk *t, enum side from, const char *words)
{
    cross(t, from, CONTENT_APPLICATION_DATA, bytes_of(words, strlen(words)));
}

void draft_talk_update(struct draft_talk *t, enum side from)
{
    const struct sealing_plan plan = plan_of(t);
    uint8_t next[HASH_LEN];

    cross(t, from, CONTENT_HANDSHAKE, bytes_of("\x18\0\0\1\0", 5));
    expand_label(next, sizeof(next), &plan, bytes_of(t->traffic[from], HASH_LEN),
                 is_before(t, 20) ? "application traffic secret" : "traffic upd",
                 (struct bytes){0});
    memcpy(t->traffic[from], next, sizeof(next));
    seal_with(t, from, t->traffic[from]);
}

void draft_talk_clear(struct draft_talk *t)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        EVP_PKEY_free(t->shares[side]);
    parley_clear(&t->parley);
    buffer_clear(&t->transcript);
}
