#include "capture/capture_file.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "capture/alloc.h"
#include "capture/link.h"

struct capture_file {
    pcap_t *pcap;
    char *name;           /* for sentences */
    uint64_t num_read;    /* packets so far */
    uint64_t first_frame; /* number of the first one */
    bool ended;           /* whole or damaged: there is nothing more to ask libpcap for */
};

static const uint64_t NS_PER_SECOND = 1000000000;

/* Standard input is "-" to the user, and called by its name in sentences. */
static bool is_standard_input(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* open_stream answers a stream with at least one byte in it, or NULL with *why filled. */
static FILE *open_stream(const char *path, const char *name, struct complaint *why)
{
    FILE *stream = is_standard_input(path) ? stdin : fopen(path, "rbe");
    struct stat about;

    if (!stream) {
        complaint_say(why, "%s: can't be opened: %s", name, strerror(errno));
        return NULL;
    }
    if (fstat(fileno(stream), &about) == 0 && S_ISDIR(about.st_mode)) {
        complaint_say(why, "%s: is a directory; name the capture files in it", name);
        goto refuse;
    }
    int first = getc(stream);
    if (first == EOF && ferror(stream)) {
        complaint_say(why, "%s: can't be read: %s", name, strerror(errno));
        goto refuse;
    }
    if (first == EOF) {
        complaint_say(
            why,
            "%s: is empty; stop the recording program with Ctrl-C, so that it writes what "
            "it holds, and record again",
            name);
        goto refuse;
    }
    if (ungetc(first, stream) == first)
        return stream;
    complaint_say(why, "%s: can't be read", name);
refuse:
    if (stream != stdin)
        (void)fclose(stream);
    return NULL;
}

static bool refuse_link(const struct capture_file *f, struct complaint *why)
{
    int type = pcap_datalink(f->pcap);
    const char *name = pcap_datalink_val_to_name(type);

    return complaint_say(why,
                         "%s: recorded on a link of type %d (%s), which is not supported; record "
                         "on an Ethernet-like interface, for example -i lo or -i eth0",
                         f->name, type, name ? name : "not known to libpcap");
}

struct capture_file *capture_file_open(const char *path, uint64_t first_frame,
                                       struct complaint *why)
{
    const char *name = is_standard_input(path) ? "standard input" : path;
    char reason[PCAP_ERRBUF_SIZE] = "";
    FILE *stream = open_stream(path, name, why);

    if (!stream)
        return NULL;

    pcap_t *pcap =
        pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, reason);

    if (!pcap) {
        complaint_say(why, "%s: is not a capture file (pcap or pcapng); libpcap says: %s", name,
                      reason);
        if (stream != stdin)
            (void)fclose(stream);
        return NULL;
    }

    struct capture_file *f = alloc_zero(sizeof(*f));

    f->pcap = pcap; /* and with it the stream */
    f->name = alloc_text(name);
    f->first_frame = first_frame;
    if (!link_supported(pcap_datalink(pcap))) {
        (void)refuse_link(f, why);
        capture_file_close(f);
        return NULL;
    }
    return f;
}

enum capture_step capture_file_next(struct capture_file *f, struct packet *out,
                                    struct complaint *why)
{
    struct pcap_pkthdr *header;
    const u_char *data;

    if (f->ended)
        return CAPTURE_END;
    switch (pcap_next_ex(f->pcap, &header, &data)) {
    case 1:
        break;
    case PCAP_ERROR_BREAK: /* libpcap's word for the end of a file */
        f->ended = true;
        return CAPTURE_END;
    default:
        f->ended = true;
        (void)complaint_say(why, "%s: damaged after packet %llu (%s); everything before it is used",
                            f->name, (unsigned long long)f->num_read, pcap_geterr(f->pcap));
        return CAPTURE_DAMAGED;
    }
    *out = (struct packet){
        .frame = f->first_frame + f->num_read,
        /* At this precision libpcap puts nanoseconds where the name says microseconds. */
        .time_ns = (uint64_t)header->ts.tv_sec * NS_PER_SECOND + (uint64_t)header->ts.tv_usec,
        .link_type = pcap_datalink(f->pcap),
        .wire_len = header->len,
        .data = bytes_of(data, header->caplen),
    };
    f->num_read++;
    return CAPTURE_PACKET;
}

void capture_file_close(struct capture_file *f)
{
    if (!f)
        return;
    pcap_close(f->pcap);
    free(f->name);
    free(f);
}
