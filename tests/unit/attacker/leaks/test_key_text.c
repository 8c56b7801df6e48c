#include "attacker/leaks/key_text.h"

#include <stdlib.h>

#include "tests/support/check.h"

static struct buffer buffer_of(const void *at, size_t len)
{
    struct buffer b = {0};

    buffer_append(&b, bytes_of(at, len));
    return b;
}

static void decodes(const void *at, size_t len, const char *text)
{
    struct buffer b = buffer_of(at, len);

    key_text_decode(&b);
    assert_int_equal(b.len, strlen(text));
    assert_memory_equal(b.at, text, b.len);
    key_text_wipe(&b);
}

static void utf_16_of_either_order_becomes_utf_8(void **state)
{
    (void)state;
    decodes("\xff\xfe"
            "a\0\xe9\0\xac\x20\x3d\xd8\x11\xdd",
            12, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91");
    decodes("\xfe\xff"
            "\0a\0\xe9\x20\xac\xd8\x3d\xdd\x11",
            12, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91");
    decodes("-\0-\0", 4, "--"); /* without a mark, when a PEM block begins it */
    decodes("\0-\0-", 4, "--");
}

static void half_a_surrogate_pair_does_no_harm(void **state)
{
    (void)state;
    decodes("\xff\xfe\x3d\xd8", 4, "\xed\xa0\xbd");
    decodes("\xff\xfe\x3d\xd8"
            "a\0",
            6,
            "\xed\xa0\xbd"
            "a");
}

static void a_byte_order_mark_is_taken_off_and_all_else_stays(void **state)
{
    (void)state;
    decodes("\xef\xbb\xbfkey", 6, "key");
    decodes("key", 3, "key");
    decodes("\xff\xfe"
            "abc",
            5,
            "\xff\xfe"
            "abc"); /* an odd length is no UTF-16 */
    decodes("\x30\x82", 2, "\x30\x82");
}

static void lines_end_in_either_way_or_with_the_file(void **state)
{
    static const char *const lines[] = {"one", "", "two ", "three"};
    struct reader r = reader_of(bytes_of("one\r\n\ntwo \nthree", 16));
    struct bytes line;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_true(key_text_line(&r, &line));
        assert_int_equal(line.len, strlen(lines[i]));
        assert_memory_equal(line.at, lines[i], line.len);
    }
    assert_false(key_text_line(&r, &line));
}

/* cut: the first block of `text` is written anew as `wanted`. */
static void cut(const char *text, const char *label, bool whole, const char *wanted)
{
    struct bytes exact = exact_copy(bytes_of(text, strlen(text)));
    struct reader r = reader_of(exact);
    struct pem_block block;

    assert_true(pem_next(&r, &block));
    assert_string_equal(block.label, label);
    assert_int_equal(block.whole, whole);
    assert_int_equal(block.text.len, strlen(wanted));
    assert_memory_equal(block.text.at, wanted, block.text.len);
    pem_clear(&block);
    exact_free(exact);
}

static void a_block_is_freed_of_what_is_around_it(void **state)
{
    static const char clean[] = "-----BEGIN KEY-----\nAAAA\n-----END KEY-----\n";

    (void)state;
    cut(clean, "KEY", true, clean);
    cut("\n# comment\n\n-----BEGIN KEY-----\nAAAA\n-----END KEY-----", "KEY", true, clean);
    cut("\t  -----BEGIN KEY-----  \r\n\t  AA\r\n \r\n  AA \r\n  -----END KEY-----\r\n", "KEY", true,
        clean);
    cut("friendlyName: x\n-----BEGIN KEY-----\nAAAA\n-----END OTHER-----\n", "KEY", true, clean);
}

static void lines_of_any_length_become_those_of_64(void **state)
{
    static const char wanted[] =
        "-----BEGIN KEY-----\n"
        "0123456789012345678901234567890123456789012345678901234567890123\n"
        "456789\n-----END KEY-----\n";

    (void)state;
    cut("-----BEGIN KEY-----\n"
        "0123456789012345678901234567890123456789012345678901234567890123456789\n"
        "-----END KEY-----\n",
        "KEY", true, wanted);
    cut("-----BEGIN KEY-----\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n"
        "0123456789\n0123456789\n-----END KEY-----\n",
        "KEY", true, wanted);
    cut(wanted, "KEY", true, wanted);
}

static void header_lines_stay_in_front_of_an_empty_line(void **state)
{
    static const char wanted[] = "-----BEGIN KEY-----\nProc-Type: 4,ENCRYPTED\n"
                                 "DEK-Info: AES-128-CBC,0011\n\nAAAA\n-----END KEY-----\n";

    (void)state;
    cut(wanted, "KEY", true, wanted);
    cut("-----BEGIN KEY-----\n Proc-Type: 4,ENCRYPTED\n DEK-Info: AES-128-CBC,0011\nAAAA\n"
        "-----END KEY-----\n",
        "KEY", true, wanted);
}

static void a_block_without_an_end_does_not_swallow_the_next(void **state)
{
    static const char text[] = "-----BEGIN ONE-----\nAAAA\n-----BEGIN TWO-----\nBBBB\n";
    struct reader r = reader_of(bytes_of(text, strlen(text)));
    struct pem_block block;

    (void)state;
    cut(text, "ONE", false, "-----BEGIN ONE-----\nAAAA\n-----END ONE-----\n");
    assert_true(pem_next(&r, &block));
    pem_clear(&block);
    assert_true(pem_next(&r, &block));
    assert_string_equal(block.label, "TWO");
    assert_false(block.whole);
    pem_clear(&block);
    assert_false(pem_next(&r, &block));
    pem_clear(&block);
}

static void what_is_no_block_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        "AAAA\n",
        "-----BEGIN -----\n",
        "-----BEGIN KEY----\n",
        "----BEGIN KEY-----\n",
        "-----END KEY-----\n",
        "-----BEGIN 0123456789012345678901234567890123456789012345678901234567890123-----\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct reader r = reader_of(bytes_of(texts[i], strlen(texts[i])));
        struct pem_block block;

        assert_false(pem_next(&r, &block));
        pem_clear(&block);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(utf_16_of_either_order_becomes_utf_8),
        CASE(half_a_surrogate_pair_does_no_harm),
        CASE(a_byte_order_mark_is_taken_off_and_all_else_stays),
        CASE(lines_end_in_either_way_or_with_the_file),
        CASE(a_block_is_freed_of_what_is_around_it),
        CASE(lines_of_any_length_become_those_of_64),
        CASE(header_lines_stay_in_front_of_an_empty_line),
        CASE(a_block_without_an_end_does_not_swallow_the_next),
        CASE(what_is_no_block_is_none),
    };

    return RUN(cases);
}
