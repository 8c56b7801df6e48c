/*
 * Others on the same recordings: tshark reads and opens what the victim recorded and agrees with
 * the attacker; the attacker opens what other programs said and recorded. Skipped where they are
 * missing.
 */
#include <arpa/inet.h>
#include <endian.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/every_fixture.h"
#include "tests/support/program.h"
#include "tests/support/rewriter_findings.h"
#include "tests/support/rewriter_tshark.h"

/* --- tshark on our recordings -------------------------------------------------- */

static const char *protocol_of(const char *fixture)
{
    return strstr(fixture, "-dtls") ? "dtls" : "tls";
}

/* suite_of is that of the first session, as the attacker names it. */
static long suite_of(const char *fixture)
{
    struct run_result result;
    json_t *sessions;
    const char *id;
    long suite;

    run_line(&result, "keyfall-attacker --json fixtures/%s/recording.pcap", fixture);
    sessions = run_sessions(&result, NULL);
    id = json_string_value(json_object_get(json_array_get(sessions, 0), "cipher_suite_id"));
    suite = strtol(id, NULL, 0);
    json_decref(sessions);
    run_clear(&result);
    return suite;
}

/* A warning, in numbers of _ws.expert.severity. */
#define SEVERITY_WARNING 6291456

/* is_good looks at a line of tshark's: suite, and what it complains about, which nothing should be;
 * last come how severe its notes on the frame are. */
static bool is_good(char *line)
{
    const char *suite = strsep(&line, "\t");
    const char *malformed = strsep(&line, "\t");
    const char *tcp = strsep(&line, "\t");
    bool good = suite[0] && !malformed[0] && (!tcp || !tcp[0]);

    for (const char *severity; good && (severity = strsep(&line, ","));)
        good = strtol(severity, NULL, 10) < SEVERITY_WARNING;
    return good;
}

/* looks_right: in one run of tshark, since each takes a second: the ServerHellos, and all that is
 * wrong. */
static void looks_right(const char *fixture)
{
    struct run_result result;
    const char *protocol = protocol_of(fixture);
    char *mark = alloc_format("fixtures/%s/DEMONSTRATION-ONLY.txt", fixture);
    /* The victim leaves that mark. What was recorded elsewhere has the checksums that no network
     * card was there to make, and TCP as others end it. */
    bool ours = access(mark, F_OK) == 0;
    char *rest;

    run_line(&result,
             "tshark -r fixtures/%s/recording.pcap -o tcp.check_checksum:TRUE -o "
             "ip.check_checksum:TRUE -Y '%s.handshake.type==2 || _ws.malformed%s' -T fields "
             "-e %s.handshake.ciphersuite -e _ws.malformed%s",
             fixture, protocol,
             ours ? " || tcp.analysis.flags || _ws.expert.severity >= 6291456" : "", protocol,
             ours ? " -e tcp.analysis.flags -e _ws.expert.severity" : "");
    assert_status(&result, 0);
    rest = (char *)result.out.at;
    assert_int_equal(suite_of(fixture), strtol(run_out(&result), NULL, 0));
    for (char *line; (line = strsep(&rest, "\n")) && line[0];) {
        if (!is_good(line))
            fail_msg("%s: tshark complains, see -Y '_ws.malformed || tcp.analysis.flags'", fixture);
    }
    run_clear(&result);
    free(mark);
}

static void tshark_sees_the_same_suites_and_nothing_wrong(void **state)
{
    (void)state;
    if (!is_installed("tshark"))
        skip();
    every_fixture(looks_right);
}

/* What tshark gives of the first conversation, opened with the key log, is what the attacker gives.
 */
static void says_the_same(const char *fixture)
{
    char *log = alloc_format("fixtures/%s/keylog.txt", fixture);
    char *recording = alloc_format("fixtures/%s/recording.pcap", fixture);
    char *leak = alloc_format("--keylog %s", log);
    char *option = alloc_format("-o tls.keylog_file:%s", log);

    if (access(log, R_OK) == 0 && strcmp(protocol_of(fixture), "tls") == 0) { /* it follows TCP */
        struct findings found;
        struct buffer said[2];

        findings_take(&found, recording, leak);
        assert_int_equal(found.status, 0);
        tshark_follow(said, recording, option);
        if (!findings_say(&found, said))
            fail_msg("%s: tshark reads other words", fixture);
        buffer_clear(&said[0]);
        buffer_clear(&said[1]);
        findings_clear(&found);
    }
    free(option);
    free(leak);
    free(recording);
    free(log);
}

static void tshark_reads_the_same_words(void **state)
{
    (void)state;
    if (!is_installed("tshark"))
        skip();
    every_fixture(says_the_same);
}

static void tshark_finds_http_with_the_leaked_key(void **state)
{
    struct run_result result;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    run_line(&result, "tshark -r fixtures/rsa/recording.pcap -o "
                      "'uat:rsa_keys:\"fixtures/rsa/server.key\",\"\"' -Y http");
    assert_status(&result, 0);
    assert_says(run_out(&result), "POST /login HTTP/1.1");
    assert_says(run_out(&result), "HTTP/1.1 200 OK");
    run_clear(&result);
}

/* tshark's frame numbers are ours: the frames that the evidence names hold those messages. */
static void frames_are_those_of_wireshark(void **state)
{
    struct run_result result;
    json_t *sessions;
    const json_t *evidence;
    size_t i;
    json_t *step;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    run_line(&result, "keyfall-attacker --json -k fixtures/dhe/server.key "
                      "fixtures/dhe/recording.pcap");
    sessions = run_sessions(&result, NULL);
    run_clear(&result);
    evidence = json_object_get(json_array_get(sessions, 0), "evidence");
    json_array_foreach(evidence, i, step)
    {
        const char *text = json_string_value(json_object_get(step, "step"));
        int type = strstr(text, "certificate?")        ? 11
                   : strstr(text, "ServerKeyExchange") ? 12
                   : strstr(text, "ClientKeyExchange") ? 16
                                                       : 0;
        char *frame;

        if (type == 0)
            continue;
        run_line(&result,
                 "tshark -r fixtures/dhe/recording.pcap -Y tls.handshake.type==%d -T fields -e "
                 "frame.number",
                 type);
        frame = alloc_format("%lld\n", json_integer_value(json_object_get(step, "frame")));
        assert_string_equal(run_out(&result), frame);
        free(frame);
        run_clear(&result);
    }
    json_decref(sessions);
}

/* --- Conversations of others ------------------------------------------------------ */

/* A port that is free at this moment; the system picks it. */
static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int s = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(bind(s, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&address, &len), 0);
    (void)close(s);
    return be16toh(address.sin_port);
}

/* converse_and_record: openssl's server and client talk, tcpdump records. False when tcpdump may
 * not. */
static bool converse_and_record(const char *folder, const char *choices)
{
    int port = free_port();
    char *record = alloc_format("exec tcpdump -i lo --immediate-mode -U -s 262144 -Z \"$(id -un)\" "
                                "-w %s/r.pcap tcp port %d 2>%s/tcpdump.log",
                                folder, port, folder);
    char *serve = alloc_format("exec openssl s_server -accept 127.0.0.1:%d -key "
                               "fixtures/rsa/server.key -cert fixtures/rsa/server.crt -www -quiet "
                               "%s >/dev/null 2>&1",
                               port, choices);
    pid_t tcpdump = run_start(record);
    struct run_result result;
    bool recorded;

    (void)usleep(700000);
    recorded = waitpid(tcpdump, NULL, WNOHANG) == 0;
    if (recorded) {
        pid_t server = run_start(serve);

        run_line(&result,
                 "sh -c 'for try in 1 2 3 4 5 6 7 8 9; do sleep 0.2; printf \"GET /secret "
                 "HTTP/1.0\\r\\n\\r\\n\" | timeout 5 openssl s_client -quiet -connect 127.0.0.1:%d "
                 "-cipher ALL:@SECLEVEL=0 %s -ign_eof >%s/answer 2>/dev/null; [ -s %s/answer ] && "
                 "exit 0; done; exit 1'",
                 port, strstr(choices, "-tls1 ") ? "-tls1" : "", folder, folder);
        (void)usleep(400000);
        run_stop(server, SIGTERM);
        run_stop(tcpdump, SIGINT);
        assert_status(&result, 0);
        run_clear(&result);
    }
    free(record);
    free(serve);
    return recorded;
}

static void check_openssl(const char *choices)
{
    char *folder = scratch_new();
    struct run_result result;

    if (!is_installed("tcpdump") || !is_installed("openssl") ||
        !converse_and_record(folder, choices)) {
        scratch_free(folder);
        skip();
    }
    run_line(&result, "keyfall-attacker -k fixtures/rsa/server.key %s/r.pcap", folder);
    assert_status(&result, 0);
    assert_says(run_out(&result), "DECRYPTED");
    assert_says(run_out(&result), "GET /secret HTTP/1.0");
    assert_says(run_out(&result), "HTTP/1.0 200 ok");
    run_clear(&result);
    scratch_free(folder);
}

static void a_conversation_of_openssl_recorded_by_tcpdump_opens(void **state)
{
    (void)state;
    check_openssl("-cipher AES128-SHA -tls1_2 ");
}

static void an_old_conversation_of_openssl_opens_too(void **state)
{
    (void)state;
    check_openssl("-cipher AES256-SHA:@SECLEVEL=0 -tls1 ");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(tshark_sees_the_same_suites_and_nothing_wrong),
        CASE(tshark_reads_the_same_words),
        CASE(tshark_finds_http_with_the_leaked_key),
        CASE(frames_are_those_of_wireshark),
        CASE(a_conversation_of_openssl_recorded_by_tcpdump_opens),
        CASE(an_old_conversation_of_openssl_opens_too),
    };

    return RUN(cases);
}
