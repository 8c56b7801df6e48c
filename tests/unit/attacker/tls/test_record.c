#include "attacker/tls/record.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"

/* One record of `type` with `length` bytes of fragment. */
static struct bytes record_of(uint8_t type, uint16_t version, size_t length)
{
    struct writer w = {0};

    write_uint(&w, type, 1);
    write_uint(&w, version, 2);
    write_open(&w, 2);
    write_repeated(&w, 0xab, length);
    write_close(&w);
    return writer_take(&w);
}

static enum progress next_of(struct bytes input, struct record *out)
{
    struct reader r = reader_of(input);

    return record_next(&r, out);
}

static void a_record_is_taken_with_all_its_fields(void **state)
{
    struct bytes input = unhex("17 0303 0003 0a0b0c 15");
    struct reader r = reader_of(input);
    struct record record;

    (void)state;
    assert_int_equal(record_next(&r, &record), PROGRESS_DONE);
    assert_int_equal(record.type, CONTENT_APPLICATION_DATA);
    assert_int_equal(record.version, TLS_1_2);
    assert_ptr_equal(record.header.at, input.at);
    assert_int_equal(record.header.len, RECORD_HEADER_LEN);
    assert_ptr_equal(record.fragment.at, input.at + RECORD_HEADER_LEN);
    assert_int_equal(record.fragment.len, 3);
    assert_int_equal(r.left.len, 1);
    exact_free(input);
}

static void every_beginning_of_a_record_needs_more_and_takes_nothing(void **state)
{
    struct bytes whole = record_of(CONTENT_HANDSHAKE, TLS_1_0, 40);

    (void)state;
    for (size_t len = 0; len < whole.len; len++) {
        struct bytes cut = exact_copy(bytes_first(whole, len));
        struct reader r = reader_of(cut);
        struct record record = {.type = 0x5a};

        assert_int_equal(record_next(&r, &record), PROGRESS_NEED_MORE);
        assert_int_equal(r.left.len, len);
        assert_int_equal(record.type, 0x5a);
        exact_free(cut);
    }
    exact_free(whole);
}

static void a_record_may_be_empty(void **state)
{
    struct bytes input = unhex("17 0303 0000");
    struct record record;

    (void)state;
    assert_int_equal(next_of(input, &record), PROGRESS_DONE);
    assert_int_equal(record.fragment.len, 0);
    exact_free(input);
}

static void a_record_as_long_as_allowed_is_taken(void **state)
{
    struct bytes whole = record_of(CONTENT_APPLICATION_DATA, TLS_1_2, RECORD_MAX_FRAGMENT);
    struct record record;

    (void)state;
    assert_int_equal(next_of(whole, &record), PROGRESS_DONE);
    assert_int_equal(record.fragment.len, RECORD_MAX_FRAGMENT);
    exact_free(whole);
}

static void a_record_longer_than_allowed_is_malformed(void **state)
{
    struct bytes whole = record_of(CONTENT_APPLICATION_DATA, TLS_1_2, RECORD_MAX_FRAGMENT + 1);
    struct bytes header = exact_copy(bytes_first(whole, RECORD_HEADER_LEN));
    struct reader r = reader_of(whole);
    struct record record = {.type = 0x5a};

    (void)state;
    assert_int_equal(record_next(&r, &record), PROGRESS_MALFORMED);
    assert_int_equal(r.left.len, whole.len);
    assert_int_equal(record.type, 0x5a);
    assert_int_equal(next_of(header, &record), PROGRESS_MALFORMED);
    exact_free(header);
    exact_free(whole);
}

static void only_the_five_content_types_begin_a_record(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        struct bytes whole = record_of((uint8_t)type, TLS_1_2, 1);
        struct record record;
        bool known = type >= CONTENT_CHANGE_CIPHER_SPEC && type <= CONTENT_HEARTBEAT;

        assert_int_equal(next_of(whole, &record), known ? PROGRESS_DONE : PROGRESS_MALFORMED);
        exact_free(whole);
    }
}

static void only_versions_from_ssl_3_to_tls_1_3_begin_a_record(void **state)
{
    static const struct {
        uint16_t version;
        enum progress progress;
    } versions[] = {
        {0x0000, PROGRESS_MALFORMED}, {0x02ff, PROGRESS_MALFORMED}, {0x0300, PROGRESS_DONE},
        {0x0301, PROGRESS_DONE},      {0x0302, PROGRESS_DONE},      {0x0303, PROGRESS_DONE},
        {0x0304, PROGRESS_DONE},      {0x0305, PROGRESS_MALFORMED}, {0x0403, PROGRESS_MALFORMED},
        {0xfefd, PROGRESS_MALFORMED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        struct bytes whole = record_of(CONTENT_HANDSHAKE, versions[i].version, 1);
        struct record record;

        assert_int_equal(next_of(whole, &record), versions[i].progress);
        exact_free(whole);
    }
}

static void the_missing_bytes_of_a_begun_record_are_counted(void **state)
{
    struct bytes whole = record_of(CONTENT_HANDSHAKE, TLS_1_2, 10);

    (void)state;
    for (size_t len = 0; len <= whole.len; len++) {
        struct bytes cut = exact_copy(bytes_first(whole, len));

        assert_int_equal(record_missing(cut),
                         len < RECORD_HEADER_LEN ? RECORD_HEADER_LEN - len : whole.len - len);
        exact_free(cut);
    }
    exact_free(whole);

    struct bytes two = unhex("16 0303 0001 aa 16");
    assert_int_equal(record_missing(two), 0);
    exact_free(two);
}

static void a_hello_is_recognised_by_six_bytes(void **state)
{
    static const struct {
        const char *start;
        bool hello;
        uint8_t type;
    } cases[] = {
        {"16 0301 0200 01", true, 1},
        {"16 0303 0059 02", true, 2},
        {"16 0300 0001 01 ff", true, 1},
        {"16 0301 000e 06", true, 6},
        {"16 0303 0059 0b", false, 0},
        {"16 0303 0059 00", false, 0},
        {"17 0303 0059 01", false, 0},
        {"16 0303 4801 01", false, 0},
        {"16 0203 0059 01", false, 0},
        {"16 0301 0200", false, 0},
        {"16 03", false, 0},
        {"", false, 0},
        {"474554202f20", false, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes start = unhex(cases[i].start);
        uint8_t type = 0x5a;

        assert_int_equal(record_looks_like_hello(start, &type), cases[i].hello);
        assert_int_equal(type, cases[i].hello ? cases[i].type : 0x5a);
        exact_free(start);
    }
}

static void a_header_is_read_alone(void **state)
{
    static const struct {
        const char *start;
        bool header;
    } cases[] = {
        {"17 0303 0002", true},
        {"17 0303 0000 aa", true},
        {"14 0300 0001 01", true},
        {"17 0303 00", false},
        {"", false},
        {"17 0303 4801", false},
        {"19 0303 0002", false},
        {"17 0305 0002", false},
        {"17 0203 0002", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes start = unhex(cases[i].start);
        struct reader r = reader_of(start);
        struct record_header header;

        assert_int_equal(record_header_read(&r, &header), cases[i].header);
        assert_int_equal(start.len - r.left.len, cases[i].header ? RECORD_HEADER_LEN : 0);
        exact_free(start);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_record_is_taken_with_all_its_fields),
        CASE(every_beginning_of_a_record_needs_more_and_takes_nothing),
        CASE(a_record_may_be_empty),
        CASE(a_record_as_long_as_allowed_is_taken),
        CASE(a_record_longer_than_allowed_is_malformed),
        CASE(only_the_five_content_types_begin_a_record),
        CASE(only_versions_from_ssl_3_to_tls_1_3_begin_a_record),
        CASE(the_missing_bytes_of_a_begun_record_are_counted),
        CASE(a_hello_is_recognised_by_six_bytes),
        CASE(a_header_is_read_alone),
    };

    return RUN(cases);
}
