#include <stdlib.h>

#include "victim/words.h"

#include "tests/support/check.h"

#define DATE_S 1767603600

/* Takes all of a speech, `step` bytes at a time; to be cleared. */
static struct buffer take_all(struct speech *speech, size_t step)
{
    struct buffer all = {0};
    uint8_t *chunk = malloc(step);
    size_t n;

    assert_non_null(chunk);
    while ((n = speech_next(speech, chunk, step)) > 0) {
        assert_true(n <= step);
        buffer_append(&all, bytes_of(chunk, n));
    }
    free(chunk);
    return all;
}

static const uint8_t *find(const struct buffer *in, const char *what)
{
    return in->len > 0 ? memmem(in->at, in->len, what, strlen(what)) : NULL;
}

/* The body is as long as Content-Length says; returns it as a view. */
static struct bytes assert_content_length(const struct buffer *all)
{
    static const char field[] = "\r\nContent-Length: ";
    const uint8_t *length = find(all, field);
    const uint8_t *end = find(all, "\r\n\r\n");

    assert_non_null(length);
    assert_non_null(end);
    assert_true(length < end);

    struct bytes body = bytes_of(end + 4, all->len - (size_t)(end + 4 - all->at));

    assert_int_equal(strtoull((const char *)length + sizeof(field) - 1, NULL, 10), body.len);
    return body;
}

static struct customer a_customer(void)
{
    struct customer customer;
    struct seed seed;
    struct dice dice;

    assert_true(seed_init(&seed, "test"));
    dice_init(&dice, &seed, "customer");
    customer_draw(&customer, &dice);
    return customer;
}

static void a_login_is_a_form_with_the_customers_password(void **state)
{
    struct customer customer = a_customer();
    struct speech speech = {0};
    char *form = alloc_format("user=%s&password=%s", customer.user, customer.password);

    (void)state;
    words_login(&speech, &customer, "bank.example");

    struct buffer all = take_all(&speech, 4096);
    struct bytes body = assert_content_length(&all);

    assert_true(bytes_equal(body, bytes_of(form, strlen(form))));
    assert_int_equal(memcmp(all.at, "POST /login HTTP/1.1\r\nHost: bank.example\r\n", 42), 0);
    assert_non_null(find(&all, "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
    free(form);
    buffer_clear(&all);
    speech_clear(&speech);
}

static void an_inquiry_carries_the_password_in_base64(void **state)
{
    struct customer customer = {.user = "alice", .password = "secret"};
    struct speech speech = {0};

    (void)state;
    words_account(&speech, &customer, "localhost:4433");

    struct buffer all = take_all(&speech, 4096);

    assert_non_null(find(&all, "\r\nAuthorization: Basic YWxpY2U6c2VjcmV0\r\n\r\n"));
    assert_non_null(find(&all, "\r\nHost: localhost:4433\r\n"));
    buffer_clear(&all);
    speech_clear(&speech);
}

static void a_message_is_carried_byte_for_byte(void **state)
{
    static const char message[] = "zero \0, line ends \r\n\r\n, and \xff";
    struct speech speech = {0};

    (void)state;
    words_message(&speech, bytes_of(message, sizeof(message)), "bank.example");

    struct buffer all = take_all(&speech, 4096);

    assert_true(bytes_equal(assert_content_length(&all), bytes_of(message, sizeof(message))));
    buffer_clear(&all);
    speech_clear(&speech);
}

static void an_empty_message_has_a_length_of_zero(void **state)
{
    struct speech speech = {0};

    (void)state;
    words_message(&speech, bytes_of("", 0), "bank.example");

    struct buffer all = take_all(&speech, 4096);

    assert_int_equal(assert_content_length(&all).len, 0);
    buffer_clear(&all);
    speech_clear(&speech);
}

static void answers_say_how_long_they_are_and_when_they_were_given(void **state)
{
    struct customer customer = a_customer();

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct speech speech = {0};

        if (i == 0)
            words_balance(&speech, &customer, DATE_S);
        else if (i == 1)
            words_received(&speech, 17, DATE_S);
        else if (i == 2)
            words_page(&speech, "TLS 1.2", "TLS_RSA_WITH_AES_128_CBC_SHA", DATE_S);
        else
            words_echo(&speech, bytes_of("hello", 5), DATE_S);

        struct buffer all = take_all(&speech, 4096);

        assert_true(assert_content_length(&all).len > 0);
        assert_int_equal(memcmp(all.at, "HTTP/1.1 200 OK\r\n", 17), 0);
        assert_non_null(find(&all, "\r\nDate: Mon, 05 Jan 2026 09:00:00 GMT\r\n"));
        buffer_clear(&all);
        speech_clear(&speech);
    }
}

static void filler_has_the_length_that_was_asked_for(void **state)
{
    static const uint64_t sizes[] = {0, 1, 57, 58, 59, 16383, 16384, 16385, 1000003};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct speech speech = {0};

        words_filler(&speech, sizes[i], DATE_S);

        struct buffer all = take_all(&speech, 16384);

        assert_int_equal(assert_content_length(&all).len, sizes[i]);
        assert_true(speech.text.len < 512); /* the body was never in memory */
        buffer_clear(&all);
        speech_clear(&speech);
    }
}

static void filler_is_the_same_in_pieces_of_any_size(void **state)
{
    struct buffer expected;
    struct speech whole = {0};

    (void)state;
    words_filler(&whole, 5000, DATE_S);
    expected = take_all(&whole, 100000);
    for (size_t step = 1; step < 200; step += 7) {
        struct speech pieces = {0};

        words_filler(&pieces, 5000, DATE_S);

        struct buffer got = take_all(&pieces, step);

        assert_true(bytes_equal(buffer_view(&got), buffer_view(&expected)));
        buffer_clear(&got);
        speech_clear(&pieces);
    }
    buffer_clear(&expected);
    speech_clear(&whole);
}

static void lines_of_filler_are_numbered(void **state)
{
    struct speech speech = {0};

    (void)state;
    words_filler(&speech, 70000, DATE_S);

    struct buffer all = take_all(&speech, 16384);

    assert_non_null(find(&all, "\r\n\r\n000000000000 The quick"));
    assert_non_null(find(&all, "\n000000001000 The quick"));
    buffer_clear(&all);
    speech_clear(&speech);
}

static void a_head_request_gets_the_head_only(void **state)
{
    struct speech speech = {0};

    (void)state;
    words_filler(&speech, 1000, DATE_S);
    words_head_only(&speech);

    struct buffer all = take_all(&speech, 4096);

    assert_non_null(find(&all, "\r\nContent-Length: 1000\r\n"));
    assert_ptr_equal(find(&all, "\r\n\r\n"), all.at + all.len - 4);
    buffer_clear(&all);
    speech_clear(&speech);
}

static void the_same_dice_draw_the_same_customer(void **state)
{
    struct customer a = a_customer();
    struct customer b = a_customer();

    (void)state;
    assert_string_equal(a.user, b.user);
    assert_string_equal(a.password, b.password);
    assert_string_equal(a.account, b.account);
    assert_int_equal(a.balance_cents, b.balance_cents);
    assert_int_equal(strlen(a.account), 22);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_login_is_a_form_with_the_customers_password),
        CASE(an_inquiry_carries_the_password_in_base64),
        CASE(a_message_is_carried_byte_for_byte),
        CASE(an_empty_message_has_a_length_of_zero),
        CASE(answers_say_how_long_they_are_and_when_they_were_given),
        CASE(filler_has_the_length_that_was_asked_for),
        CASE(filler_is_the_same_in_pieces_of_any_size),
        CASE(lines_of_filler_are_numbered),
        CASE(a_head_request_gets_the_head_only),
        CASE(the_same_dice_draw_the_same_customer),
    };

    return RUN(cases);
}
