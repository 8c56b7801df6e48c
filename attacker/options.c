#include "attacker/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "attacker/leaks/discrete_log.h"
#include "capture/alloc.h"
#include "capture/option_values.h"

enum {
    OPTION_EPHEMERAL = 256,
    OPTION_TICKET_KEY,
    OPTION_PSK,
    OPTION_KEYLOG,
    OPTION_PASSPHRASE,
    OPTION_DISCRETE_LOG,
    OPTION_JSON,
    OPTION_EXTRACT,
    OPTION_WRITE_KEYLOG,
    OPTION_WRITE_PCAP,
    OPTION_ANNOTATE,
    OPTION_AUDIT,
    OPTION_FAIL_ON,
    OPTION_VERIFY_CHECKSUMS
};

static const struct option long_options[] = {
    {"key", required_argument, NULL, 'k'},
    {"ticket-key", required_argument, NULL, OPTION_TICKET_KEY},
    {"ephemeral", required_argument, NULL, OPTION_EPHEMERAL},
    {"psk", required_argument, NULL, OPTION_PSK},
    {"keylog", required_argument, NULL, OPTION_KEYLOG},
    {"passphrase-file", required_argument, NULL, OPTION_PASSPHRASE},
    {"discrete-log", optional_argument, NULL, OPTION_DISCRETE_LOG},
    {"json", no_argument, NULL, OPTION_JSON},
    {"extract", required_argument, NULL, OPTION_EXTRACT},
    {"write-keylog", required_argument, NULL, OPTION_WRITE_KEYLOG},
    {"write-pcap", required_argument, NULL, OPTION_WRITE_PCAP},
    {"annotate", required_argument, NULL, OPTION_ANNOTATE},
    {"audit", no_argument, NULL, OPTION_AUDIT},
    {"fail-on", required_argument, NULL, OPTION_FAIL_ON},
    {"verify-checksums", no_argument, NULL, OPTION_VERIFY_CHECKSUMS},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

const char *options_help(void)
{
    return "usage: keyfall-attacker [leaks] [output] CAPTURE...\n"
           "\n"
           "Reads recorded TLS, is given what leaked, and shows what that opens and what it\n"
           "does not, with the proof for each. Several captures are read as one recording,\n"
           "in the order given; - is standard input. No address or port needs to be named.\n"
           "\n"
           "leaks\n"
           "  -k, --key FILE|DIR      the server's private key, or a folder of them;\n"
           "                          repeatable\n"
           "      --ticket-key FILE   a session ticket key, as OpenSSL, nginx, Apache or\n"
           "                          GnuTLS have it: 80, 64 or 48 bytes; repeatable\n"
           "      --ephemeral FILE    an ephemeral private key (PEM); repeatable\n"
           "      --psk [ID:]HEX      a pre-shared key, of that identity or, without one, of\n"
           "                          any; repeatable\n"
           "      --keylog FILE       a key log (SSLKEYLOGFILE); repeatable\n"
           "      --passphrase-file FILE\n"
           "                          its lines are tried on encrypted keys; what none of\n"
           "                          them opens is asked for, if there is a terminal\n"
           "      --discrete-log[=SECONDS]\n"
           "                          no leak: attack the Diffie-Hellman groups themselves,\n"
           "                          each for so long (10 s)\n"
           "output\n"
           "      (default)           the story: what was tried, what came of it, and\n"
           "                          what was said\n"
           "  -q, --quiet             one line a session\n"
           "      --json              one JSON object a session, and one for the summary\n"
           "      --extract DIR       also write what was said, to\n"
           "                          DIR/session-<id>-client.bin and -server.bin\n"
           "      --write-keylog FILE also write the secrets that opened something, as a\n"
           "                          key log for Wireshark (RFC 9850)\n"
           "      --write-pcap FILE   also write what was said as a recording without TLS:\n"
           "                          port 443 becomes 80, 993 143, 5061 5060, and so on\n"
           "      --annotate FILE     also write the recording anew as pcapng, with the\n"
           "                          secrets, and the verdicts as packet comments in it\n"
           "                          (FILE - is standard output, in place of the story)\n"
           "      --audit             no leak needed: which one would open which session,\n"
           "                          and why; then how much would fall, by server\n"
           "      --fail-on LEAK      with --audit: status 1 when a session would open with\n"
           "                          it: server_key, ticket_key, ephemeral, psk,\n"
           "                          session_secret or quantum_computer\n"
           "running\n"
           "      --verify-checksums  leave out packets whose checksum is wrong; mostly, it\n"
           "                          is wrong because a network card was to fill it in\n"
           "      --help, --version\n"
           "\n"
           "exit status: 0 at least one session was decrypted, in whole or in part; 1 none\n"
           "was; 2 usage error, input that cannot be read, output that cannot be written;\n"
           "with --audit 0, when the input was read\n";
}

static void add_path(struct paths *paths, const char *path)
{
    paths->names = alloc_resize((void *)paths->names, (paths->num + 1) * sizeof(*paths->names));
    paths->names[paths->num++] = path;
}

/* take_audit files one of the options of the audit. */
static bool take_audit(struct options *out, int option)
{
    if (option == OPTION_AUDIT)
        out->audit = true;
    else if (option == OPTION_FAIL_ON)
        out->fail_on = optarg;
    return option == OPTION_AUDIT || option == OPTION_FAIL_ON;
}

/* take_option files one option; false when getopt did not know it. */
static bool take_option(struct options *out, int option)
{
    switch (option) {
    case 'k':
        add_path(&out->keys, optarg);
        return true;
    case OPTION_TICKET_KEY:
        add_path(&out->ticket_keys, optarg);
        return true;
    case OPTION_EPHEMERAL:
        add_path(&out->ephemerals, optarg);
        return true;
    case OPTION_PSK:
        add_path(&out->psks, optarg);
        return true;
    case OPTION_KEYLOG:
        add_path(&out->keylogs, optarg);
        return true;
    case OPTION_PASSPHRASE:
        out->passphrase_file = optarg;
        return true;
    case OPTION_DISCRETE_LOG:
        out->discrete_log_time = optarg;
        out->discrete_log_ns = DISCRETE_LOG_SECONDS * (uint64_t)1000000000;
        return true;
    case OPTION_JSON:
        out->json = true;
        return true;
    case OPTION_EXTRACT:
        out->extract_folder = optarg;
        return true;
    case OPTION_WRITE_KEYLOG:
        out->keylog_out = optarg;
        return true;
    case OPTION_WRITE_PCAP:
        out->plain_out = optarg;
        return true;
    case OPTION_ANNOTATE:
        out->annotated_out = optarg;
        return true;
    case OPTION_VERIFY_CHECKSUMS:
        out->verify_checksums = true;
        return true;
    case 'q':
        out->quiet = true;
        return true;
    case 'h':
        out->wish = WISH_HELP;
        return true;
    case 'V':
        out->wish = WISH_VERSION;
        return true;
    default:
        return take_audit(out, option);
    }
}

/* say_unknown names the word that getopt stumbled over. */
static bool say_unknown(struct complaint *why, int answer, char **argv)
{
    if (answer == ':')
        return complaint_say(why, "%s: needs an argument; see --help", argv[optind - 1]);
    /* A letter that is an option, and yet not known: its long form was given an argument. */
    if (optopt && optopt < 256 && !strchr("kqhV", optopt))
        return complaint_say(why, "-%c: no such option; see --help", optopt);
    return complaint_say(why, "%s: no such option, or not one that takes an argument; see --help",
                         argv[optind - 1]);
}

static bool is_standard(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

/* read_fail_on: which leak is it that must not open anything? */
static bool read_fail_on(struct options *out, struct complaint *why)
{
    if (!out->fail_on)
        return true;
    if (!out->audit)
        return complaint_say(why, "--fail-on is for --audit; ask for that as well");
    for (int i = 0; i < NUM_OPENED_BY; i++) {
        out->fatal = (enum opened_by)i;
        if (strcmp(out->fail_on, opened_by_name(out->fatal)) == 0)
            return true;
    }
    return complaint_say(why,
                         "--fail-on %s: no leak of that name; take server_key, ticket_key, "
                         "ephemeral, psk, session_secret or quantum_computer",
                         out->fail_on);
}

/* agree: do the options make sense together? */
static bool agree(struct options *out, struct complaint *why)
{
    int num_taking = is_standard(out->keylog_out) + is_standard(out->plain_out) +
                     is_standard(out->annotated_out);

    if (out->captures.num == 0)
        return complaint_say(why, "no capture file was named; see --help");
    if (out->json && out->quiet)
        return complaint_say(why, "--json and -q both want standard output; take one of them");
    if (num_taking + (out->json || out->quiet || out->audit) > 1)
        return complaint_say(why,
                             "two outputs want standard output; give one of them another file");
    out->standard_output_taken = num_taking > 0;
    for (size_t i = 0; out->annotated_out && i < out->captures.num; i++) {
        if (is_standard(out->captures.names[i]))
            return complaint_say(why, "--annotate reads the recording twice, and standard input "
                                      "can be read but once; name a file");
    }
    return true;
}

bool options_read(struct options *out, int argc, char **argv, struct complaint *why)
{
    int option;

    *out = (struct options){0};
    opterr = 0;
    optind = 0; /* start anew, also when called more than once */
    while ((option = getopt_long(argc, argv, ":k:qhV", long_options, NULL)) != -1) {
        if (!take_option(out, option))
            return say_unknown(why, option, argv);
    }
    for (int i = optind; i < argc; i++)
        add_path(&out->captures, argv[i]);
    if (out->discrete_log_time &&
        !option_seconds(&out->discrete_log_ns, "--discrete-log", out->discrete_log_time, why))
        return false;
    return out->wish != WISH_ATTACK || (agree(out, why) && read_fail_on(out, why));
}

void options_clear(struct options *options)
{
    free((void *)options->keys.names);
    free((void *)options->ticket_keys.names);
    free((void *)options->ephemerals.names);
    free((void *)options->psks.names);
    free((void *)options->keylogs.names);
    free((void *)options->captures.names);
    *options = (struct options){0};
}
