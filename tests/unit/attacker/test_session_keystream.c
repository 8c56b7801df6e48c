/*
 * Holes in a conversation that is sealed with RC4, which libssl does not speak any more; so it is
 * made by hand. Where in the keystream a record stands depends on all that was sealed in front of
 * it, and on nothing that was said in the clear.
 */
#include "attacker/crypto/master_secret.h"
#include "attacker/crypto/providers.h"
#include "attacker/session.h"
#include "tests/support/check.h"
#include "tests/support/record_sealer.h"
#include "tests/support/sample_hello.h"

static const struct sealing_plan RC4 = {
    .suite = 0x0005,
    .version = TLS_1_2,
    .way = SEALER_STREAM,
    .cipher = "RC4",
    .key_len = 16,
    .mac = "SHA1",
    .prf = "SHA256",
};

/* A ClientKeyExchange that nobody decrypts: the leak is a key log. */
static const uint8_t BOX[128] = {0x0b};

#define NUM_WORDS 12

/* What the server says behind its ServerHelloDone, record by record. */
enum { TICKET, CHANGE, FINISHED, WORDS, NUM_RECORDS = WORDS + NUM_WORDS };

struct scene {
    struct leaks leaks;
    struct session *session;
    struct sealer sealers[2];
    struct bytes records[NUM_RECORDS];
    size_t heard;
};

static void hear(void *context, const struct session *s, enum side from, const struct chunk *chunk)
{
    struct scene *scene = context;

    (void)s;
    (void)from;
    scene->heard += chunk->data.len;
}

static void note_skip(void *context, const struct session *s, enum side from, uint64_t sealed_len)
{
    (void)context;
    (void)s;
    (void)from;
    (void)sealed_len;
}

static void say(struct scene *scene, enum side from, struct bytes said)
{
    session_bytes(scene->session, from, &(struct chunk){said, 1, 1});
}

/* clear_record is a record in the clear, for exact_free. */
static struct bytes clear_record(uint8_t type, struct bytes content)
{
    struct writer w = {0};

    write_uint(&w, type, 1);
    write_uint(&w, TLS_1_2, 2);
    write_block(&w, content, 2);
    return writer_take(&w);
}

/* say_message takes `body`. */
static void say_message(struct scene *scene, enum side from, uint8_t type, struct bytes body)
{
    struct bytes message = message_of(type, body);
    struct bytes record = clear_record(CONTENT_HANDSHAKE, message);

    say(scene, from, record);
    exact_free(record);
    exact_free(message);
    exact_free(body);
}

static struct bytes repeated(uint8_t byte, size_t n)
{
    struct writer w = {0};

    write_repeated(&w, byte, n);
    return writer_take(&w);
}

/* start_keys: both sides know the secret, and it has leaked. */
static void start_keys(struct scene *scene)
{
    struct writer w = {0};
    struct bytes master = repeated(0x77, MASTER_SECRET_LEN);

    write_repeated(&w, 0x52, RANDOM_LEN);
    write_repeated(&w, 0xc1, RANDOM_LEN);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        sealer_start(&scene->sealers[side], &RC4, master, side, writer_view(&w));
    buffer_clear(&w.out);
    write_text(&w, "CLIENT_RANDOM ");
    for (size_t i = 0; i < RANDOM_LEN; i++)
        write_text(&w, "c1");
    write_text(&w, " ");
    for (size_t i = 0; i < MASTER_SECRET_LEN; i++)
        write_text(&w, "77");
    write_text(&w, "\n");
    keylog_add_embedded(&scene->leaks.keylog, writer_view(&w));
    buffer_clear(&w.out);
    exact_free(master);
}

/* seal_finished: nobody looks into it here. */
static struct bytes seal_finished(struct scene *scene, enum side from)
{
    struct bytes body = repeated(0xf1, VERIFY_DATA_LEN);
    struct bytes message = message_of(HANDSHAKE_FINISHED, body);
    struct bytes record = sealer_seal(&scene->sealers[from], CONTENT_HANDSHAKE, message);

    exact_free(message);
    exact_free(body);
    return record;
}

/* prepare makes what the server will say last. */
static void prepare(struct scene *scene, size_t ticket_len)
{
    struct bytes body = repeated(0x71, ticket_len);
    struct bytes ticket = message_of(HANDSHAKE_NEW_SESSION_TICKET, body);

    scene->records[TICKET] = clear_record(CONTENT_HANDSHAKE, ticket);
    scene->records[CHANGE] = clear_record(CONTENT_CHANGE_CIPHER_SPEC, bytes_of("\x01", 1));
    scene->records[FINISHED] = seal_finished(scene, SIDE_SERVER);
    for (size_t i = 0; i < NUM_WORDS; i++) {
        struct bytes words = repeated((uint8_t)i, 40 + i);

        scene->records[WORDS + i] =
            sealer_seal(&scene->sealers[SIDE_SERVER], CONTENT_APPLICATION_DATA, words);
        exact_free(words);
    }
    exact_free(ticket);
    exact_free(body);
}

static void start(struct scene *scene, size_t ticket_len)
{
    const struct connection connection = {.syn_seen = true};
    const struct session_listener listener = {scene, hear, note_skip, NULL};
    const struct sample_choice choice = {.version = TLS_1_2, .suite = RC4.suite};
    struct writer w = {0};

    *scene = (struct scene){0};
    start_keys(scene);
    prepare(scene, ticket_len);
    scene->session = session_new(&connection, false, false, &scene->leaks, &listener, NULL);
    say_message(scene, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, sample_client_hello(&w, false));
    say_message(scene, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, sample_server_hello(&w, &choice));
    say_message(scene, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, repeated(0, 0));
    write_block(&w, bytes_of(BOX, sizeof(BOX)), 2);
    say_message(scene, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, writer_take(&w));

    struct bytes finished = seal_finished(scene, SIDE_CLIENT);
    say(scene, SIDE_CLIENT, scene->records[CHANGE]);
    say(scene, SIDE_CLIENT, finished);
    exact_free(finished);
}

static void end(struct scene *scene)
{
    for (size_t i = 0; i < NUM_RECORDS; i++)
        exact_free(scene->records[i]);
    session_free(scene->session);
    leaks_clear(&scene->leaks);
}

/* say_but plays the server's records without those from `first` to in front of `behind`; of the
 * first of them, `kept` bytes are still there. */
static void say_but(struct scene *scene, size_t first, size_t kept, size_t behind)
{
    uint64_t missing = 0;

    for (size_t i = 0; i < NUM_RECORDS; i++) {
        struct bytes record = scene->records[i];
        bool hole = i >= first && i < behind;
        size_t len = !hole ? record.len : i == first ? kept : 0;

        if (len > 0)
            say(scene, SIDE_SERVER, bytes_first(record, len));
        missing += record.len - len;
        if (missing > 0 && i + 1 == behind)
            session_gap(scene->session, SIDE_SERVER, &(struct gap){.missing = missing, .frame = 1});
    }
    session_close(scene->session, 2);
}

/* words_from is how many bytes the server's words have, from this record on. */
static size_t words_from(size_t record)
{
    size_t len = 0;

    for (size_t i = record > WORDS ? record - WORDS : 0; i < NUM_WORDS; i++)
        len += 40 + i;
    return len;
}

static void behind_a_hole_all_opens(size_t first, size_t kept, size_t behind, size_t ticket_len)
{
    struct scene scene;

    start(&scene, ticket_len);
    say_but(&scene, first, kept, behind);
    if (scene.heard != words_from(behind))
        fail_msg("ticket of %zu, without %zu (but for %zu) to %zu: %zu of %zu bytes", ticket_len,
                 first, kept, behind, scene.heard, words_from(behind));
    assert_int_equal(scene.session->verdict.outcome, OUTCOME_PARTIAL);
    assert_int_equal(scene.session->verdict.reason, REASON_PACKETS_MISSING);
    assert_int_equal(scene.session->records_missing, behind > FINISHED ? behind - FINISHED : 0);
    assert_false(scene.session->more_records_missing);
    end(&scene);
}

/* Wherever the hole begins, up to the Finished, and however much of that record is there. */
static void a_hole_over_the_change_of_keys_costs_what_is_in_it(void **state)
{
    static const size_t lengths[] = {1, 180, 373, 1400};

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (size_t first = TICKET; first <= FINISHED; first++) {
            for (size_t behind = first + 1; behind <= WORDS + 2; behind++) {
                for (size_t kept = 0; kept < 6; kept += kept == 0 ? 1 : 4)
                    behind_a_hole_all_opens(first, kept, behind, lengths[i]);
            }
        }
    }
}

static void a_hole_among_the_words_costs_what_is_in_it(void **state)
{
    (void)state;
    for (size_t first = WORDS; first < NUM_RECORDS - 1; first++) {
        struct scene scene;

        start(&scene, 100);
        say_but(&scene, first, 0, first + 1);
        assert_int_equal(scene.heard,
                         words_from(WORDS) - words_from(first) + words_from(first + 1));
        end(&scene);
    }
}

/* So many words, and so much in the clear, that trying all would cost too much: that is told. */
static void a_search_that_is_not_carried_through_claims_nothing(void **state)
{
    struct scene scene;

    (void)state;
    start(&scene, 16000);
    say_but(&scene, TICKET, 0, NUM_RECORDS - 1);
    assert_int_equal(scene.heard, 0);
    assert_true(scene.session->search_limited);
    /* What the client has sealed is open. */
    assert_int_equal(scene.session->verdict.outcome, OUTCOME_PARTIAL);
    assert_non_null(strstr(scene.session->verdict.explanation, "limit"));
    assert_null(strstr(scene.session->verdict.explanation, "no whole record"));
    end(&scene);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_hole_over_the_change_of_keys_costs_what_is_in_it),
        CASE(a_hole_among_the_words_costs_what_is_in_it),
        CASE(a_search_that_is_not_carried_through_claims_nothing),
    };
    struct providers providers;

    providers_load(&providers);
    int failed = RUN(cases);
    providers_unload(&providers);
    return failed;
}
