#include "attacker/leaks/resumable.h"

#include <pthread.h>
#include <stdio.h>

#include "tests/support/check.h"

static struct bytes name_of(const char *text)
{
    return bytes_of(text, strlen(text));
}

static void file(struct resumable *r, enum resumable_name kind, const char *name, uint8_t secret)
{
    struct original original = {.secret_len = 48};

    memset(original.secret, secret, original.secret_len);
    resumable_file(r, kind, name_of(name), &original);
}

/* secret_of is the first byte of the secret of that name, -1 when it is not known. */
static int secret_of(struct resumable *r, enum resumable_name kind, const char *name)
{
    struct original original;

    return resumable_find(r, kind, name_of(name), &original) ? original.secret[0] : -1;
}

static void a_name_finds_the_last_session_that_got_it(void **state)
{
    struct resumable *r = resumable_new();

    (void)state;
    assert_int_equal(secret_of(r, RESUMABLE_SESSION_ID, "a"), -1);
    file(r, RESUMABLE_SESSION_ID, "a", 1);
    file(r, RESUMABLE_SESSION_ID, "b", 2);
    file(r, RESUMABLE_SESSION_ID, "a", 3);
    assert_int_equal(secret_of(r, RESUMABLE_SESSION_ID, "a"), 3);
    assert_int_equal(secret_of(r, RESUMABLE_SESSION_ID, "b"), 2);
    resumable_free(r);
}

static void a_ticket_is_no_session_id(void **state)
{
    struct resumable *r = resumable_new();

    (void)state;
    file(r, RESUMABLE_SESSION_ID, "a", 1);
    file(r, RESUMABLE_TICKET, "a", 2);
    assert_int_equal(secret_of(r, RESUMABLE_SESSION_ID, "a"), 1);
    assert_int_equal(secret_of(r, RESUMABLE_TICKET, "a"), 2);
    assert_int_equal(secret_of(r, RESUMABLE_PSK_IDENTITY, "a"), -1);
    resumable_free(r);
}

static void an_empty_name_is_none(void **state)
{
    struct resumable *r = resumable_new();

    (void)state;
    file(r, RESUMABLE_SESSION_ID, "", 1);
    assert_int_equal(secret_of(r, RESUMABLE_SESSION_ID, ""), -1);
    resumable_free(r);
}

static void beyond_the_limit_the_oldest_is_forgotten_and_counted(void **state)
{
    struct resumable *r = resumable_new();

    (void)state;
    resumable_limit(r, 2);
    file(r, RESUMABLE_SESSION_ID, "a", 1);
    file(r, RESUMABLE_SESSION_ID, "b", 2);
    file(r, RESUMABLE_SESSION_ID, "a", 3); /* which makes it no younger */
    assert_int_equal(resumable_forgotten(r), 0);
    file(r, RESUMABLE_SESSION_ID, "c", 4);
    assert_int_equal(resumable_forgotten(r), 1);
    assert_int_equal(secret_of(r, RESUMABLE_SESSION_ID, "a"), -1);
    assert_int_equal(secret_of(r, RESUMABLE_SESSION_ID, "b"), 2);
    assert_int_equal(secret_of(r, RESUMABLE_SESSION_ID, "c"), 4);
    resumable_free(r);
}

static void none_at_all_keeps_nothing(void **state)
{
    struct handshake h = {0};
    struct secret secret = {0};
    struct evidence e = {0};

    (void)state;
    file(NULL, RESUMABLE_SESSION_ID, "a", 1);
    assert_int_equal(secret_of(NULL, RESUMABLE_SESSION_ID, "a"), -1);
    assert_int_equal(resumable_forgotten(NULL), 0);
    assert_int_equal(resumable_ask(NULL, &h, &secret, &e), ANSWER_NOT_GIVEN);
    resumable_free(NULL);
}

static void *file_many(void *resumable)
{
    for (int i = 0; i < 2000; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "%d", i % 500);
        file(resumable, RESUMABLE_TICKET, name, 7);
        assert_int_equal(secret_of(resumable, RESUMABLE_TICKET, name), 7);
    }
    return NULL;
}

static void several_threads_can_share_it(void **state)
{
    struct resumable *r = resumable_new();
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, file_many, r), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(secret_of(r, RESUMABLE_TICKET, "499"), 7);
    resumable_free(r);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_name_finds_the_last_session_that_got_it),
        CASE(a_ticket_is_no_session_id),
        CASE(an_empty_name_is_none),
        CASE(beyond_the_limit_the_oldest_is_forgotten_and_counted),
        CASE(none_at_all_keeps_nothing),
        CASE(several_threads_can_share_it),
    };

    return RUN(cases);
}
