#include "victim/command_line.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "victim/ring_message.h"

#define IN(command) (1U << (command))
#define IN_TALK     (IN(COMMAND_EXCHANGE) | IN(COMMAND_SERVE) | IN(COMMAND_CONNECT))
#define IN_ALL      (IN_TALK | IN(COMMAND_GROUP))
#define IN_SERVER   (IN(COMMAND_EXCHANGE) | IN(COMMAND_SERVE))

static const struct {
    const char *name;
    const char *usage;
    const char *summary;
} commands[NUM_COMMANDS] = {
    [COMMAND_EXCHANGE] = {"exchange", "exchange [OPTION]...",
                          "client and server hold a conversation with each other"},
    [COMMAND_SERVE] = {"serve", "serve [OPTION]...",
                       "a server for your own browser, curl or openssl s_client"},
    [COMMAND_CONNECT] = {"connect", "connect HOST:PORT [OPTION]...",
                         "a client for your own server"},
    [COMMAND_GROUP] = {"group", "group --peers N [OPTION]...",
                       "several parties agree on one key, by Diffie-Hellman"},
    [COMMAND_LIST] = {"list", "list", "the cipher suites that this machine's OpenSSL negotiates"},
};

/* One row an option; its argument is NULL when it takes none. `help` may hold line ends; it is
 * indented when printed. */
static const struct row {
    const char *name;
    const char *argument;
    unsigned commands;
    size_t offset; /* of its text in struct wishes */
    const char *help;
} rows[] = {
    {"kx", "KX", IN_TALK, offsetof(struct wishes, kx),
     "key exchange: rsa (the default), dhe, ecdhe, tls13, psk, dhe-psk,\n"
     "ecdhe-psk, rsa-psk, anon-dh or anon-ecdh"},
    {"tls", "VERSION", IN_TALK, offsetof(struct wishes, tls),
     "1.0, 1.1, 1.2 or 1.3; else the highest that the choices allow"},
    {"suite", "NAME", IN_TALK, offsetof(struct wishes, suite),
     "this cipher suite, by its IANA or OpenSSL name (see: list); it alone\n"
     "decides on key exchange, version and kind of key"},
    {"peers", "N", IN(COMMAND_GROUP), offsetof(struct wishes, peers_text),
     "so many, 2 to 16; each has a secret exponent of its own"},
    {"message", "TEXT", IN_ALL, offsetof(struct wishes, message),
     "carry this text, instead of a fictional one"},
    {"message-file", "FILE", IN_TALK, offsetof(struct wishes, message_file),
     "the same from a file; - is standard input"},
    {"record", "FILE", IN_ALL, offsetof(struct wishes, record),
     "write the packets to this pcap file; - is standard output"},
    {"leaks", "DIR", IN_ALL, offsetof(struct wishes, leaks),
     "write what a thief could steal into this folder; files of an earlier\n"
     "run in it are replaced"},
    {"sessions", "N", IN_TALK, offsetof(struct wishes, sessions_text),
     "hold N conversations, one after the other (serve: end after N)"},
    {"resume", "HOW", IN_TALK, offsetof(struct wishes, resume),
     "each conversation resumes the one before it, the first being whole,\n"
     "and --sessions is 2 unless said otherwise: id, by session ID (up to\n"
     "TLS 1.2); ticket, by session ticket, in TLS 1.3 as a pre-shared key;\n"
     "none (the default). serve: how visitors may (default: ticket)"},
    {"size", "BYTES", IN_SERVER, offsetof(struct wishes, size_text),
     "the server's answer has a body of so many bytes"},
    {"key", "FILE", IN_SERVER, offsetof(struct wishes, key),
     "the server's private key (PEM), instead of one made on the spot"},
    {"cert", "FILE", IN_SERVER, offsetof(struct wishes, cert),
     "the certificate that belongs to it (PEM), issuers behind it if any"},
    {"key-type", "TYPE", IN_SERVER, offsetof(struct wishes, key_type),
     "make a key of this kind: rsa (the default), ec or ed25519"},
    {"key-usage", "LIST", IN_SERVER, offsetof(struct wishes, key_usage),
     "what the certificate that is made permits, with commas between:\n"
     "keyEncipherment, digitalSignature, keyAgreement and others of RFC 5280\n"
     "(default: to sign; with an RSA key to decrypt as well)"},
    {"group", "NAME|FILE", IN_SERVER, offsetof(struct wishes, group),
     "the group of Diffie-Hellman, however weak: for dhe, dhe-psk and anon-dh\n"
     "ffdhe2048 (the default), modp_1536 and others, or a file of openssl\n"
     "dhparam; for ecdhe and tls13 P-256, X25519 and others"},
    {"reuse-ephemeral", NULL, IN_SERVER, offsetof(struct wishes, reuse_ephemeral),
     "the server makes its ephemeral key once and uses it in every\n"
     "conversation, as many did: one exponent opens them all"},
    {"psk", "[ID:]HEX", IN_TALK, offsetof(struct wishes, psk),
     "the pre-shared key of the psk exchanges, or of --kx psk --tls 1.3, and\n"
     "its identity (default: a random key, keyfall)"},
    {"psk-mode", "MODE", IN(COMMAND_EXCHANGE), offsetof(struct wishes, psk_mode),
     "with a ticket or pre-shared key of TLS 1.3: dhe (the default), a fresh\n"
     "Diffie-Hellman exchange besides; ke, that key alone"},
    {"early-data", NULL, IN_TALK, offsetof(struct wishes, early_data),
     "with a ticket or pre-shared key of TLS 1.3: the client sends its request\n"
     "at once, as 0-RTT, and the server takes it (serve: from visitors too)"},
    {"seed", "TEXT", IN_ALL, offsetof(struct wishes, seed),
     "draw every random number and the time from this text: the same bytes\n"
     "on every run. For demonstration only, there are no secrets left"},
    {"listen", "ADDR:PORT", IN(COMMAND_SERVE), offsetof(struct wishes, listen),
     "where to listen (default: 127.0.0.1:4433; port 0: any that is free)"},
};
#define NUM_ROWS (sizeof(rows) / sizeof(*rows))

/* What getopt_long returns for the options that are not rows. */
enum plain { PLAIN_HELP = 'h', PLAIN_QUIET = 'q', PLAIN_VERSION = 'V', FIRST_ROW = 256 };

static void fill_getopt_table(struct option table[static NUM_ROWS + 4])
{
    for (size_t i = 0; i < NUM_ROWS; i++)
        table[i] = (struct option){rows[i].name, rows[i].argument ? required_argument : no_argument,
                                   NULL, FIRST_ROW + (int)i};
    table[NUM_ROWS] = (struct option){"help", no_argument, NULL, PLAIN_HELP};
    table[NUM_ROWS + 1] = (struct option){"quiet", no_argument, NULL, PLAIN_QUIET};
    table[NUM_ROWS + 2] = (struct option){"version", no_argument, NULL, PLAIN_VERSION};
    table[NUM_ROWS + 3] = (struct option){0};
}

static bool take_row(struct wishes *w, struct complaint *why, const struct row *row,
                     const char *text)
{
    const char **place = (const char **)(void *)((char *)w + row->offset);

    if (!(row->commands & IN(w->command)))
        return complaint_say(why, "--%s has no meaning for %s; see keyfall-victim %s --help",
                             row->name, commands[w->command].name, commands[w->command].name);
    if (*place)
        return complaint_say(why, "--%s was given twice; give it once", row->name);
    *place = row->argument ? text : row->name;
    return true;
}

static bool read_command(struct wishes *w, struct complaint *why, const char *name)
{
    for (enum command c = COMMAND_EXCHANGE; c < NUM_COMMANDS; c++) {
        if (strcmp(commands[c].name, name) == 0) {
            w->command = c;
            w->has_command = true;
            return true;
        }
    }
    return complaint_say(why, "%s: no such command; use exchange, serve, connect, group or list",
                         name);
}

static bool read_number(uint64_t *number, struct complaint *why, const char *option,
                        const char *text, uint64_t least)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno != 0 || *number < least)
        return complaint_say(why, "--%s %s: that is no number from %u on; write it in digits",
                             option, text, (unsigned)least);
    return true;
}

static bool no_such_option(const struct wishes *w, struct complaint *why, const char *word)
{
    if (optopt >= FIRST_ROW) /* it exists, and came with =VALUE */
        return complaint_say(why, "--%s takes no value; leave it out",
                             rows[optopt - FIRST_ROW].name);
    if (strncmp(word, "--", 2) != 0 && optopt != 0) /* one letter, maybe amid others */
        return complaint_say(why, "-%c: no such option; see keyfall-victim %s --help", optopt,
                             commands[w->command].name);
    return complaint_say(why, "%s: no such option; see keyfall-victim %s --help", word,
                         commands[w->command].name);
}

static bool read_options(struct wishes *w, struct complaint *why, int argc, char **argv)
{
    struct option table[NUM_ROWS + 4];
    int found;

    fill_getopt_table(table);
    opterr = 0;
    optind = 0; /* getopt keeps its place in a global: make it start afresh */
    while ((found = getopt_long(argc, argv, ":hq", table, NULL)) != -1) {
        switch (found) {
        case PLAIN_HELP:
            w->help = true;
            break;
        case PLAIN_QUIET:
            w->quiet = true;
            break;
        case PLAIN_VERSION:
            w->version = true;
            break;
        case ':':
            return complaint_say(why, "%s needs a value behind it; see keyfall-victim %s --help",
                                 argv[optind - 1], commands[w->command].name);
        case '?':
            return no_such_option(w, why, argv[optind - 1]);
        default:
            if (!take_row(w, why, &rows[found - FIRST_ROW], optarg))
                return false;
        }
    }
    return true;
}

/* What stands behind the options: a HOST:PORT for connect, and nothing for the others. */
static bool read_rest(struct wishes *w, struct complaint *why, int argc, char **argv)
{
    if (w->help || w->version)
        return true;
    if (w->command == COMMAND_CONNECT && optind < argc)
        w->target = argv[optind++];
    if (optind < argc)
        return complaint_say(why, "%s: what is this? Every choice of %s is an option; see --help",
                             argv[optind], commands[w->command].name);
    if (w->command == COMMAND_CONNECT && !w->target)
        return complaint_say(why, "connect needs to know whom: connect HOST:PORT");
    if (w->command == COMMAND_GROUP && !w->peers_text)
        return complaint_say(why, "group needs to know how many: group --peers N, from 2 to 16");
    return true;
}

static bool read_peers(struct wishes *w, struct complaint *why)
{
    if (!read_number(&w->peers, why, "peers", w->peers_text, 0))
        return false;
    if (w->peers < RING_MIN_MEMBERS || w->peers > RING_MAX_MEMBERS)
        return complaint_say(why,
                             "--peers %s: an agreement here has %d to %d parties; take so many",
                             w->peers_text, RING_MIN_MEMBERS, RING_MAX_MEMBERS);
    return true;
}

static bool read_numbers(struct wishes *w, struct complaint *why)
{
    return (!w->sessions_text || read_number(&w->sessions, why, "sessions", w->sessions_text, 1)) &&
           (!w->size_text || read_number(&w->size, why, "size", w->size_text, 0)) &&
           (!w->peers_text || read_peers(w, why));
}

bool command_line_read(struct wishes *wishes, struct complaint *why, int argc, char **argv)
{
    *wishes = (struct wishes){0};
    if (argc < 2)
        return complaint_say(why, "what shall it do? keyfall-victim --help says what it can");

    const char *first = argv[1];

    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
        wishes->help = true;
        return true;
    }
    if (strcmp(first, "--version") == 0) {
        wishes->version = true;
        return true;
    }
    return read_command(wishes, why, first) && read_options(wishes, why, argc - 1, argv + 1) &&
           read_rest(wishes, why, argc - 1, argv + 1) && read_numbers(wishes, why);
}

static void print_option(FILE *out, const struct row *row)
{
    const char *line = row->help;
    const char *end;
    int used = fprintf(out, "  --%s %s", row->name, row->argument ? row->argument : "");

    for (; (end = strchr(line, '\n')); line = end + 1, used = 0)
        (void)fprintf(out, "%*s%.*s\n", 24 - used, "", (int)(end - line), line);
    (void)fprintf(out, "%*s%s\n", 24 - used, "", line);
}

static void print_overview(FILE *out)
{
    (void)fputs(
        "keyfall-victim holds real TLS conversations, records them, and hands over whatever\n"
        "a thief might later steal.\n\n",
        out);
    for (size_t i = 0; i < NUM_COMMANDS; i++)
        (void)fprintf(out, "  keyfall-victim %-30s %s\n", commands[i].usage, commands[i].summary);
    (void)fputs("\nkeyfall-victim COMMAND --help says more. --version says which version this is.\n"
                "\n"
                "  keyfall-victim exchange --kx rsa --record r.pcap --leaks l\n"
                "  tshark -r r.pcap -o 'uat:rsa_keys:\"l/server.key\",\"\"' -Y http\n",
                out);
}

void command_line_help(const struct wishes *wishes, FILE *out)
{
    if (!wishes->has_command) {
        print_overview(out);
        return;
    }
    (void)fprintf(out, "keyfall-victim %s: %s\n\n", commands[wishes->command].usage,
                  commands[wishes->command].summary);
    for (size_t i = 0; i < NUM_ROWS; i++) {
        if (rows[i].commands & IN(wishes->command))
            print_option(out, &rows[i]);
    }
    (void)fputs(
        "  -q, --quiet           say nothing but what went wrong\n"
        "  -h, --help            this text\n"
        "\n"
        "Exit status: 0 all went well, 1 a conversation failed, 2 the request made no sense\n"
        "or a file could not be read or written.\n",
        out);
}
