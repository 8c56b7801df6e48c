#include "capture/capture_file.h"

#include <pcap/pcap.h>
#include <stdlib.h>

#include "capture/alloc.h"
#include "capture/input.h"
#include "capture/link.h"
#include "capture/pcapng.h"

/* Kinds of unsupported links that are told apart; a file with more of them is made up. */
#define MAX_UNREAD_LINKS 8

/* struct unread_link counts the packets of a link type that is not supported. */
struct unread_link {
    int type;
    uint64_t num_packets;
};

struct capture_file {
    struct input *input;
    pcap_t *pcap;          /* either this */
    struct pcapng *pcapng; /* or that, with the stream that it reads from */
    FILE *stream;
    struct bytes secrets;
    uint64_t num_read;    /* packets so far */
    uint64_t first_frame; /* number of the first one */
    struct unread_link unread[MAX_UNREAD_LINKS];
    size_t num_unread;
    bool ended;    /* there is nothing more to be read */
    bool told;     /* and that has been said */
    char *trouble; /* why it ended before its time */
};

static const uint64_t NS_PER_SECOND = 1000000000;

/* --- To open ------------------------------------------------------------------------ */

static bool refuse_link(const struct capture_file *f, struct complaint *why)
{
    int type = pcap_datalink(f->pcap);
    const char *name = pcap_datalink_val_to_name(type);

    return complaint_say(why, "%s: recorded on a link of type %d (%s), which is not supported; %s",
                         input_name(f->input), type, name ? name : "not known to libpcap",
                         link_advice(type));
}

/* open_pcap leaves the stream to libpcap, which closes it. */
static bool open_pcap(struct capture_file *f, struct complaint *why)
{
    char reason[PCAP_ERRBUF_SIZE] = "";

    f->pcap =
        pcap_fopen_offline_with_tstamp_precision(f->stream, PCAP_TSTAMP_PRECISION_NANO, reason);
    if (!f->pcap)
        return complaint_say(why, "%s: is not a capture file (pcap or pcapng); libpcap says: %s",
                             input_name(f->input), reason);
    f->stream = NULL;
    return link_supported(pcap_datalink(f->pcap)) || refuse_link(f, why);
}

static bool open_input(struct capture_file *f, const char *path, struct complaint *why)
{
    f->input = input_open(path, why);
    if (!f->input)
        return false;
    f->stream = input_stream(f->input);
    if (!f->stream)
        return complaint_say(why, "%s: can't be read: too little memory", input_name(f->input));
    if (!pcapng_begins(input_magic(f->input)))
        return open_pcap(f, why);
    f->pcapng = pcapng_new(f->stream);
    return true;
}

struct capture_file *capture_file_open(const char *path, uint64_t first_frame,
                                       struct complaint *why)
{
    struct capture_file *f = alloc_zero(sizeof(*f));

    f->first_frame = first_frame;
    if (open_input(f, path, why))
        return f;
    capture_file_close(f);
    return NULL;
}

/* --- To read ------------------------------------------------------------------------- */

static void end(struct capture_file *f, const char *trouble)
{
    const char *damage = input_damage(f->input);

    f->ended = true;
    if (damage)
        trouble = damage; /* all else follows from it */
    f->trouble = trouble ? alloc_text(trouble) : NULL;
}

static enum capture_step read_pcap(struct capture_file *f, struct packet *out)
{
    struct pcap_pkthdr *header;
    const u_char *data;

    switch (pcap_next_ex(f->pcap, &header, &data)) {
    case 1:
        *out = (struct packet){
            /* At this precision libpcap puts nanoseconds where the name says microseconds. */
            .time_ns = (uint64_t)header->ts.tv_sec * NS_PER_SECOND + (uint64_t)header->ts.tv_usec,
            .link_type = pcap_datalink(f->pcap),
            .wire_len = header->len,
            .data = bytes_of(data, header->caplen),
        };
        return CAPTURE_PACKET;
    case PCAP_ERROR_BREAK: /* libpcap's word for the end of a file */
        end(f, NULL);
        return CAPTURE_END;
    default:
        end(f, pcap_geterr(f->pcap));
        return CAPTURE_END;
    }
}

static enum capture_step read_pcapng(struct capture_file *f, struct packet *out)
{
    switch (pcapng_next(f->pcapng, out, &f->secrets)) {
    case PCAPNG_PACKET:
        return CAPTURE_PACKET;
    case PCAPNG_SECRETS:
        return CAPTURE_SECRETS;
    case PCAPNG_END:
        end(f, NULL);
        break;
    case PCAPNG_DAMAGED:
        end(f, pcapng_trouble(f->pcapng));
        break;
    }
    return CAPTURE_END;
}

/* count_unread counts a packet that is passed over; of kinds too many, with the last one. */
static void count_unread(struct capture_file *f, int type)
{
    size_t i = 0;

    while (i < f->num_unread && f->unread[i].type != type)
        i++;
    if (i == f->num_unread && f->num_unread < MAX_UNREAD_LINKS)
        f->unread[f->num_unread++] = (struct unread_link){.type = type};
    f->unread[i < MAX_UNREAD_LINKS ? i : MAX_UNREAD_LINKS - 1].num_packets++;
}

/* read_one goes on to the next thing in the file that is used. */
static enum capture_step read_one(struct capture_file *f, struct packet *out)
{
    enum capture_step step;

    while (!f->ended) {
        step = f->pcapng ? read_pcapng(f, out) : read_pcap(f, out);
        if (step != CAPTURE_PACKET)
            return step;
        out->frame = f->first_frame + f->num_read;
        f->num_read++;
        if (link_supported(out->link_type))
            return CAPTURE_PACKET;
        count_unread(f, out->link_type);
    }
    return CAPTURE_END;
}

/* tell_the_end hands out all that is to be said at the end, one after the other. */
static enum capture_step tell_the_end(struct capture_file *f, struct complaint *why)
{
    if (f->num_unread > 0) {
        const struct unread_link *link = &f->unread[--f->num_unread];
        const char *name = pcap_datalink_val_to_name(link->type);

        (void)complaint_say(why,
                            "%s: %llu of its packets are left out: recorded on a link of type "
                            "%d (%s), which is not supported; %s",
                            input_name(f->input), (unsigned long long)link->num_packets, link->type,
                            name ? name : "not known to libpcap", link_advice(link->type));
        return CAPTURE_COMPLAINT;
    }
    if (!f->trouble || f->told)
        return CAPTURE_END;
    f->told = true;
    (void)complaint_say(why, "%s: damaged after packet %llu (%s); everything before it is used",
                        input_name(f->input), (unsigned long long)f->num_read, f->trouble);
    return CAPTURE_DAMAGED;
}

enum capture_step capture_file_next(struct capture_file *f, struct packet *out,
                                    struct complaint *why)
{
    enum capture_step step = read_one(f, out);

    return step == CAPTURE_END ? tell_the_end(f, why) : step;
}

struct bytes capture_file_secrets(const struct capture_file *f)
{
    return f->secrets;
}

bool capture_file_next_secrets(struct capture_file *f, struct bytes *out)
{
    struct packet passed_over;
    enum capture_step step;

    if (!f->pcapng)
        return false;
    do {
        step = read_one(f, &passed_over);
    } while (step == CAPTURE_PACKET);
    *out = f->secrets;
    return step == CAPTURE_SECRETS;
}

uint64_t capture_file_num_packets(const struct capture_file *f)
{
    return f->num_read;
}

void capture_file_on_idle(struct capture_file *f, void (*idle)(void *context), void *context)
{
    input_on_idle(f->input, idle, context);
}

void capture_file_close(struct capture_file *f)
{
    if (!f)
        return;
    pcapng_free(f->pcapng);
    if (f->pcap)
        pcap_close(f->pcap);
    if (f->stream)
        (void)fclose(f->stream);
    input_close(f->input);
    free(f->trouble);
    free(f);
}
