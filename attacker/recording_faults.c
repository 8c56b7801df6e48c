#include "attacker/recording_faults.h"

#include <stdlib.h>

#include "capture/alloc.h"

/* A number in front of one of the two makes a sentence. */
struct fault {
    uint64_t count;
    const char *one;
    const char *many;
};

struct audience {
    void (*tell)(void *context, const char *sentence);
    void *context;
};

static void tell_all(const struct fault *faults, size_t num_faults, const struct audience *to)
{
    for (size_t i = 0; i < num_faults; i++) {
        const struct fault *f = &faults[i];

        if (f->count == 0)
            continue;

        char *sentence =
            alloc_format("%llu %s", (unsigned long long)f->count, f->count == 1 ? f->one : f->many);

        to->tell(to->context, sentence);
        free(sentence);
    }
}

static void tell_of_packets(const struct arrival_counts *c, const struct audience *to)
{
    const struct fault faults[] = {
        {c->malformed, "packet was left out: its headers contradict themselves or are cut off",
         "packets were left out: their headers contradict themselves or are cut off"},
        {c->too_deep, "packet was left out: it stands in more tunnels or tags than are followed",
         "packets were left out: they stand in more tunnels or tags than are followed"},
        {c->tunnels_unread, "packet was left out: it is in a tunnel of a kind that is not read",
         "packets were left out: they are in tunnels of a kind that is not read"},
        {c->bad_checksums, "packet was left out: it has a wrong checksum",
         "packets were left out: they have wrong checksums"},
        {c->fragments.incomplete,
         "IP datagram was left out: some of its fragments are not in the recording",
         "IP datagrams were left out: some of their fragments are not in the recording"},
        {c->fragments.given_up,
         "IP datagram was left out: too many others waited for fragments at the same time",
         "IP datagrams were left out: too many waited for fragments at the same time"},
    };

    tell_all(faults, sizeof(faults) / sizeof(faults[0]), to);
}

static void tell_of_differing(const struct reassembly_counts *c, const struct audience *to)
{
    unsigned long long frame = c->first_differing_frame;
    char *one = alloc_format("segment repeats bytes with another content, in frame %llu; the copy "
                             "that was recorded first is used",
                             frame);
    char *many = alloc_format("segments repeat bytes with another content, the first of them in "
                              "frame %llu; the copy that was recorded first is used",
                              frame);

    tell_all(&(struct fault){c->differing, one, many}, 1, to);
    free(one);
    free(many);
}

static void tell_of_streams(const struct reassembly_counts *c, const struct audience *to)
{
    const struct fault faults[] = {
        {c->gaps - c->gaps_cut, "hole in the recording: packets were lost when it was made",
         "holes in the recording: packets were lost when it was made"},
        {c->gaps_cut, "hole in the recording: a packet is in it only as far as the snap length",
         "holes in the recording: packets are in it only as far as the snap length"},
        {c->in_front,
         "segment was left out: it came in front of where its stream seemed to begin, and too late",
         "segments were left out: they came in front of where their streams seemed to begin, and "
         "too late"},
        {c->outside, "piece of data was left out: its number lies far outside the stream",
         "pieces of data were left out: their sequence numbers lie far outside the stream"},
        {c->buffers_flushed, "time a hole was given up because too much data waited behind it",
         "times a hole was given up because too much data waited behind it"},
        {c->flushed_in_all,
         "connection had its holes given up because too much data waited in all of them together",
         "connections had their holes given up because too much data waited in all of them "
         "together"},
        {c->evicted, "connection was closed early because too many were open at once",
         "connections were closed early because too many were open at once"},
        {c->forgotten,
         "ended connection was forgotten at once because too many others ended: what came late of "
         "it passes for another one",
         "ended connections were forgotten at once because too many others ended: what came late "
         "of them passes for others"},
        {c->flows_evicted, "UDP flow was closed early because too many went on at once",
         "UDP flows were closed early because too many went on at once"},
    };

    tell_all(faults, sizeof(faults) / sizeof(faults[0]), to);
}

void recording_faults_tell(const struct reassembly_counts *counts,
                           void (*tell)(void *context, const char *sentence), void *context)
{
    const struct audience to = {tell, context};

    tell_of_packets(&counts->arrivals, &to);
    tell_of_streams(counts, &to);
    tell_of_differing(counts, &to);
}
