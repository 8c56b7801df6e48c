#include "capture/capture_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

const char capture_options_help[] =
    "Usage: keyfall-capture -i IFACE -w FILE [options] [-- COMMAND ARG...]\n"
    "       keyfall-capture -D\n"
    "\n"
    "Records packets from a network interface to a capture file.\n"
    "\n"
    "  -i, --interface IFACE  the interface, for example lo or eth0\n"
    "  -w, --write FILE       the capture file (pcap); - is standard output\n"
    "  -f, --filter FILTER    record only what matches, for example 'tcp port 443'\n"
    "                         (see pcap-filter(7))\n"
    "  -s, --snaplen BYTES    record at most so much of each packet (262144, all)\n"
    "  -c, --count PACKETS    stop after so many packets\n"
    "  -d, --duration SECONDS stop after so long; fractions are allowed\n"
    "  -D, --list-interfaces  list the interfaces\n"
    "  -h, --help             this text\n"
    "      --version          the version\n"
    "\n"
    "With a COMMAND it records while that command runs, from before its first packet\n"
    "until after its last, and exits with the command's status. -c and -d end the\n"
    "recording, not the command. With -w - what the command prints goes to standard\n"
    "error. Without a command it records until Ctrl-C.\n"
    "\n"
    "Recording takes the right to do so: root, or once\n"
    "    sudo setcap cap_net_raw,cap_net_admin=eip PATH-OF-KEYFALL-CAPTURE\n"
    "As soon as the interface and the file are open, keyfall-capture gives up root for\n"
    "good: it goes on as the user who called sudo, or as nobody. The COMMAND runs with\n"
    "the rights that keyfall-capture was started with.\n"
    "\n"
    "Exit status: 0 recorded; 1 failed while recording; 2 wrong usage, or it could not\n"
    "start. With a COMMAND: the command's own, 128 + N when signal N ended it, 127 when\n"
    "it was not found, 126 when it could not be run.\n"
    "\n"
    "Record only traffic of your own, or with the consent of those whose it is.\n";

enum { OPTION_VERSION = 256 };

static const struct option long_options[] = {
    {"interface", required_argument, NULL, 'i'},    {"write", required_argument, NULL, 'w'},
    {"filter", required_argument, NULL, 'f'},       {"snaplen", required_argument, NULL, 's'},
    {"count", required_argument, NULL, 'c'},        {"duration", required_argument, NULL, 'd'},
    {"list-interfaces", no_argument, NULL, 'D'},    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPTION_VERSION}, {0},
};

static bool read_number(uint64_t *out, const char *name, const char *text, uint64_t max,
                        struct complaint *why)
{
    char *end;

    errno = 0;

    unsigned long long n = strtoull(text, &end, 10);

    if (strspn(text, "0123456789") != strlen(text) || end == text || errno || n == 0 || n > max)
        return complaint_say(why, "%s: \"%s\" is not a whole number from 1 to %llu", name, text,
                             (unsigned long long)max);
    *out = n;
    return true;
}

static bool read_duration(uint64_t *out, const char *text, struct complaint *why)
{
    const double longest = 1e9; /* 31 years; in nanoseconds it still fits into 64 bits */
    char *end;
    double seconds = strtod(text, &end);

    if (strspn(text, "0123456789.") != strlen(text) || *end || !(seconds > 0 && seconds <= longest))
        return complaint_say(
            why, "--duration: \"%s\" is not a number of seconds, such as 10 or 0.5", text);
    *out = (uint64_t)(seconds * 1e9);
    return true;
}

static bool take_option(struct capture_options *o, int letter, struct complaint *why)
{
    uint64_t snaplen = 0;

    switch (letter) {
    case 'i':
        o->interface = optarg;
        return true;
    case 'w':
        o->file = optarg;
        return true;
    case 'f':
        o->filter = optarg;
        return true;
    case 's':
        if (!read_number(&snaplen, "--snaplen", optarg, CAPTURE_MAX_SNAPLEN, why))
            return false;
        o->snaplen = (int)snaplen;
        return true;
    case 'c':
        return read_number(&o->max_packets, "--count", optarg, UINT64_MAX, why);
    case 'd':
        return read_duration(&o->duration_ns, optarg, why);
    case 'D':
        o->action = CAPTURE_LIST;
        return true;
    case 'h':
        o->action = CAPTURE_HELP;
        return true;
    default:
        o->action = CAPTURE_VERSION;
        return true;
    }
}

static bool is_complete(struct capture_options *o, int argc, char **argv, struct complaint *why)
{
    bool marked = optind > 0 && strcmp(argv[optind - 1], "--") == 0;

    if (o->action != CAPTURE_RECORD)
        return true;
    if (!o->interface)
        return complaint_say(why, "no interface is named; add -i IFACE (-D lists them)");
    if (!o->file)
        return complaint_say(why, "no file is named; add -w FILE");
    if (optind < argc && !marked)
        return complaint_say(why,
                             "\"%s\" is out of place; a filter goes behind -f, a command "
                             "behind --",
                             argv[optind]);
    if (optind < argc)
        o->command = argv + optind;
    else if (marked)
        return complaint_say(why, "there is no command behind --");
    return true;
}

bool capture_options_read(struct capture_options *o, int argc, char **argv, struct complaint *why)
{
    int letter;

    *o = (struct capture_options){.snaplen = CAPTURE_MAX_SNAPLEN};
    opterr = 0;
    while ((letter = getopt_long(argc, argv, "+:i:w:f:s:c:d:Dh", long_options, NULL)) != -1) {
        if (letter == ':')
            return complaint_say(why, "%s: a value is missing behind it; --help shows the options",
                                 argv[optind - 1]);
        if (letter == '?' && optopt > 0 && optopt < OPTION_VERSION)
            return complaint_say(why, "-%c: no such option; --help shows those there are", optopt);
        if (letter == '?')
            return complaint_say(why, "%s: no such option; --help shows those there are",
                                 argv[optind - 1]);
        if (!take_option(o, letter, why))
            return false;
    }
    return is_complete(o, argc, argv, why);
}
