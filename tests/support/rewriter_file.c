#include "tests/support/rewriter_file.h"

#include <byteswap.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter_pcapng.h"

static void put_word(struct writer *w, uint32_t word, bool big_endian)
{
    write_uint(w, big_endian ? word : bswap_32(word), 4);
}

static void put_pcap(struct writer *w, const struct packets *list, uint32_t link_type,
                     enum file_form form)
{
    bool big = form == FILE_BIG_ENDIAN || form == FILE_BIG_ENDIAN_NANOSECONDS;
    bool nano = form == FILE_NANOSECONDS || form == FILE_BIG_ENDIAN_NANOSECONDS;

    put_word(w, nano ? 0xa1b23c4d : 0xa1b2c3d4, big);
    put_word(w, big ? 0x00020004 : 0x00040002, big); /* two numbers of 16 bits: 2 and 4 */
    put_word(w, 0, big);
    put_word(w, 0, big);
    put_word(w, 262144, big);
    put_word(w, link_type, big);
    for (size_t i = 0; i < list->num; i++) {
        const struct packet_made *packet = &list->at[i];

        put_word(w, (uint32_t)(packet->time_ns / 1000000000), big);
        put_word(w, (uint32_t)(packet->time_ns % 1000000000 / (nano ? 1 : 1000)), big);
        put_word(w, (uint32_t)packet->bytes.len, big);
        put_word(w, (uint32_t)packet->wire_len, big);
        write_bytes(w, buffer_view(&packet->bytes));
    }
}

static void write_compressed(const char *path, struct bytes plain, size_t num_members)
{
    struct bytes compressed = gzip_of(plain, num_members);

    file_write(path, compressed);
    exact_free(compressed);
}

void packets_write(const struct packets *list, const char *path, uint32_t link_type,
                   enum file_form form)
{
    struct writer w = {0};

    if (form == FILE_PCAPNG_GZIP)
        pcapng_of_packets(&w, list, link_type, PCAPNG_PLAIN);
    else if (form >= FILE_PCAPNG && form < FILE_GZIP)
        pcapng_of_packets(&w, list, link_type, (enum pcapng_form)(form - FILE_PCAPNG));
    else
        put_pcap(&w, list, link_type, form);
    if (form >= FILE_GZIP)
        write_compressed(path, writer_view(&w), form == FILE_GZIP_MEMBERS ? 5 : 1);
    else
        file_write(path, writer_view(&w));
    buffer_clear(&w.out);
}
