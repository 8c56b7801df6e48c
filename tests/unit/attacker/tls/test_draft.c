/* The drafts of TLS 1.3: their numbers, and the hellos that only they have. */
#include "attacker/tls/draft.h"

#include <string.h>

#include "attacker/tls/hello.h"
#include "tests/support/check.h"
#include "tests/support/cuts.h"

#define RANDOM "5252525252525252525252525252525252525252525252525252525252525252"

static void a_draft_has_a_version_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(draft_of_version(0x7f12), 18);
    assert_int_equal(draft_of_version(0x7f1c), 28);
    assert_int_equal(draft_of_version(0xfb17), 23);
    assert_int_equal(draft_of_version(0xfb1a), 26);
    assert_int_equal(draft_of_version(0x7f11), 0);
    assert_int_equal(draft_of_version(0x7f1d), 0);
    assert_int_equal(draft_of_version(0x0304), 0);
    assert_int_equal(draft_of_version(0xfb18), 0);
}

static void the_rfc_is_behind_every_change(void **state)
{
    (void)state;
    assert_true(draft_is_before(22, DRAFT_KEY_SHARE_IS_51));
    assert_false(draft_is_before(23, DRAFT_KEY_SHARE_IS_51));
    assert_false(draft_is_before(0, DRAFT_RETRY_NAMES_SUITE));
}

static bool reads_server(struct bytes body, const void *context)
{
    struct hello hello;

    (void)context;
    return hello_read_server(body, &hello);
}

static bool reads_torn_server(struct bytes body, struct hello *hello)
{
    return hello_read_torn_server(body, hello);
}

static bool reads_retry(struct bytes body, const void *context)
{
    struct hello hello;

    (void)context;
    return hello_read_retry(body, &hello);
}

static void up_to_draft_21_a_server_hello_has_no_session_id(void **state)
{
    struct bytes body = unhex("7f15" RANDOM "1301 0008 0028 0004 001d 0000");
    struct hello hello;
    struct bytes share;

    (void)state;
    assert_true(hello_read_server(body, &hello));
    assert_int_equal(hello.legacy_version, 0x7f15);
    assert_int_equal(hello.random[31], 0x52);
    assert_int_equal(hello.session_id.len, 0);
    assert_int_equal(hello.suite, 0x1301);
    assert_int_equal(hello.compression_method, 0);
    assert_true(hello_extension(&hello, EXTENSION_KEY_SHARE_OF_DRAFTS, &share));
    assert_int_equal(share.len, 4);
    refuses_a_trailing_byte(body, reads_server, NULL);
    for (size_t len = 0; len < body.len; len++) {
        struct bytes cut = exact_copy(bytes_first(body, len));

        assert_int_equal(reads_server(cut, NULL), len == 36); /* up to the suite it is one, too */
        assert_int_equal(reads_torn_server(cut, &hello), len >= 36);
        exact_free(cut);
    }
    exact_free(body);
}

static void a_retry_of_draft_18_names_no_suite(void **state)
{
    static const struct {
        const char *body;
        uint16_t suite;
    } retries[] = {{"7f12 0006 0028 0002 001d", 0}, {"7f13 1301 0006 0028 0002 001d", 0x1301}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bytes body = unhex(retries[i].body);
        struct hello hello;
        struct bytes group;

        assert_true(hello_read_retry(body, &hello));
        assert_int_equal(hello.legacy_version, 0x7f12 + i);
        assert_int_equal(hello.suite, retries[i].suite);
        assert_true(hello_extension(&hello, EXTENSION_KEY_SHARE_OF_DRAFTS, &group));
        refuses_every_cut(body, reads_retry, NULL);
        refuses_a_trailing_byte(body, reads_retry, NULL);
        exact_free(body);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_draft_has_a_version_of_its_own),
        CASE(the_rfc_is_behind_every_change),
        CASE(up_to_draft_21_a_server_hello_has_no_session_id),
        CASE(a_retry_of_draft_18_names_no_suite),
    };

    return RUN(cases);
}
