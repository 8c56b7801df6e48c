#include "attacker/leaks/keylog_line.h"

#include <stdlib.h>

#include "capture/alloc.h"
#include "tests/support/check.h"

#define RANDOM "c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
#define MASTER                                                                                     \
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445" \
    "46"                                                                                           \
    "47"

static enum keylog_answer read_line(struct keylog_entry *entry, struct keylog_context *context,
                                    const char *line)
{
    char *copy = alloc_text(line);
    enum keylog_answer answer = keylog_line_read(entry, context, copy);

    free(copy);
    return answer;
}

/* alone reads a line that has none in front of it. */
static enum keylog_answer alone(struct keylog_entry *entry, const char *line)
{
    struct keylog_context context = {0};

    return read_line(entry, &context, line);
}

static void every_label_that_opens_something_is_known(void **state)
{
    static const enum keylog_label by_random[] = {
        KEYLOG_CLIENT_RANDOM,     KEYLOG_PMS_CLIENT_RANDOM, KEYLOG_CLIENT_EARLY,
        KEYLOG_CLIENT_HANDSHAKE,  KEYLOG_SERVER_HANDSHAKE,  KEYLOG_CLIENT_APPLICATION,
        KEYLOG_SERVER_APPLICATION};
    struct keylog_entry entry;

    (void)state;
    for (size_t i = 0; i < sizeof(by_random) / sizeof(by_random[0]); i++) {
        char *line = alloc_format("%s " RANDOM " " MASTER, keylog_label_name(by_random[i]));

        assert_int_equal(alone(&entry, line), KEYLOG_LINE);
        assert_int_equal(entry.identity.label, by_random[i]);
        assert_int_equal(entry.identity.len, RANDOM_LEN);
        assert_int_equal(entry.secret_len, MASTER_SECRET_LEN);
        free(line);
    }
}

/* Wireshark's old form, and what openssl s_client prints amid other lines. */
static void a_session_id_names_a_master_secret_in_two_forms(void **state)
{
    struct keylog_context context = {0};
    struct keylog_entry entry;

    (void)state;
    assert_int_equal(alone(&entry, "RSA Session-ID:0a0b0c Master-Key:" MASTER), KEYLOG_LINE);
    assert_int_equal(entry.identity.label, KEYLOG_SESSION_ID);
    assert_int_equal(entry.identity.len, 3);
    assert_int_equal(entry.identity.value[2], 0x0c);
    assert_int_equal(entry.secret_len, MASTER_SECRET_LEN);

    assert_int_equal(read_line(&entry, &context, "    Session-ID: 0A0B0C"), KEYLOG_UNNEEDED);
    assert_int_equal(read_line(&entry, &context, "    Session-ID-ctx: "), KEYLOG_NO_LINE);
    assert_int_equal(read_line(&entry, &context, "    Master-Key: " MASTER), KEYLOG_LINE);
    assert_int_equal(entry.identity.label, KEYLOG_SESSION_ID);
    assert_int_equal(entry.identity.value[0], 0x0a);
    /* A session without an ID is not the one before. */
    assert_int_equal(read_line(&entry, &context, "    Session-ID: "), KEYLOG_UNNEEDED);
    assert_int_equal(read_line(&entry, &context, "    Master-Key: " MASTER), KEYLOG_UNNEEDED);
}

static void what_opens_nothing_is_passed_over_and_still_a_line(void **state)
{
    static const char *const lines[] = {
        "EXPORTER_SECRET " RANDOM " " MASTER,
        "EARLY_EXPORTER_SECRET " RANDOM " " MASTER,
        "ECH_SECRET " RANDOM " 0102",
        "ECH_CONFIG " RANDOM " fe0d003a",
        "CLIENT_TRAFFIC_SECRET_1 " RANDOM " " MASTER,
        "SERVER_TRAFFIC_SECRET_12 " RANDOM " " MASTER,
        "SOMETHING_TO_COME 00 11",
    };
    struct keylog_entry entry;

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        assert_int_equal(alone(&entry, lines[i]), KEYLOG_UNNEEDED);
}

static void what_is_none_is_none(void **state)
{
    static const char *const lines[] = {
        "",
        "   ",
        "CLIENT_RANDOM",
        "CLIENT_RANDOM " RANDOM,
        "CLIENT_RANDOM c1 " MASTER,
        "CLIENT_RANDOM " RANDOM " 0",
        "RSA Session-ID:0a0b0c",
        "RSA Session-ID: Master-Key:" MASTER,
        "RSA Session-ID:" RANDOM "00 Master-Key:" MASTER,
        "RSA Session-ID:0a Master-Key:" MASTER "00",
        "Master-Key: xyz",
        "three plain words",
    };
    struct keylog_entry entry;

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        assert_int_equal(alone(&entry, lines[i]), KEYLOG_NO_LINE);
}

/* As long as the prime of a group can be. */
static void a_premaster_may_be_long(void **state)
{
    static char digits[2 * SECRET_MAX_LEN + 3];
    struct keylog_entry entry;

    (void)state;
    memset(digits, 'a', sizeof(digits) - 1);
    for (size_t excess = 0; excess <= 2; excess += 2) {
        digits[2 * (size_t)SECRET_MAX_LEN + excess] = '\0';
        char *line = alloc_format("PMS_CLIENT_RANDOM " RANDOM " %s", digits);

        assert_int_equal(alone(&entry, line), excess == 0 ? KEYLOG_LINE : KEYLOG_NO_LINE);
        digits[2 * (size_t)SECRET_MAX_LEN + excess] = 'a';
        free(line);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_label_that_opens_something_is_known),
        CASE(a_session_id_names_a_master_secret_in_two_forms),
        CASE(what_opens_nothing_is_passed_over_and_still_a_line),
        CASE(what_is_none_is_none),
        CASE(a_premaster_may_be_long),
    };

    return RUN(cases);
}
