/*
 * A recording with a packet in it that is not what was sent. Only its checksum tells, and only
 * --verify-checksums asks.
 */
#include <pcap/pcap.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define RECORDING "fixtures/rsa/recording.pcap"
#define LEAK      "-k fixtures/rsa/server.key"

enum { MAX_FRAME = 4096 };

/* copy_with_lies writes the recording anew, with a damaged copy in front of each packet: `xor` on
 * its last byte. */
static void copy_with_lies(const char *path, uint8_t xor)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_open_offline(RECORDING, error);
    struct pcap_pkthdr *header;
    const u_char *data;

    assert_non_null(pcap);

    pcap_dumper_t *dumper = pcap_dump_open(pcap, path);

    assert_non_null(dumper);
    while (pcap_next_ex(pcap, &header, &data) == 1) {
        uint8_t copy[MAX_FRAME];

        assert_in_range(header->caplen, 1, MAX_FRAME);
        memcpy(copy, data, header->caplen);
        copy[header->caplen - 1] ^= xor;
        pcap_dump((u_char *)dumper, header, copy);
        pcap_dump((u_char *)dumper, header, data);
    }
    pcap_dump_close(dumper);
    pcap_close(pcap);
}

/* attack runs the attacker on such a recording; its words, to be freed. */
static char *attack(uint8_t xor, const char *option, int status)
{
    char *folder = scratch_new();
    char *path = alloc_format("%s/r.pcap", folder);
    struct run_result result;

    copy_with_lies(path, xor);
    run_line(&result, "keyfall-attacker --json %s " LEAK " %s", option, path);
    assert_status(&result, status);

    char *said = alloc_text(run_out(&result));

    run_clear(&result);
    free(path);
    scratch_free(folder);
    return said;
}

static void damaged_packets_are_left_out_when_asked(void **state)
{
    char *said = attack(0x01, "--verify-checksums", 0);

    (void)state;
    assert_says(said, "\"outcome\":\"decrypted\"");
    assert_says(said, "packets were left out: they have wrong checksums");
    free(said);
}

static void unasked_the_first_copy_is_believed(void **state)
{
    char *said = attack(0x01, "", 1);

    (void)state;
    assert_null(strstr(said, "\"outcome\":\"decrypted\""));
    assert_null(strstr(said, "checksums"));
    free(said);
}

static void right_checksums_are_no_news(void **state)
{
    char *said = attack(0x00, "--verify-checksums", 0);

    (void)state;
    assert_says(said, "\"outcome\":\"decrypted\"");
    assert_says(said, "\"warnings\":[]");
    free(said);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(damaged_packets_are_left_out_when_asked),
        CASE(unasked_the_first_copy_is_believed),
        CASE(right_checksums_are_no_news),
    };

    return RUN(cases);
}
