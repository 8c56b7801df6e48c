/*
 * --write-pcap: what was said, as if there had been no TLS, and tshark reads it so.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter.h"
#include "tests/support/rewriter_findings.h"
#include "tests/support/rewriter_loss.h"
#include "tests/support/rewriter_tshark.h"

#define RSA  "fixtures/rsa/recording.pcap"
#define KEY  "fixtures/rsa/server.key"
#define DTLS "fixtures/rsa-dtls12-openssl"

/* What tshark finds wrong with a TCP connection, were it only a note. */
#define WRONG                                                                                      \
    "'tcp.analysis.flags||tcp.checksum.status==Bad||ip.checksum.status==Bad||_ws.malformed'"

struct plain {
    char *folder;
    char *path;
};

/* plain_begin attacks, and writes what it opens. */
static void plain_begin(struct plain *p, const char *recording, const char *leak)
{
    struct run_result result;

    p->folder = scratch_new();
    p->path = alloc_format("%s/plain.pcap", p->folder);
    run_line(&result, "keyfall-attacker -q --write-pcap %s %s %s", p->path, leak, recording);
    assert_true(result.status == 0 || result.status == 1);
    run_clear(&result);
}

static void plain_end(struct plain *p)
{
    free(p->path);
    scratch_free(p->folder);
}

/* shown is what tshark prints of these fields of the packets that pass the filter. */
static void assert_shown(const char *path, const char *filter, const char *fields,
                         const char *expected)
{
    struct run_result result;

    run_line(&result,
             "tshark -r %s -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -Y %s -T fields %s",
             path, filter, fields);
    assert_status(&result, 0);
    assert_string_equal(run_out(&result), expected);
    run_clear(&result);
}

static void tshark_reads_the_same_bytes_and_finds_nothing_wrong(void **state)
{
    (void)state;
    if (!is_installed("tshark"))
        skip();
    for (size_t i = 0; i < NUM_SPECIMENS - 1; i += PART_STEP) { /* the last does not open */
        struct plain p;
        struct findings found;
        struct buffer said[2];

        plain_begin(&p, specimens[i].recording, specimens[i].leak);
        findings_take(&found, specimens[i].recording, specimens[i].leak);
        tshark_follow_plain(said, p.path);
        assert_true(said[0].len > 0);
        if (!findings_say(&found, said))
            fail_msg("%s: tshark finds other bytes", specimens[i].name);
        assert_shown(p.path, WRONG, "-e frame.number", "");
        buffer_clear(&said[0]);
        buffer_clear(&said[1]);
        findings_clear(&found);
        plain_end(&p);
    }
}

static void http_is_read_on_the_port_that_it_has_without_tls(void **state)
{
    struct plain p;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    plain_begin(&p, RSA, "-k " KEY);
    assert_shown(p.path, "http",
                 "-e ip.src -e tcp.dstport -e http.request.uri -e http.response.code",
                 "127.0.0.1\t80\t/login\t\n127.0.0.1\t56440\t\t200\n");
    assert_shown(p.path, "tcp.flags.fin==1", "-e tcp.seq -e tcp.ack", "316\t274\n274\t317\n");
    plain_end(&p);
}

static void http_is_read_in_ipv6_too(void **state)
{
    static const struct rewriting way = {.changes = {{change_to_ipv6, 0}}};
    char *folder = scratch_new();
    char *path = alloc_format("%s/ipv6.pcap", folder);
    struct plain p;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    rewrite(&way, RSA, path);
    plain_begin(&p, path, "-k " KEY);
    assert_shown(p.path, "http",
                 "-e ipv6.src -e tcp.dstport -e http.request.uri -e http.response.code",
                 "fd00::1\t80\t/login\t\nfd00::2\t56440\t\t200\n");
    assert_shown(p.path, WRONG, "-e frame.number", "");
    plain_end(&p);
    free(path);
    scratch_free(folder);
}

/* The first packet has the time of the original's first, the words that of the packet that brought
 * their record's end, to the nanosecond; the file's name for that is in its magic number. */
static void times_are_those_of_the_recording(void **state)
{
    static const uint8_t nanoseconds[] = {0x4d, 0x3c, 0xb2, 0xa1};
    struct plain p;
    struct run_result result;
    struct run_result original;
    char *rest = NULL;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    plain_begin(&p, RSA, "-k " KEY);

    struct buffer file = file_read(p.path);
    assert_memory_equal(file.at, nanoseconds, sizeof(nanoseconds));
    buffer_clear(&file);
    run_line(&original, "tshark -r " RSA " -T fields -e frame.time_epoch");
    run_line(&result, "tshark -r %s -T fields -e frame.time_epoch", p.path);
    assert_status(&result, 0);
    for (const char *line = strtok_r((char *)result.out.at, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest))
        assert_says(run_out(&original), line);
    run_clear(&result);
    run_clear(&original);
    plain_end(&p);
}

/* Twenty bytes of what the client says in the end were not recorded. */
static void a_hole_in_the_recording_is_one_in_the_numbers(void **state)
{
    static const struct rewriting as_it_is = {.name = "as it is"};
    const struct specimen *specimen = &specimens[8];
    struct segments segments = {0};
    char *folder = scratch_new();
    char *path = alloc_format("%s/hole.pcap", folder);
    struct plain p;
    struct findings found;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    segments_read(&segments, specimen->recording);

    struct buffer stream = segments_stream(&segments, true);
    const struct hole hole = {true, stream.len - 100, stream.len - 80};

    segments_lose(&segments, &hole);
    rewrite_segments(&as_it_is, &segments, path);
    findings_take(&found, path, specimen->leak);
    assert_int_equal(json_integer_value(json_object_get(found.summary, "partial")), 1);
    plain_begin(&p, path, specimen->leak);
    assert_shown(p.path, "tcp.analysis.lost_segment", "-e ip.dst", "127.0.0.1\n");
    findings_clear(&found);
    buffer_clear(&stream);
    segments_clear(&segments);
    plain_end(&p);
    free(path);
    scratch_free(folder);
}

static void without_anything_opened_there_is_no_packet(void **state)
{
    struct plain p;

    (void)state;
    plain_begin(&p, "fixtures/ecdhe/recording.pcap", "-k fixtures/ecdhe/server.key");

    struct buffer file = file_read(p.path);
    assert_int_equal(file.len, 24);
    buffer_clear(&file);
    plain_end(&p);
}

/* replace_ports puts 5684 in the place of `port`, wherever it stands at a UDP port's place: behind
 * the pcap header, a packet's 16 bytes, 14 of Ethernet and 20 of IPv4. */
static void replace_ports(struct buffer *pcap, const uint8_t port[static 2])
{
    enum { FILE_HEADER = 24, PACKET_HEADER = 16, UDP_AT = 34 };

    for (size_t at = FILE_HEADER; at < pcap->len;) {
        uint8_t *packet = pcap->at + at;
        uint32_t len;

        memcpy(&len, packet + 8, sizeof(len));
        for (size_t i = 0; i < 4; i += 2) {
            uint8_t *place = packet + PACKET_HEADER + UDP_AT + i;

            if (memcmp(place, port, 2) == 0)
                memcpy(place, "\x16\x34", 2);
        }
        at += PACKET_HEADER + len;
    }
}

/* The fixture's client is told by its port; the server's is none that has another name without
 * DTLS. */
static void what_went_by_dtls_goes_by_udp(void **state)
{
    struct plain p;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    plain_begin(&p, DTLS "/recording.pcap", "-k " DTLS "/server.key");
    assert_shown(p.path, "udp.checksum.status==Good",
                 "-o udp.check_checksum:TRUE -e frame.time_relative -e udp.srcport -e udp.dstport "
                 "-e udp.length -e udp.payload",
                 "0.000000000\t49220\t24701\t43\t64656172207365727665722c207468697320"
                 "77656e7420627920646174616772616d0a\n"
                 "0.972464000\t24701\t49220\t30\t616e6420736f206469642074686520616e737765720a\n");
    assert_shown(p.path, "tcp||ip.checksum.status==Bad||udp.checksum.status!=Good||_ws.malformed",
                 "-o udp.check_checksum:TRUE -e frame.number", "");
    plain_end(&p);
}

/* The recording as if by CoAP over DTLS: 5684 becomes 5683. */
static void the_port_of_dtls_becomes_that_of_its_plain_protocol(void **state)
{
    struct buffer file = file_read(DTLS "/recording.pcap");
    static const uint8_t port[] = {0x60, 0x7d}; /* 24701 */
    char *folder = scratch_new();
    char *path = alloc_format("%s/coaps.pcap", folder);
    struct plain p;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    replace_ports(&file, port);
    file_write(path, buffer_view(&file));
    plain_begin(&p, path, "-k " DTLS "/server.key");
    assert_shown(p.path, "udp", "-e udp.srcport -e udp.dstport", "49220\t5683\n5683\t49220\n");
    buffer_clear(&file);
    plain_end(&p);
    free(path);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(tshark_reads_the_same_bytes_and_finds_nothing_wrong),
        CASE(http_is_read_on_the_port_that_it_has_without_tls),
        CASE(http_is_read_in_ipv6_too),
        CASE(times_are_those_of_the_recording),
        CASE(a_hole_in_the_recording_is_one_in_the_numbers),
        CASE(what_went_by_dtls_goes_by_udp),
        CASE(the_port_of_dtls_becomes_that_of_its_plain_protocol),
        CASE(without_anything_opened_there_is_no_packet),
    };

    return RUN(cases);
}
