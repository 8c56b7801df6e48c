/*
 * --annotate: the recording as it was, which Wireshark then opens by itself, with what there is to
 * say about it beside the packets.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter.h"
#include "tests/support/rewriter_findings.h"
#include "tests/support/rewriter_tshark.h"

#define RSA "fixtures/rsa/recording.pcap"
#define KEY "fixtures/rsa/server.key"

/* Another recording that opens, of other addresses. */
#define IPV6     "fixtures/rsa-gnutls-ipv6/recording.pcap"
#define IPV6_KEY "fixtures/rsa-gnutls-ipv6/server.key"

struct annotated {
    char *folder;
    char *path;
};

static void annotated_begin(struct annotated *a, const char *leak, const char *recordings)
{
    struct run_result result;

    a->folder = scratch_new();
    a->path = alloc_format("%s/annotated.pcapng", a->folder);
    run_line(&result, "keyfall-attacker -q --annotate %s %s %s", a->path, leak, recordings);
    assert_true(result.status < 2);
    run_clear(&result);
}

static void annotated_end(struct annotated *a)
{
    free(a->path);
    scratch_free(a->folder);
}

static void assert_same_output(const char *options, const char *path, const char *other)
{
    struct run_result one;
    struct run_result two;

    run_line(&one, "tshark -r %s %s", path, options);
    run_line(&two, "tshark -r %s %s", other, options);
    assert_status(&one, 0);
    assert_true(one.out.len > 100);
    assert_string_equal(run_out(&one), run_out(&two));
    run_clear(&one);
    run_clear(&two);
}

/* Of every kind of file: the same bytes, and where they had any, the same times and interfaces. */
static void every_packet_is_as_it_was(void **state)
{
    static const struct rewriting ways[] = {
        {"microseconds", .file = FILE_MICROSECONDS},
        {"nanoseconds", .file = FILE_NANOSECONDS},
        {"big endian", .file = FILE_BIG_ENDIAN},
        {"big endian, nanoseconds", .file = FILE_BIG_ENDIAN_NANOSECONDS},
        {"raw IP", .link = LINK_RAW},
        {"snap length", .snap_length = 400},
        {"pcapng", .file = FILE_PCAPNG},
        {"pcapng, big endian", .file = FILE_PCAPNG_BIG_ENDIAN},
        {"pcapng, mixed", .file = FILE_PCAPNG_MIXED},
        {"pcapng, obsolete blocks", .file = FILE_PCAPNG_OBSOLETE},
        {"pcapng, simple blocks", .file = FILE_PCAPNG_SIMPLE},
        {"gzip", .file = FILE_GZIP},
        {"pcapng in gzip", .file = FILE_PCAPNG_GZIP},
    };
    char *folder = scratch_new();
    char *path = alloc_format("%s/original", folder);

    (void)state;
    if (!is_installed("tshark"))
        skip();
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i += PART_STEP) {
        struct annotated a;

        rewrite(&ways[i], RSA, path);
        annotated_begin(&a, "-k " KEY, path);
        assert_same_output("-x --disable-protocol tls", path, a.path);
        if (ways[i].file != FILE_PCAPNG_SIMPLE)
            assert_same_output("-T fields -e frame.number -e frame.time_epoch -e frame.len -e "
                               "frame.cap_len -e frame.encap_type",
                               path, a.path);
        if (ways[i].file == FILE_PCAPNG_MIXED)
            assert_same_output("-T fields -e frame.interface_id -e frame.interface_name", path,
                               a.path);
        annotated_end(&a);
    }
    free(path);
    scratch_free(folder);
}

/* By number from specimens[]; among them is TLS 1.3, and a secret that an ephemeral key brought. */
static void tshark_opens_it_without_any_key(void **state)
{
    static const size_t for_tshark[] = {0, 2, 4, 5, 6, 7, 8, 9, 10, 11};

    (void)state;
    if (!is_installed("tshark"))
        skip();
    for (size_t i = 0; i < sizeof(for_tshark) / sizeof(for_tshark[0]); i += PART_STEP) {
        const struct specimen *specimen = &specimens[for_tshark[i]];
        struct annotated a;
        struct findings found;
        struct buffer said[2];

        annotated_begin(&a, specimen->leak, specimen->recording);
        findings_take(&found, specimen->recording, specimen->leak);
        tshark_follow(said, a.path, "");
        assert_true(said[0].len > 0);
        if (!findings_say(&found, said))
            fail_msg("%s: tshark finds other bytes", specimen->name);
        buffer_clear(&said[0]);
        buffer_clear(&said[1]);
        findings_clear(&found);
        annotated_end(&a);
    }
}

static void tshark_shows_the_verdict_at_the_client_hello(void **state)
{
    struct annotated a;
    struct run_result result;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    annotated_begin(&a, "-k " KEY, RSA " fixtures/ecdhe/recording.pcap");
    run_line(&result,
             "tshark -r %s -Y tls.handshake.type==1 -T fields -e frame.number -e "
             "frame.comment",
             a.path);
    assert_status(&result, 0);
    assert_says(run_out(&result), "4\tkeyfall, session 1: decrypted (server_key). ");
    assert_says(run_out(&result), "24\tkeyfall, session 2: protected (forward_secret). ");
    run_clear(&result);
    /* And the evidence where it stands. */
    run_line(&result, "tshark -r %s -Y frame.number==28 -T fields -e frame.comment", a.path);
    assert_says(run_out(&result), "keyfall, session 2: Does the ClientKeyExchange decrypt");
    run_clear(&result);
    run_line(&result, "tshark -r %s -Y http -T fields -e frame.number -e http.request.uri", a.path);
    assert_string_equal(run_out(&result), "12\t/login\n14\t\n");
    run_clear(&result);
    annotated_end(&a);
}

/* Without tshark, too: what was written is a recording that holds its secrets. */
static void the_attacker_opens_it_again_without_any_leak(void **state)
{
    struct annotated a;
    struct run_result result;

    (void)state;
    annotated_begin(&a, "-k " KEY " -k " IPV6_KEY,
                    RSA " fixtures/rsa-nss-3des/recording.pcap " IPV6);
    run_line(&result, "keyfall-attacker -q %s", a.path);
    assert_status(&result, 0);
    assert_says(run_out(&result), "1 decrypted keylog ");
    assert_says(run_out(&result), "2 undecryptable no_key ");
    assert_says(run_out(&result), "3 decrypted keylog ");
    run_clear(&result);
    annotated_end(&a);
}

/* Comments go to their packets behind a file that ends in the middle of one. */
static void of_a_damaged_file_the_whole_packets_are_copied(void **state)
{
    struct buffer file = file_read(RSA);
    char *folder = scratch_new();
    char *path = alloc_format("%s/damaged.pcap", folder);
    char *both = alloc_format("%s " IPV6, path);
    struct annotated a;
    struct run_result result;

    (void)state;
    file_write(path, bytes_of(file.at, file.len - 30));
    annotated_begin(&a, "-k " KEY " -k " IPV6_KEY, both);
    run_line(&result, "keyfall-attacker --json %s", a.path);
    assert_says(run_out(&result), "\"packets\":37,");
    assert_says(run_out(&result), "\"decrypted\":2,");
    run_clear(&result);
    buffer_clear(&file);
    annotated_end(&a);
    free(both);
    free(path);
    scratch_free(folder);
}

static void what_can_be_read_only_once_is_refused(void **state)
{
    char *folder = scratch_new();
    char *fifo = alloc_format("%s/fifo", folder);
    struct run_result result;

    (void)state;
    assert_int_equal(mkfifo(fifo, 0600), 0);
    run_line(&result, "keyfall-attacker --annotate %s/out.pcapng %s", folder, fifo);
    assert_status(&result, 2);
    assert_says(run_err(&result), "is no file that can be read twice, as --annotate does");
    run_clear(&result);
    run_with_input(&result, RSA, "keyfall-attacker --annotate %s/out.pcapng -", folder);
    assert_status(&result, 2);
    assert_says(run_err(&result), "--annotate reads the recording twice");
    run_clear(&result);
    free(fifo);
    scratch_free(folder);
}

/* What tshark reads out of DTLS, without being told that it is any. */
#define DTLS_WORDS                                                                                 \
    "64656172207365727665722c20746869732077656e7420627920646174616772616d0a\n"                     \
    "616e6420736f206469642074686520616e737765720a\n"

static void tshark_opens_dtls_with_the_secrets_in_it(void **state)
{
    char *folder = scratch_new();
    struct run_result result;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    run_line(&result,
             "keyfall-attacker -q --annotate %s/annotated.pcapng -k "
             "fixtures/rsa-dtls12-openssl/server.key "
             "fixtures/rsa-dtls12-openssl/recording.pcap",
             folder);
    assert_status(&result, 0);
    run_clear(&result);
    run_line(&result, "tshark -r %s/annotated.pcapng -Y 'dtls && data' -T fields -e data.data",
             folder);
    assert_status(&result, 0);
    assert_string_equal(run_out(&result), DTLS_WORDS);
    run_clear(&result);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_packet_is_as_it_was),
        CASE(tshark_opens_it_without_any_key),
        CASE(tshark_shows_the_verdict_at_the_client_hello),
        CASE(the_attacker_opens_it_again_without_any_leak),
        CASE(of_a_damaged_file_the_whole_packets_are_copied),
        CASE(what_can_be_read_only_once_is_refused),
        CASE(tshark_opens_dtls_with_the_secrets_in_it),
    };

    return RUN(cases);
}
