#include "capture/packet_file.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/alloc.h"

enum {
    FILE_HEADER_LEN = 24,
    PACKET_HEADER_LEN = 16,
    /* Not smaller, because the longest packet must fit; bigger would save no time. */
    BUFFER_LEN = 1 << 20,
    /* Of these small packets the buffer holds more than pay for one call of the kernel. */
    PENDING_MAX = 4096,
};

struct packet_file {
    pcap_dumper_t *out;
    char *name;
    char *buffer;          /* the stream's */
    off_t start;           /* where in the descriptor's file the capture begins; -1: nowhere */
    uint64_t len;          /* written, whole packets and the header */
    uint64_t packets;      /* written */
    size_t num_pending;    /* packets in the buffer */
    uint32_t pending_len;  /* and the bytes that they take */
    uint32_t *pending_end; /* of each: where it ends in the buffer */
    bool failed;
};

/* --- When it can't be written ----------------------------------------------------------------- */

static const char *cause_of(int error)
{
    switch (error) {
    case ENOSPC:
        return "the disk is full";
    case EDQUOT:
        return "the quota of its owner is used up";
    case EFBIG:
        return "it can't grow any more, because a limit is set for the size of files (ulimit -f)";
    case EPIPE:
        return "nobody reads it any more";
    default:
        return NULL;
    }
}

static bool refuse(struct complaint *why, const char *name, int error, const char *what_is_there)
{
    const char *cause = cause_of(error);

    return complaint_say(why, "%s: %s%s%s", name,
                         cause ? cause : "can't be written: ", cause ? "" : strerror(error),
                         what_is_there);
}

/* place_of is where the next byte goes in a file that can be cut; -1 for a pipe or a device. */
static off_t place_of(int descriptor)
{
    struct stat about;

    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode))
        return -1;
    return lseek(descriptor, 0, SEEK_CUR);
}

/*
 *     written and known to be whole     | pending packets       |
 *     |---------------------------------|-------|-------|---X - -|
 *     start                             len             ^   ^ the disk is full here
 *                                                       cut here
 *
 * keep_what_is_whole answers whether the file now ends behind its last whole packet.
 */
static bool keep_what_is_whole(struct packet_file *f)
{
    int descriptor = fileno(pcap_dump_file(f->out));
    off_t reached = place_of(descriptor);
    size_t num_whole = 0;

    if (f->start < 0 || reached < 0)
        return false;
    while (num_whole < f->num_pending &&
           f->start + (off_t)(f->len + f->pending_end[num_whole]) <= reached)
        num_whole++;
    if (num_whole > 0)
        f->len += f->pending_end[num_whole - 1];
    f->packets += num_whole;
    return ftruncate(descriptor, f->start + (off_t)f->len) == 0;
}

static bool fail(struct packet_file *f, int error, struct complaint *why)
{
    bool whole = keep_what_is_whole(f);
    char *there = f->start < 0
                      ? alloc_text("")
                      : alloc_format("; %llu packet%s in it%s", (unsigned long long)f->packets,
                                     f->packets == 1 ? " is" : "s are",
                                     whole ? ", and can be read to the last" : "");

    /* What the buffer still holds must not follow, should there be room again. */
    __fpurge(pcap_dump_file(f->out));
    f->num_pending = 0;
    f->pending_len = 0;
    f->failed = true;
    (void)refuse(why, f->name, error, there);
    free(there);
    return false;
}

/* --- Writing ---------------------------------------------------------------------------------- */

static void release(struct packet_file *f)
{
    free(f->pending_end);
    free(f->buffer);
    free(f->name);
    free(f);
}

struct packet_file *packet_file_new(pcap_t *format, FILE *stream, const char *name,
                                    struct complaint *why)
{
    struct packet_file *f = alloc_zero(sizeof(*f));

    f->name = alloc_text(name);
    f->buffer = alloc_zero(BUFFER_LEN);
    f->pending_end = alloc_zero(PENDING_MAX * sizeof(*f->pending_end));
    f->len = FILE_HEADER_LEN;
    (void)setvbuf(stream, f->buffer, _IOFBF, BUFFER_LEN); /* refused, it only costs time */
    f->out = pcap_dump_fopen(format, stream);
    if (f->out && pcap_dump_flush(f->out) == 0) {
        off_t place = place_of(fileno(stream));

        f->start = place < 0 ? -1 : place - FILE_HEADER_LEN;
        return f;
    }
    if (f->out)
        (void)refuse(why, name, errno, "");
    else
        (void)complaint_say(why, "%s: can't be written: %s", name, pcap_geterr(format));
    __fpurge(stream);
    (void)fclose(stream);
    release(f);
    return NULL;
}

uint64_t packet_record_len(const struct pcap_pkthdr *header)
{
    return PACKET_HEADER_LEN + (uint64_t)header->caplen;
}

bool packet_file_add(struct packet_file *f, const struct pcap_pkthdr *header, const uint8_t *data,
                     struct complaint *why)
{
    uint64_t len = packet_record_len(header);

    if ((f->num_pending == PENDING_MAX || len > BUFFER_LEN - f->pending_len) &&
        !packet_file_flush(f, why))
        return false;
    pcap_dump((u_char *)f->out, header, data);
    f->pending_len += (uint32_t)len;
    f->pending_end[f->num_pending++] = f->pending_len;
    return true;
}

bool packet_file_flush(struct packet_file *f, struct complaint *why)
{
    if (f->failed)
        return true; /* said already, and there is nothing left to write */
    if (pcap_dump_flush(f->out) != 0)
        return fail(f, errno, why);
    f->len += f->pending_len;
    f->packets += f->num_pending;
    f->num_pending = 0;
    f->pending_len = 0;
    return true;
}

uint64_t packet_file_len(const struct packet_file *f)
{
    return f->len + f->pending_len;
}

uint64_t packet_file_packets(const struct packet_file *f)
{
    return f->packets + f->num_pending;
}

void packet_file_close(struct packet_file *f)
{
    pcap_dump_close(f->out);
    release(f);
}
