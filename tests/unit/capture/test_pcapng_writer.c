#include "capture/pcapng_writer.h"

#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/printed.h"
#include "tests/support/rewriter_pcapng.h"

static struct bytes text(const char *words)
{
    return bytes_of(words, strlen(words));
}

/* A reader on what was written. */
struct read_back {
    struct sheet sheet;
    FILE *stream;
    struct pcapng *pcapng;
    struct packet packet;
    struct bytes keylog;
};

static void read_back_begin(struct read_back *b)
{
    sheet_end(&b->sheet);
    b->stream = fmemopen(b->sheet.text, b->sheet.len, "r");
    assert_non_null(b->stream);
    b->pcapng = pcapng_new(b->stream);
}

static void read_back_end(struct read_back *b)
{
    assert_int_equal(pcapng_next(b->pcapng, &b->packet, &b->keylog), PCAPNG_END);
    pcapng_free(b->pcapng);
    (void)fclose(b->stream);
    sheet_free(&b->sheet);
}

static void a_section_with_all_that_is_written_is_read_again(void **state)
{
    static const char keylog[] = "CLIENT_RANDOM 00 11\n";
    const struct pcapng_packet packet = {
        .ticks = 1700000000123456789, .wire_len = 99, .data = text("seven b")};
    struct read_back b = {0};
    struct buffer body = {0};

    (void)state;
    sheet_begin(&b.sheet);
    pcapng_write_section(b.sheet.out);
    pcapng_write_secrets(b.sheet.out, PCAPNG_OWN_ORDER, text(keylog));
    pcapng_write_interface(b.sheet.out, 101, 65535, 9);
    pcapng_put_enhanced(&body, PCAPNG_OWN_ORDER, &packet);
    pcapng_write_block(b.sheet.out, PCAPNG_OWN_ORDER, PCAPNG_TYPE_ENHANCED_PACKET,
                       buffer_view(&body));
    read_back_begin(&b);
    assert_int_equal(pcapng_next(b.pcapng, &b.packet, &b.keylog), PCAPNG_SECRETS);
    assert_true(bytes_equal(b.keylog, text(keylog)));
    assert_int_equal(pcapng_next(b.pcapng, &b.packet, &b.keylog), PCAPNG_PACKET);
    assert_int_equal(b.packet.time_ns, packet.ticks);
    assert_int_equal(b.packet.link_type, 101);
    assert_int_equal(b.packet.wire_len, 99);
    assert_true(bytes_equal(b.packet.data, packet.data));
    read_back_end(&b);
    buffer_clear(&body);
}

/* 20 bytes of a packet's block and four of data, then options, if any. */
#define PACKET "00000000 00000000 00000000 04000000 04000000 61626364"
#define HI     "0100 0200 6869 0000"
#define DROPS  "0400 0800 0000000000000000"
#define END    "00000000"

static void comments_stand_in_front_of_the_options_that_were_there(void **state)
{
    static const char *const cases[][2] = {
        {PACKET, PACKET HI END},
        {PACKET END, PACKET HI END},
        {PACKET DROPS END, PACKET HI DROPS END},
        {PACKET HI DROPS END, PACKET HI HI DROPS END},
        /* Three bytes of data, of which some writers leave the padding out. */
        {"00000000 00000000 00000000 03000000 03000000 616263",
         "00000000 00000000 00000000 03000000 03000000 61626300" HI END},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes body = unhex(cases[i][0]);
        struct bytes expected = unhex(cases[i][1]);
        struct buffer comments = {0};
        struct buffer made = {0};

        pcapng_put_comment(&comments, ORDER_LITTLE_ENDIAN, text("hi"));
        pcapng_put_commented(&made, ORDER_LITTLE_ENDIAN, body, buffer_view(&comments));
        assert_true(bytes_equal(buffer_view(&made), expected));
        buffer_clear(&comments);
        buffer_clear(&made);
        exact_free(body);
        exact_free(expected);
    }
}

static void a_length_that_lies_about_the_data_reaches_nowhere(void **state)
{
    struct bytes body = unhex("00000000 00000000 00000000 ffffffff 04000000 61626364");
    struct buffer made = {0};

    (void)state;
    pcapng_put_commented(&made, ORDER_LITTLE_ENDIAN, body, bytes_of(NULL, 0));
    assert_memory_equal(made.at, body.at, body.len);
    buffer_clear(&made);
    exact_free(body);
}

static void numbers_are_in_the_order_of_the_section(void **state)
{
    struct buffer option = {0};
    struct bytes big = unhex("0001 0002 6869 0000");

    (void)state;
    pcapng_put_comment(&option, ORDER_BIG_ENDIAN, text("hi"));
    assert_true(bytes_equal(buffer_view(&option), big));
    buffer_clear(&option);
    exact_free(big);
}

/* Every block of a file, written again, is the same file. */
static void blocks_are_copied_to_the_byte(void **state)
{
    (void)state;
    for (int big = 0; big <= 1; big++) {
        struct writer w = {0};
        struct sheet copy = {0};
        struct pcapng_whole_block block;
        FILE *stream;
        struct pcapng *pcapng;

        pcapng_put_section(&w, big);
        pcapng_put_interface(&w, big, 1, 6);
        pcapng_put_block(&w, big, 0x0bad, text("what nobody knows"));
        pcapng_put_interface(&w, big, 101, 9);
        stream = fmemopen(w.out.at, w.out.len, "r");
        pcapng = pcapng_new(stream);
        sheet_begin(&copy);
        while (pcapng_next_block(pcapng, &block))
            pcapng_write_block(copy.out, block.order, block.type, block.body);
        assert_null(pcapng_trouble(pcapng));
        sheet_end(&copy);
        assert_true(bytes_equal(writer_view(&w), bytes_of(copy.text, copy.len)));
        pcapng_free(pcapng);
        (void)fclose(stream);
        sheet_free(&copy);
        buffer_clear(&w.out);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_section_with_all_that_is_written_is_read_again),
        CASE(comments_stand_in_front_of_the_options_that_were_there),
        CASE(a_length_that_lies_about_the_data_reaches_nowhere),
        CASE(numbers_are_in_the_order_of_the_section),
        CASE(blocks_are_copied_to_the_byte),
    };

    return RUN(cases);
}
