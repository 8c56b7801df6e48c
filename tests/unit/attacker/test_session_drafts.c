/* Conversations in the drafts of TLS 1.3, by key log and by ephemeral key. */
#include "tests/support/check.h"
#include "tests/support/draft_talk.h"
#include "tests/support/played.h"
#include "tests/support/run_stage.h"

static void converse(struct draft_talk *t, const struct draft_terms *terms)
{
    draft_talk_begin(t, terms);
    draft_talk_say(t, SIDE_CLIENT, "asked");
    draft_talk_say(t, SIDE_SERVER, "ans");
    draft_talk_update(t, SIDE_SERVER);
    draft_talk_say(t, SIDE_SERVER, "wered");
}

static void is_open(struct played *p)
{
    const struct handshake *h = &p->session->handshake;

    played_is_open(p, "asked", "answered");
    assert_string_equal(handshake_version_name(h), "TLS 1.3");
    assert_int_equal(h->group, 0x001d);
    played_clear(p);
}

/* opens: whichever leak it is. */
static void opens(const struct draft_terms *terms)
{
    struct draft_talk t;
    struct played p;

    converse(&t, terms);
    played_with_keylog(&p, &t.parley);
    is_open(&p);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        played_with_ephemeral(&p, &t.parley, t.shares[side]);
        is_open(&p);
    }
    draft_talk_clear(&t);
}

static void what_the_rfc_says_opens_too(void **state)
{
    (void)state;
    opens(&(struct draft_terms){0});
    opens(&(struct draft_terms){.retry = true});
}

static void every_draft_from_18_to_28_opens(void **state)
{
    (void)state;
    for (unsigned draft = 18; draft <= 28; draft++)
        opens(&(struct draft_terms){.draft = draft});
}

static void every_draft_opens_behind_a_retry(void **state)
{
    (void)state;
    for (unsigned draft = 18; draft <= 28; draft++)
        opens(&(struct draft_terms){.draft = draft, .retry = true});
}

/* early_data_of plays a conversation that began with it. */
static void early_data_of(struct played *p, unsigned draft, bool with_its_secret)
{
    struct draft_talk t;

    converse(&t, &(struct draft_terms){.draft = draft, .early = "first "});
    if (!with_its_secret) {
        struct bytes lines = buffer_view(&t.parley.keylog);
        const uint8_t *second = (const uint8_t *)memchr(lines.at, '\n', lines.len) + 1;

        buffer_drop(&t.parley.keylog, (size_t)(second - lines.at));
    }
    played_with_keylog(p, &t.parley);
    draft_talk_clear(&t);
}

/* In draft 18 an alert ends it, which no Finished goes over. */
static void the_early_data_of_every_draft_opens(void **state)
{
    (void)state;
    for (unsigned draft = 17; draft <= 28; draft++) {
        struct played p;

        early_data_of(&p, draft == 17 ? 0 : draft, true);
        played_is_open(&p, "first asked", "answered");
        played_clear(&p);
    }
}

static void without_its_secret_what_follows_on_it_opens(void **state)
{
    (void)state;
    for (unsigned draft = 17; draft <= 28; draft++) {
        struct played p;

        early_data_of(&p, draft == 17 ? 0 : draft, false);
        assert_int_equal(p.session->verdict.outcome, OUTCOME_PARTIAL);
        assert_true(p.session->finished_verified[SIDE_CLIENT]);
        assert_true(p.session->finished_verified[SIDE_SERVER]);
        assert_true(bytes_equal(buffer_view(&p.said[SIDE_CLIENT]), bytes_of("asked", 5)));
        assert_true(bytes_equal(buffer_view(&p.said[SIDE_SERVER]), bytes_of("answered", 8)));
        played_clear(&p);
    }
}

static void the_numbers_that_facebook_gave_two_drafts_are_known(void **state)
{
    (void)state;
    opens(&(struct draft_terms){.draft = 23, .version = 0xfb17});
    opens(&(struct draft_terms){.draft = 26, .version = 0xfb1a});
}

static void the_evidence_names_the_draft(void **state)
{
    struct draft_talk t;
    struct played p;
    bool named = false;

    (void)state;
    converse(&t, &(struct draft_terms){.draft = 21});
    played_with_keylog(&p, &t.parley);
    for (size_t i = 0; i < p.session->evidence.num_steps; i++)
        named |= strncmp(p.session->evidence.steps[i].result, "draft 21 ", 9) == 0;
    assert_true(named);
    played_clear(&p);
    draft_talk_clear(&t);
}

static void hear(void *context, const struct session *s, enum side from, const struct chunk *chunk)
{
    struct buffer *heard = context;

    (void)s;
    (void)from;
    buffer_append(heard, chunk->data);
}

static void pass_over(void *context, const struct session *s, enum side from, uint64_t sealed_len)
{
    (void)context;
    (void)s;
    (void)from;
    (void)sealed_len;
}

/* play_with_hole leaves ten bytes out, three behind the beginning of the last burst. */
static struct session *play_with_hole(const struct parley *t, const struct leaks *leaks,
                                      struct buffer *heard)
{
    const struct connection connection = {.syn_seen = true};
    const struct session_listener listener = {
        .context = heard, .plaintext = hear, .skipped = pass_over};
    struct session *s = session_new(&connection, false, false, leaks, &listener, NULL);
    size_t last = t->num_bursts - 1;
    struct bytes burst = buffer_view(&t->bursts[last]);

    for (size_t i = 0; i < last; i++)
        session_bytes(s, t->from[i], &(struct chunk){buffer_view(&t->bursts[i]), i, i + 1});
    session_bytes(s, t->from[last], &(struct chunk){bytes_first(burst, 3), last, last});
    session_gap(s, t->from[last], &(struct gap){.missing = 10});
    session_bytes(s, t->from[last],
                  &(struct chunk){bytes_of(burst.at + 13, burst.len - 13), last, last});
    session_close(s, last);
    return s;
}

/* Up to draft 21 all records say that they are of TLS 1.0. */
static void a_draft_opens_again_behind_a_hole(void **state)
{
    static const unsigned drafts[] = {18, 21, 22, 28};

    (void)state;
    for (size_t i = 0; i < sizeof(drafts) / sizeof(drafts[0]); i++) {
        struct draft_talk t;
        struct leaks leaks = {0};
        struct buffer heard = {0};

        draft_talk_begin(&t, &(struct draft_terms){.draft = drafts[i]});
        draft_talk_say(&t, SIDE_SERVER, "lost");
        draft_talk_say(&t, SIDE_SERVER, "found");
        parley_leak(&t.parley, &leaks);
        struct session *s = play_with_hole(&t.parley, &leaks, &heard);
        assert_int_equal(s->verdict.outcome, OUTCOME_PARTIAL);
        assert_true(bytes_equal(buffer_view(&heard), bytes_of("found", 5)));
        session_free(s);
        leaks_clear(&leaks);
        buffer_clear(&heard);
        draft_talk_clear(&t);
    }
}

/* found_in plays it to a run, which has to find the TLS first. `client` is the side of the
 * connection that is the client of TLS. */
static void found_in(struct run_stage *s, struct talk talk, const struct draft_talk *t,
                     enum side client)
{
    parley_leak(&t->parley, &s->leaks);
    for (size_t i = 0; i < t->parley.num_bursts; i++) {
        enum side from = t->parley.from[i] == SIDE_CLIENT ? client : side_other(client);

        talk_say(&talk, from, buffer_view(&t->parley.bursts[i]));
    }
    run_stage_finish(s);
    assert_int_equal(s->num_verdicts, 1);
    assert_int_equal(s->noted[0].verdict.outcome, OUTCOME_DECRYPTED);
    run_stage_clear(s);
}

/* Up to draft 21 what comes first is no ServerHello. */
static void a_draft_is_found_in_a_recording(void **state)
{
    (void)state;
    for (unsigned draft = 18; draft <= 28; draft++) {
        struct draft_talk t;
        struct run_stage s;

        converse(&t, &(struct draft_terms){.draft = draft, .retry = true});
        run_stage_init(&s, NULL);
        found_in(&s, talk_open(&s, 20000), &t, SIDE_CLIENT);
        draft_talk_clear(&t);
    }
}

static void a_retry_behind_plain_talk_is_followed(void **state)
{
    (void)state;
    for (unsigned draft = 18; draft <= 28; draft++) {
        struct draft_talk t;
        struct run_stage s;
        struct talk talk;

        converse(&t, &(struct draft_terms){.draft = draft, .retry = true});
        run_stage_init(&s, NULL);
        talk = talk_open(&s, 20000);
        talk_say(&talk, SIDE_SERVER, bytes_of("220 mail.example ESMTP\r\n", 24));
        talk_say(&talk, SIDE_CLIENT, bytes_of("STARTTLS\r\n", 10));
        talk_say(&talk, SIDE_SERVER, bytes_of("220 go ahead\r\n", 14));
        found_in(&s, talk, &t, SIDE_CLIENT);
        draft_talk_clear(&t);
    }
}

/* Without a SYN, nothing but the ports says at first who is the client. */
static void a_retry_is_followed_whoever_the_ports_make_the_client(void **state)
{
    (void)state;
    for (unsigned draft = 17; draft <= 28; draft++) {
        for (enum side client = SIDE_CLIENT; client <= SIDE_SERVER; client++) {
            struct draft_talk t;
            struct run_stage s;

            converse(&t, &(struct draft_terms){.draft = draft == 17 ? 0 : draft, .retry = true});
            run_stage_init(&s, NULL);
            found_in(&s, talk_silently(&s, 20000), &t, client);
            draft_talk_clear(&t);
        }
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(what_the_rfc_says_opens_too),
        CASE(every_draft_from_18_to_28_opens),
        CASE(every_draft_opens_behind_a_retry),
        CASE(the_early_data_of_every_draft_opens),
        CASE(without_its_secret_what_follows_on_it_opens),
        CASE(the_numbers_that_facebook_gave_two_drafts_are_known),
        CASE(the_evidence_names_the_draft),
        CASE(a_draft_opens_again_behind_a_hole),
        CASE(a_draft_is_found_in_a_recording),
        CASE(a_retry_behind_plain_talk_is_followed),
        CASE(a_retry_is_followed_whoever_the_ports_make_the_client),
    };

    return RUN(cases);
}
