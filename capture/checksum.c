#include "capture/checksum.h"

/* add_words adds what is to be read as 16-bit words, the last of them filled up with a zero. */
static uint64_t add_words(uint64_t sum, struct bytes words)
{
    struct reader r = reader_of(words);
    uint16_t word;
    uint8_t last;

    while (reader_u16(&r, &word))
        sum += word;
    return reader_u8(&r, &last) ? sum + (uint64_t)last * 256 : sum;
}

/* A sum over words of which one is the complement of the others' sum has all bits set. */
static bool all_ones(uint64_t sum)
{
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

bool checksum_header_ok(const struct ip_packet *packet)
{
    return packet->family == 6 || !packet->length_known || all_ones(add_words(0, packet->header));
}

/* pseudo header: source 4 or 16 | destination 4 or 16 | length | protocol */
bool checksum_payload_ok(const struct ip_packet *packet, struct bytes whole)
{
    size_t address_len = packet->family == 6 ? 16 : 4;
    uint64_t sum = whole.len + packet->protocol;

    if (packet->cut > 0 || !packet->length_known)
        return true;
    sum = add_words(sum, bytes_of(packet->source, address_len));
    sum = add_words(sum, bytes_of(packet->destination, address_len));
    return all_ones(add_words(sum, whole));
}
