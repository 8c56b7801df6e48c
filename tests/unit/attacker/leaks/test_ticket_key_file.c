/* Files with ticket keys: which part is what, in each order that servers have them. */
#include "attacker/leaks/ticket_key_file.h"

#include "tests/support/check.h"
#include "tests/support/memory_file.h"

/* The bytes of a file count from 0, so the first byte of a part is its place. */
static struct ticket_keys of_length(size_t len)
{
    uint8_t content[TICKET_KEY_FILE_MAX];
    struct ticket_keys list = {0};

    for (size_t i = 0; i < len; i++)
        content[i] = (uint8_t)i;
    assert_true(ticket_keys_add(&list, bytes_of(content, len)));
    assert_int_equal(list.num_files, 1);
    return list;
}

static void each_length_is_read_in_each_order_that_is_in_use(void **state)
{
    static const struct {
        size_t len;
        size_t which;
        uint8_t mac_at;
        size_t mac_len;
        uint8_t cipher_at;
        size_t cipher_len;
    } rows[] = {
        {80, 0, 16, 32, 48, 32}, /* OpenSSL, nginx */
        {64, 0, 48, 16, 16, 32}, /* GnuTLS */
        {64, 1, 32, 32, 16, 16}, /* older GnuTLS, RFC 5077 */
        {48, 0, 32, 16, 16, 16}, /* nginx */
        {48, 1, 16, 16, 32, 16}, /* OpenSSL 1.0, BoringSSL, Apache */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ticket_keys list = of_length(rows[i].len);
        struct ticket_key key;

        assert_true(ticket_key_file_read(&list.files[0], rows[i].which, &key));
        assert_int_equal(key.name[0], 0);
        assert_int_equal(key.name[15], 15);
        assert_int_equal(key.mac_len, rows[i].mac_len);
        assert_int_equal(key.mac[0], rows[i].mac_at);
        assert_int_equal(key.mac[key.mac_len - 1], rows[i].mac_at + key.mac_len - 1);
        assert_int_equal(key.cipher_len, rows[i].cipher_len);
        assert_int_equal(key.cipher[0], rows[i].cipher_at);
        assert_int_equal(key.cipher[key.cipher_len - 1], rows[i].cipher_at + key.cipher_len - 1);
        assert_int_equal(ticket_key_file_read(&list.files[0], 1, &key), rows[i].len != 80);
        assert_false(ticket_key_file_read(&list.files[0], 2, &key));
        ticket_keys_clear(&list);
        assert_int_equal(list.num_files, 0);
    }
}

static void no_other_length_is_a_ticket_key(void **state)
{
    static const uint8_t content[200];
    struct ticket_keys list = {0};

    (void)state;
    for (size_t len = 0; len < sizeof(content); len++) {
        bool is_key = len == 48 || len == 64 || len == 80;

        assert_int_equal(ticket_keys_add(&list, bytes_of(content, len)), is_key);
    }
    assert_int_equal(list.num_files, 3);
    ticket_keys_clear(&list);
    ticket_keys_clear(&list);
}

static void several_files_stay_in_their_order(void **state)
{
    static const size_t lengths[] = {80, 48, 64, 80};
    struct ticket_keys list = {0};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        uint8_t content[TICKET_KEY_FILE_MAX] = {(uint8_t)(i + 1)};
        struct memory_file file;
        struct complaint why;

        memory_file_open(&file, bytes_of(content, lengths[i]));
        assert_true(ticket_keys_load(&list, file.path, &why));
        memory_file_close(&file);
    }
    assert_int_equal(list.num_files, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(list.files[i].len, lengths[i]);
        assert_int_equal(list.files[i].content[0], i + 1);
    }
    ticket_keys_clear(&list);
}

static void a_file_that_is_none_is_told_apart(void **state)
{
    static const uint8_t content[81];
    struct ticket_keys list = {0};
    struct memory_file file;
    struct complaint why;

    (void)state;
    memory_file_open(&file, bytes_of(content, sizeof(content)));
    assert_false(ticket_keys_load(&list, file.path, &why));
    assert_non_null(strstr(why.text, "has 81 bytes and is no session ticket key"));
    assert_non_null(strstr(why.text, "48 (nginx, Apache), 64 (GnuTLS) or 80 (OpenSSL, nginx)"));
    memory_file_close(&file);
    assert_false(ticket_keys_load(&list, "/nowhere/ticket.key", &why));
    assert_non_null(strstr(why.text, "/nowhere/ticket.key: cannot be opened"));
    assert_int_equal(list.num_files, 0);
}

static void only_what_gnutls_takes_rotates(void **state)
{
    struct ticket_key_file made;

    (void)state;
    for (size_t len = 48; len <= 80; len += 16) {
        struct ticket_keys list = of_length(len);

        assert_int_equal(
            ticket_key_file_at(&list.files[0], 0, UINT64_C(1767603600) * 1000000000, 0, &made),
            len == 64);
        ticket_keys_clear(&list);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_length_is_read_in_each_order_that_is_in_use),
        CASE(no_other_length_is_a_ticket_key),
        CASE(several_files_stay_in_their_order),
        CASE(a_file_that_is_none_is_told_apart),
        CASE(only_what_gnutls_takes_rotates),
    };

    return RUN(cases);
}
