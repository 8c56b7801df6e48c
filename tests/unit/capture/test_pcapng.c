#include "capture/pcapng.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter_pcapng.h"

enum { INTERFACE = 1, SECRETS = 10, ENHANCED = 6, SIMPLE = 3, LINK = 1 };

/* An enhanced packet of interface 0 with the bytes "abc", at one second. */
#define PACKET "00000000 00000000 40420f00 03000000 03000000 61626300"

/* put_packet_block writes it as a block. */
static void put_packet_block(struct writer *w)
{
    struct bytes body = unhex(PACKET);

    pcapng_put_block(w, false, ENHANCED, body);
    exact_free(body);
}

static void put_hex_block(struct writer *w, uint32_t type, const char *hex)
{
    struct bytes body = unhex(hex);

    pcapng_put_block(w, false, type, body);
    exact_free(body);
}

static void begin(struct writer *w)
{
    pcapng_put_section(w, false);
    pcapng_put_interface(w, false, LINK, 6);
}

/* struct findings is what came out of a whole file. */
struct found {
    size_t num_packets;
    size_t num_secrets;
    bool damaged;
    char trouble[128];
    uint64_t last_ns;
    int last_link;
};

static struct found read_file(struct bytes file)
{
    struct bytes copy = exact_copy(file);
    FILE *stream = fmemopen(unconst(copy.at), copy.len, "r");
    struct pcapng *p = pcapng_new(stream);
    struct found found = {0};
    struct packet packet;
    struct bytes keylog;
    enum pcapng_step step;

    assert_non_null(stream);
    do {
        step = pcapng_next(p, &packet, &keylog);
        if (step == PCAPNG_PACKET) {
            found.num_packets++;
            found.last_ns = packet.time_ns;
            found.last_link = packet.link_type;
        } else if (step == PCAPNG_SECRETS) {
            found.num_secrets++;
        }
    } while (step == PCAPNG_PACKET || step == PCAPNG_SECRETS);
    found.damaged = step == PCAPNG_DAMAGED;
    if (found.damaged)
        (void)snprintf(found.trouble, sizeof(found.trouble), "%s", pcapng_trouble(p));
    pcapng_free(p);
    assert_int_equal(fclose(stream), 0);
    exact_free(copy);
    return found;
}

static struct found read_written(struct writer *w)
{
    struct found found = read_file(writer_view(w));

    buffer_clear(&w->out);
    return found;
}

/* assert_damaged: one packet came out, and then this is told. */
static void assert_damaged(struct writer *w, const char *trouble)
{
    struct found found = read_written(w);

    assert_true(found.damaged);
    assert_says(found.trouble, trouble);
    assert_int_equal(found.num_packets, 1);
}

static void packets_and_secrets_come_in_order(void **state)
{
    struct writer w = {0};

    (void)state;
    begin(&w);
    put_packet_block(&w);
    pcapng_put_secrets(&w, bytes_of("CLIENT_RANDOM", 13));
    put_packet_block(&w);

    struct found found = read_written(&w);

    assert_false(found.damaged);
    assert_int_equal(found.num_packets, 2);
    assert_int_equal(found.num_secrets, 1);
    assert_int_equal(found.last_ns, 1000000000);
    assert_int_equal(found.last_link, LINK);
}

static void blocks_that_nobody_knows_are_passed_over(void **state)
{
    struct writer w = {0};
    static const uint8_t large[200000];

    (void)state;
    begin(&w);
    pcapng_put_block(&w, false, 0x80000bad, bytes_of(large, sizeof(large)));
    pcapng_put_block(&w, false, 4, bytes_of("", 0)); /* name resolution */
    put_packet_block(&w);

    struct found found = read_written(&w);

    assert_false(found.damaged);
    assert_int_equal(found.num_packets, 1);
}

static void interfaces_belong_to_their_section(void **state)
{
    struct writer w = {0};

    (void)state;
    begin(&w);
    put_packet_block(&w);
    pcapng_put_section(&w, true);
    put_packet_block(&w); /* of a section that has no interface, and the other byte order */
    assert_damaged(&w, "it ends in the middle of a block");
    begin(&w);
    put_packet_block(&w);
    pcapng_put_section(&w, false);
    put_packet_block(&w);
    assert_damaged(&w, "a packet stands in front of every interface");
}

static void a_packet_without_a_time_has_that_of_the_one_before(void **state)
{
    struct writer w = {0};

    (void)state;
    begin(&w);
    put_packet_block(&w);
    put_hex_block(&w, SIMPLE, "03000000 61626300");
    assert_int_equal(read_written(&w).last_ns, 1000000000);
}

/* Every cut: whole packets come, and then either the end or the damage. */
static void all_in_front_of_a_cut_is_used(void **state)
{
    struct writer w = {0};
    size_t header_len;
    size_t packet_len;

    (void)state;
    begin(&w);
    header_len = w.out.len;
    put_packet_block(&w);
    packet_len = w.out.len - header_len;
    put_packet_block(&w);
    for (size_t len = header_len; len <= w.out.len; len++) {
        struct found found = read_file(bytes_first(writer_view(&w), len));

        assert_int_equal(found.num_packets, (len - header_len) / packet_len);
        assert_int_equal(found.damaged, (len - header_len) % packet_len != 0);
        if (found.damaged)
            assert_string_equal(found.trouble, "it ends in the middle of a block");
    }
    buffer_clear(&w.out);
}

static void what_contradicts_itself_ends_the_reading(void **state)
{
    static const struct {
        const char *hex;
        const char *trouble;
    } rows[] = {
        {"06000000 08000000 08000000", "a block has an impossible length"},
        {"06000000 0d000000 00000000 0d000000", "a block has an impossible length"},
        {"0bad0000 08000000 08000000", "a block has an impossible length"},
        {"06000000 00000001 ", "it ends in the middle of a block"},
        {"06000000 04000001 ", "longer than 16 MiB, which is the limit here"},
        {"06000000 10000000 00000000 14000000", "the two lengths of a block differ"},
        {"06000000 10000000 00000000 10000000", "a packet is longer than its block"},
        {"0a000000 10000000 4b534c54 10000000", "a secrets block is shorter than its secrets"},
        {"01000000 10000000 01000000 10000000", "an interface block is too short"},
        {"0a0d0d0a 1c000000 4d3c2b1b 0100 0000 ffffffffffffffff 1c000000", "no byte-order magic"},
        {"0a0d0d0a 1c000000 4d3c2b1a 0200 0000 ffffffffffffffff 1c000000", "a later version"},
        {"0a0d0d0a 18000000 4d3c2b1a 0100 0000 ffffffffffffffff", "an impossible length"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct writer w = {0};

        begin(&w);
        put_packet_block(&w);
        write_hex(&w, rows[i].hex);
        assert_damaged(&w, rows[i].trouble);
    }
}

static void interfaces_that_are_not_described_are_told(void **state)
{
    struct writer w = {0};

    (void)state;
    begin(&w);
    put_packet_block(&w);
    put_hex_block(&w, ENHANCED, "01000000 00000000 40420f00 00000000 00000000");
    assert_damaged(&w, "a packet is from an interface that is not described");
}

static void interfaces_have_a_limit(void **state)
{
    struct writer w = {0};

    (void)state;
    begin(&w);
    put_packet_block(&w);
    for (size_t i = 1; i < PCAPNG_MAX_INTERFACES; i++)
        put_hex_block(&w, INTERFACE, "0100 0000 00000000");
    put_hex_block(&w, ENHANCED, "ffff0000 00000000 40420f00 00000000 00000000");
    assert_int_equal(read_file(writer_view(&w)).num_packets, 2);
    put_hex_block(&w, INTERFACE, "0100 0000 00000000");

    struct found found = read_written(&w);

    assert_true(found.damaged);
    assert_says(found.trouble, "more than 65536 interfaces, which is the limit here");
}

/* Any byte altered: no crash, and never more packets than there were. */
static void altered_files_yield_no_more_than_there_was(void **state)
{
    struct writer w = {0};
    struct buffer altered = {0};

    (void)state;
    begin(&w);
    put_packet_block(&w);
    pcapng_put_secrets(&w, bytes_of("CLIENT_RANDOM", 13));
    put_packet_block(&w);
    buffer_append(&altered, writer_view(&w));
    for (size_t i = 0; i < altered.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            altered.at[i] ^= (uint8_t)(1U << bit);
            assert_true(read_file(buffer_view(&altered)).num_packets <= 2);
            altered.at[i] ^= (uint8_t)(1U << bit);
        }
    }
    buffer_clear(&altered);
    buffer_clear(&w.out);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(packets_and_secrets_come_in_order),
        CASE(blocks_that_nobody_knows_are_passed_over),
        CASE(interfaces_belong_to_their_section),
        CASE(a_packet_without_a_time_has_that_of_the_one_before),
        CASE(all_in_front_of_a_cut_is_used),
        CASE(what_contradicts_itself_ends_the_reading),
        CASE(interfaces_that_are_not_described_are_told),
        CASE(interfaces_have_a_limit),
        CASE(altered_files_yield_no_more_than_there_was),
    };

    return RUN(cases);
}
