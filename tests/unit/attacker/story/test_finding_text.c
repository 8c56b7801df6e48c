/* What stayed in use, in words. */
#include "attacker/story/finding_text.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/printed.h"

#define HOUR 3600000000000ull

static void check(const struct exposed *x, const char *says)
{
    char *text = finding_text_new(x);

    assert_string_equal(text, says);
    free(text);
}

static struct exposed of_kind(enum exposure_kind kind)
{
    static char server[] = "kitchen.example";

    return (struct exposed){
        .kind = kind, .first_ns = HOUR, .last_ns = 27 * HOUR, .num_sessions = 3, .server = server};
}

static void each_kind_has_a_sentence(void **state)
{
    struct exposed value = of_kind(EXPOSURE_SERVER_VALUE);
    struct exposed client = of_kind(EXPOSURE_CLIENT_VALUE);
    struct exposed key = of_kind(EXPOSURE_TICKET_KEY);
    struct exposed chain = of_kind(EXPOSURE_CHAIN);

    (void)state;
    check(&value, "kitchen.example used the same ephemeral key in 3 sessions, over at least 26.0 "
                  "hours: whoever gets hold of its private part reads them all.");
    memcpy(value.group, "x25519", 7);
    value.several_servers = true;
    check(&value, "kitchen.example (and others) used the same ephemeral key (x25519) in 3 "
                  "sessions, over at least 26.0 hours: whoever gets hold of its private part reads "
                  "them all.");
    check(&client, "A client of kitchen.example used the same ephemeral key in 3 sessions, over at "
                   "least 26.0 hours: whoever gets hold of its private part reads them all.");
    memset(key.key_name, 0xa5, sizeof(key.key_name));
    check(&key, "kitchen.example sealed the tickets of 3 sessions with one ticket key, by the name "
                "of a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5, over at least 26.0 hours: whoever gets hold "
                "of it opens them all.");
    check(&chain, "3 sessions with kitchen.example, each resumed from one before, went on for at "
                  "least 26.0 hours: the secret of the first stayed in use for as long.");
}

/* use_again: `value` in so many sessions. */
static void use_again(struct exposure *e, const char *value, uint64_t num_sessions)
{
    for (uint64_t id = 1; id <= num_sessions; id++) {
        const struct exposure_use use = {id, id * HOUR, "kitchen.example", "x25519"};

        exposure_see_value(e, EXPOSURE_SERVER_VALUE, bytes_of(value, strlen(value)), &use);
    }
}

static void the_sessions_are_listed_and_more_are_hinted_at(void **state)
{
    struct exposure *e = exposure_new();
    struct sheet sheet = {0};

    (void)state;
    use_again(e, "a", 2);
    use_again(e, "b", EXPOSURE_MAX_LISTED + 1);
    sheet_begin(&sheet);
    finding_text_print(sheet.out, false, e);
    sheet_end(&sheet);
    assert_non_null(strstr(sheet.text, "Sessions 1, 2.\n"));
    assert_non_null(strstr(sheet.text, "15, 16, ...\n"));
    assert_true(widest_line(sheet.text) <= 80);
    sheet_free(&sheet);
    exposure_free(e);
}

static void beyond_a_limit_findings_are_counted(void **state)
{
    struct exposure *e = exposure_new();
    struct sheet sheet = {0};
    char value[8];

    (void)state;
    for (int i = 0; i < FINDING_TEXT_MAX_TOLD + 3; i++) {
        (void)snprintf(value, sizeof(value), "%d", i);
        use_again(e, value, 2);
    }
    sheet_begin(&sheet);
    finding_text_print(sheet.out, false, e);
    sheet_end(&sheet);
    assert_non_null(strstr(sheet.text, "\nFound: 3 more ephemeral keys that were used again.\n"));
    sheet_free(&sheet);
    exposure_free(e);
}

static void tickets_and_chains_are_the_audits(void **state)
{
    struct exposure *e = exposure_new();
    struct sheet sheet = {0};
    const struct bytes id = bytes_of("id", 2);
    const struct exposure_use first = {1, 1, "kitchen.example", NULL};
    const struct exposure_use second = {2, 2, "kitchen.example", NULL};

    (void)state;
    exposure_see_chain(e, (struct bytes){0}, &id, 1, &first);
    exposure_see_chain(e, id, NULL, 0, &second);
    assert_non_null(exposure_next(e, NULL));
    sheet_begin(&sheet);
    finding_text_print(sheet.out, false, e);
    sheet_end(&sheet);
    assert_string_equal(sheet.text, "");
    sheet_free(&sheet);
    exposure_free(e);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_kind_has_a_sentence),
        CASE(the_sessions_are_listed_and_more_are_hinted_at),
        CASE(beyond_a_limit_findings_are_counted),
        CASE(tickets_and_chains_are_the_audits),
    };

    return RUN(cases);
}
