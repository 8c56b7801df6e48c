/* A key log that has some secrets of a session in TLS 1.3, and not the others. */
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/played.h"

/* keep leaves only those lines in the key log that have `part` in their label. */
static void keep(struct parley *t, const char *part)
{
    struct buffer kept = {0};
    char *rest = NULL;
    char *text;

    buffer_append(&t->keylog, bytes_of("", 1));
    text = (char *)t->keylog.at;
    for (const char *line; (line = strtok_r(text, "\n", &rest)) != NULL; text = NULL) {
        if (!strstr(line, part))
            continue;
        buffer_append(&kept, bytes_of(line, strlen(line)));
        buffer_append(&kept, bytes_of("\n", 1));
    }
    buffer_clear(&t->keylog);
    t->keylog = kept;
}

static void converse(struct parley *t, struct played *p, const char *part)
{
    parley_begin(t, &(struct parley_terms){0});
    parley_say(t, SIDE_CLIENT, bytes_of("asked", 5));
    parley_say(t, SIDE_SERVER, bytes_of("answered", 8));
    parley_hang_up(t);
    keep(t, part);
    played_with_keylog(p, t);
}

static void heard(const struct played *p, const char *client, const char *server)
{
    assert_true(bytes_equal(buffer_view(&p->said[SIDE_CLIENT]), bytes_of(client, strlen(client))));
    assert_true(bytes_equal(buffer_view(&p->said[SIDE_SERVER]), bytes_of(server, strlen(server))));
}

static void without_the_handshakes_the_application_data_opens(void **state)
{
    struct parley t;
    struct played p;
    const struct verdict *v;

    (void)state;
    converse(&t, &p, "TRAFFIC_SECRET_0");
    v = &p.session->verdict;
    assert_non_null(strstr(v->explanation, "but not CLIENT_HANDSHAKE_TRAFFIC_SECRET and "
                                           "SERVER_HANDSHAKE_TRAFFIC_SECRET. "));
    heard(&p, "asked", "answered");
    assert_int_equal(v->outcome, OUTCOME_PARTIAL);
    assert_int_equal(v->reason, REASON_NO_KEY);
    assert_false(v->finished_verified);
    assert_string_equal(v->secret_source, "keylog");
    assert_int_equal(p.num_skips[SIDE_CLIENT] + p.num_skips[SIDE_SERVER], 0);
    played_clear(&p);
    parley_clear(&t);
}

static void with_one_sides_secrets_that_side_opens(void **state)
{
    static const struct {
        const char *part, *client, *server;
        bool finished;
    } cases[] = {
        {"CLIENT_TRAFFIC_SECRET_0", "asked", "", false},
        {"SERVER_TRAFFIC_SECRET_0", "", "answered", false},
        {"CLIENT_", "asked", "", false},
        {"SERVER_", "", "answered", true},
        {"HANDSHAKE", "", "", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct parley t;
        struct played p;

        converse(&t, &p, cases[i].part);
        heard(&p, cases[i].client, cases[i].server);
        assert_int_equal(p.session->verdict.outcome, OUTCOME_PARTIAL);
        assert_int_equal(p.session->verdict.reason, REASON_NO_KEY);
        assert_int_equal(p.session->verdict.finished_verified, cases[i].finished);
        played_clear(&p);
        parley_clear(&t);
    }
}

/* The client said nothing: what is known of its secrets opens nothing, and yet it may be right. */
static void a_secret_of_a_side_that_said_nothing_is_not_called_wrong(void **state)
{
    struct parley t;
    struct played p;

    (void)state;
    parley_begin(&t, &(struct parley_terms){0});
    parley_say(&t, SIDE_SERVER, bytes_of("answered", 8));
    keep(&t, "CLIENT_TRAFFIC_SECRET_0");
    played_with_keylog(&p, &t);
    assert_int_equal(p.session->verdict.outcome, OUTCOME_UNDECRYPTABLE);
    assert_int_equal(p.session->verdict.reason, REASON_NO_KEY);
    played_clear(&p);
    parley_clear(&t);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(without_the_handshakes_the_application_data_opens),
        CASE(with_one_sides_secrets_that_side_opens),
        CASE(a_secret_of_a_side_that_said_nothing_is_not_called_wrong),
    };

    return RUN(cases);
}
