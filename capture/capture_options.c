#include "capture/capture_options.h"

#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "capture/option_values.h"

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
    "  -d, --duration SECONDS stop after so long, such as 10 or 0.5 (0.001 at least)\n"
    "  -C, --file-size SIZE   begin a new file before this one grows beyond SIZE\n"
    "  -G, --file-seconds SECONDS\n"
    "                         begin a new file when this one's first packet is so old\n"
    "  -W, --files N          with -C or -G: keep the newest N files, delete older ones\n"
    "  -B, --buffer-size SIZE the kernel's buffer, for what comes faster than it can be\n"
    "                         written (16M; from 256k on)\n"
    "      --promiscuous      ask the interface for the frames of other stations, too;\n"
    "                         without it you usually get what is sent by or to this\n"
    "                         machine alone\n"
    "      --fail-on-drop     exit with status 1 when packets were dropped\n"
    "  -D, --list-interfaces  list the interfaces\n"
    "  -h, --help             this text\n"
    "      --version          the version\n"
    "\n"
    "A SIZE ends in k, M or G (1024, its square, its cube); a number alone is in MiB.\n"
    "\n"
    "With -C or -G, -w rec.pcap makes rec-00001.pcap, rec-00002.pcap and so on, each a\n"
    "whole capture; keyfall-attacker rec-*.pcap reads them as one recording. (From file\n"
    "100000 on, ls -v gives their order.) A packet that is longer than SIZE gets a file\n"
    "of its own. When such files are there already, keyfall-capture refuses to begin.\n"
    "\n"
    "With a COMMAND it records while that command runs, from before its first packet\n"
    "until after its last, and exits with the command's status. -c and -d end the\n"
    "recording, not the command. With -w - what the command prints goes to standard\n"
    "error. Without a command it records until Ctrl-C, SIGTERM or SIGHUP, and on a\n"
    "terminal tells once a second how far it is.\n"
    "\n"
    "At the end it says how many packets were seen (those written and those dropped),\n"
    "written, and dropped by the kernel, and by the interface where any were. Against\n"
    "drops help a larger -B, a narrower -f and a smaller -s.\n"
    "\n"
    "Recording takes the right to do so: root, or once\n"
    "    sudo setcap cap_net_raw,cap_net_admin=eip PATH-OF-KEYFALL-CAPTURE\n"
    "As soon as the interface and the file are open, keyfall-capture gives up root for\n"
    "good: it goes on as the user who called sudo, or as nobody. Files of -C and -G are\n"
    "made by that user or, without sudo, by the owner of their folder unless that is\n"
    "root. The COMMAND runs with the rights that keyfall-capture was started with.\n"
    "\n"
    "Exit status: 0 recorded; 1 failed while recording, or packets were dropped and\n"
    "--fail-on-drop is given; 2 wrong usage, or it could not start. With a COMMAND that\n"
    "was recorded: the command's own (but 1 instead of 0 for --fail-on-drop), 128 + N\n"
    "when signal N ended it, 127 when it was not found, 126 when it could not be run.\n"
    "\n"
    "Record only traffic of your own, or with the consent of those whose it is.\n";

/*
 * The kernel's ring buffer, in bytes. Not smaller, because on loopback a second's pause of this
 * program is hundreds of megabytes of traffic; not bigger, because the kernel pins this memory.
 */
#define DEFAULT_BUFFER_SIZE (16 << 20)

/* Of one block, which the kernel fills while another is read, libpcap takes no less than this. */
#define MIN_BUFFER_SIZE (256 << 10)

/* Smaller than the header of a file and of a packet would be a file a packet. */
#define MIN_FILE_SIZE (1 << 10)

enum { OPTION_VERSION = 256, OPTION_PROMISCUOUS, OPTION_FAIL_ON_DROP };

static const struct option long_options[] = {
    {"interface", required_argument, NULL, 'i'},
    {"write", required_argument, NULL, 'w'},
    {"filter", required_argument, NULL, 'f'},
    {"snaplen", required_argument, NULL, 's'},
    {"count", required_argument, NULL, 'c'},
    {"duration", required_argument, NULL, 'd'},
    {"file-size", required_argument, NULL, 'C'},
    {"file-seconds", required_argument, NULL, 'G'},
    {"files", required_argument, NULL, 'W'},
    {"buffer-size", required_argument, NULL, 'B'},
    {"promiscuous", no_argument, NULL, OPTION_PROMISCUOUS},
    {"fail-on-drop", no_argument, NULL, OPTION_FAIL_ON_DROP},
    {"list-interfaces", no_argument, NULL, 'D'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPTION_VERSION},
    {0},
};

/* take_value reads the options that are numbers. */
static bool take_value(struct capture_options *o, int letter, struct complaint *why)
{
    uint64_t snaplen = (uint64_t)o->snaplen;
    uint64_t buffer_size = (uint64_t)o->buffer_size;
    bool taken = false;

    switch (letter) {
    case 's':
        taken = option_number(&snaplen, "--snaplen", optarg, CAPTURE_MAX_SNAPLEN, why);
        break;
    case 'c':
        taken = option_number(&o->max_packets, "--count", optarg, UINT64_MAX, why);
        break;
    case 'd':
        taken = option_seconds(&o->duration_ns, "--duration", optarg, why);
        break;
    case 'C':
        taken = option_size(&o->file_size, "--file-size", optarg, MIN_FILE_SIZE, INT64_MAX, why);
        break;
    case 'G':
        taken = option_seconds(&o->file_ns, "--file-seconds", optarg, why);
        break;
    case 'W':
        taken = option_number(&o->num_files, "--files", optarg, UINT64_MAX, why);
        break;
    default:
        taken = option_size(&buffer_size, "--buffer-size", optarg, MIN_BUFFER_SIZE, INT_MAX, why);
        break;
    }
    o->snaplen = (int)snaplen; /* both are below the limits above, so they fit */
    o->buffer_size = (int)buffer_size;
    return taken;
}

static bool take_option(struct capture_options *o, int letter, struct complaint *why)
{
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
    case OPTION_PROMISCUOUS:
        o->promiscuous = true;
        return true;
    case OPTION_FAIL_ON_DROP:
        o->fail_on_drop = true;
        return true;
    case 'D':
        o->action = CAPTURE_LIST;
        return true;
    case 'h':
        o->action = CAPTURE_HELP;
        return true;
    case OPTION_VERSION:
        o->action = CAPTURE_VERSION;
        return true;
    default:
        return take_value(o, letter, why);
    }
}

static bool is_ring_possible(const struct capture_options *o, struct complaint *why)
{
    bool several = o->file_size > 0 || o->file_ns > 0;

    if (o->num_files > 0 && !several)
        return complaint_say(why, "--files counts the files that -C or -G make; add one of them");
    if (several && strcmp(o->file, "-") == 0)
        return complaint_say(why,
                             "%s: standard output can't begin a new file; name a file behind "
                             "-w",
                             o->file_size > 0 ? "--file-size" : "--file-seconds");
    return true;
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
    return is_ring_possible(o, why);
}

bool capture_options_read(struct capture_options *o, int argc, char **argv, struct complaint *why)
{
    int letter;

    *o = (struct capture_options){
        .snaplen = CAPTURE_MAX_SNAPLEN,
        .buffer_size = DEFAULT_BUFFER_SIZE,
    };
    opterr = 0;
    while ((letter = getopt_long(argc, argv, "+:i:w:f:s:c:d:C:G:W:B:Dh", long_options, NULL)) !=
           -1) {
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
