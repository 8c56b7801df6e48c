#include "tests/support/played.h"

#include <stdlib.h>

#include "tests/support/check.h"

static void hear(void *context, const struct session *s, enum side from, const struct chunk *said)
{
    struct played *p = context;

    (void)s;
    buffer_append(&p->said[from], said->data);
}

static void note_skip(void *context, const struct session *s, enum side from, uint64_t sealed_len)
{
    struct played *p = context;

    (void)s;
    (void)sealed_len;
    p->num_skips[from]++;
}

static void play(struct played *p, const struct parley *t)
{
    const struct connection connection = {.syn_seen = true};
    const struct session_listener listener = {
        .context = p, .plaintext = hear, .skipped = note_skip};

    p->session = session_new(&connection, false, false, &p->leaks, &listener, NULL);
    for (size_t i = 0; i < t->num_bursts; i++) {
        struct bytes burst = exact_copy(buffer_view(&t->bursts[i]));

        session_bytes(p->session, t->from[i], &(struct chunk){burst, i, i + 1});
        exact_free(burst);
    }
    session_close(p->session, t->num_bursts);
}

void played_with_server_key(struct played *p, const struct parley *t)
{
    struct complaint why;

    *p = (struct played){0};
    assert_true(private_keys_load(&p->leaks.server_keys, "fixtures/rsa/server.key", NULL, &why));
    play(p, t);
}

void played_with_keylog(struct played *p, const struct parley *t)
{
    *p = (struct played){0};
    parley_leak(t, &p->leaks);
    play(p, t);
}

void played_with_ephemeral(struct played *p, const struct parley *t, EVP_PKEY *ephemeral)
{
    *p = (struct played){0};
    assert_int_equal(EVP_PKEY_up_ref(ephemeral), 1);
    private_keys_add(&p->leaks.ephemerals, ephemeral);
    play(p, t);
}

void played_leak_ticket_key(const struct parley *t, struct leaks *leaks)
{
    uint8_t key[TICKET_KEY_FILE_MAX];

    assert_int_equal(
        SSL_CTX_get_tlsext_ticket_keys(t->contexts[SIDE_SERVER], key, (int)sizeof(key)), 1);
    assert_true(ticket_keys_add(&leaks->ticket_keys, bytes_of(key, sizeof(key))));
}

void played_with_ticket_key(struct played *p, const struct parley *t)
{
    *p = (struct played){0};
    played_leak_ticket_key(t, &p->leaks);
    play(p, t);
}

void played_with_nothing(struct played *p, const struct parley *t, uint64_t milliseconds)
{
    *p = (struct played){.leaks.discrete_log = discrete_log_new(milliseconds, NULL)};
    play(p, t);
}

void played_with_key(struct played *p, const struct parley *t, EVP_PKEY *server)
{
    *p = (struct played){0};
    assert_int_equal(EVP_PKEY_up_ref(server), 1);
    private_keys_add(&p->leaks.server_keys, server);
    play(p, t);
}

void played_with_psks(struct played *p, const struct parley *t, const char *psks)
{
    char *words = alloc_text(psks);
    char *rest = NULL;
    struct complaint why;

    *p = (struct played){0};
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        assert_true(psks_add(&p->leaks.psks, word, &why));
    free(words);
    play(p, t);
}

void played_is_open(const struct played *p, const char *client, const char *server)
{
    const struct verdict *v = &p->session->verdict;

    if (v->outcome != OUTCOME_DECRYPTED)
        fail_msg("%s", v->explanation);
    assert_true(v->finished_verified);
    assert_int_equal(p->num_skips[SIDE_CLIENT] + p->num_skips[SIDE_SERVER], 0);
    assert_true(bytes_equal(buffer_view(&p->said[SIDE_CLIENT]), bytes_of(client, strlen(client))));
    assert_true(bytes_equal(buffer_view(&p->said[SIDE_SERVER]), bytes_of(server, strlen(server))));
}

void played_clear(struct played *p)
{
    session_free(p->session);
    leaks_clear(&p->leaks);
    buffer_clear(&p->said[SIDE_CLIENT]);
    buffer_clear(&p->said[SIDE_SERVER]);
}
