/* What is said of early data, which has keys of its own. */
#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/verdict_scene.h"

static void early_data_alone_is_open_by_whoever_knew_its_secret(void **state)
{
    static const struct {
        enum leak source;
        const char *name;
        enum reason reason;
        const char *part;
    } rows[] = {
        {LEAK_KEYLOG, "keylog", REASON_NO_KEY, "CLIENT_EARLY_TRAFFIC_SECRET"},
        {LEAK_ORIGINAL_SESSION, "original_session", REASON_FORWARD_SECRET, "an ephemeral key"},
        {LEAK_PSK, "psk", REASON_FORWARD_SECRET, "the pre-shared key alone, which was given"},
    };
    const struct handshake h = play(TLS13_PSK_ECDHE);
    const struct leaks_found found = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct findings f = {.any_leak_given = true,
                                   .records = 9,
                                   .records_opened = 2,
                                   .early_opened = 2,
                                   .early_source = rows[i].source};
        struct verdict v = reach(&f, &h, &found);

        assert_int_equal(v.outcome, OUTCOME_PARTIAL);
        assert_int_equal(v.reason, rows[i].reason);
        assert_string_equal(v.secret_source, rows[i].name);
        assert_says(v.explanation, "2 of 9 records");
        assert_says(v.explanation, rows[i].part);
    }
}

static void shut_early_data_is_told_apart_from_damage(void **state)
{
    static const struct {
        uint64_t opened;
        uint64_t early_shut;
        enum reason reason;
        const char *part;
    } rows[] = {
        {8, 1, REASON_PSK_NEEDED, "1 record of it stays shut"},
        {7, 2, REASON_PSK_NEEDED, "2 records of it stay shut"},
        {6, 2, REASON_MALFORMED, "6 of 9 protected records opened"}, /* one more is shut */
    };
    const struct handshake h = play(TLS13_PSK_ECDHE);
    const struct leaks_found found = {.found = true, .source = LEAK_KEYLOG};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct findings f = {.any_leak_given = true,
                                   .traffic_known = (1u << TRAFFIC_NUM_LABELS) - 1,
                                   .finished = {true, true},
                                   .records = 9,
                                   .records_opened = rows[i].opened,
                                   .early_shut = rows[i].early_shut};
        struct verdict v = reach(&f, &h, &found);

        assert_int_equal(v.outcome, OUTCOME_PARTIAL);
        assert_int_equal(v.reason, rows[i].reason);
        assert_string_equal(v.secret_source, "keylog");
        assert_says(v.explanation, rows[i].part);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(early_data_alone_is_open_by_whoever_knew_its_secret),
        CASE(shut_early_data_is_told_apart_from_damage),
    };

    return RUN(cases);
}
