/*
 * make_seeds FOLDER NAME RECORDING: what is in a fixture, in the forms in which the fuzz targets
 * want it. The seeds of a target go to FOLDER/TARGET/NAME-<number>.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "attacker/run.h"
#include "attacker/tls/record.h"
#include "attacker/tls/version.h"
#include "capture/capture_file.h"
#include "tests/support/fixture_leaks.h"
#include "tests/support/program.h"
#include "tests/support/turns.h"

struct seeds {
    const char *folder;
    const char *name;
    unsigned num; /* that were written */
};

struct talk_seed {
    struct seeds *seeds;
    struct buffer turns;
};

static void write_seed(struct seeds *seeds, const char *target, struct bytes content)
{
    char *folder = alloc_format("%s/%s", seeds->folder, target);
    char *path = alloc_format("%s/%s-%u", folder, seeds->name, ++seeds->num);

    (void)mkdir(folder, 0777);
    file_write(path, content);
    free(path);
    free(folder);
}

/* --- What the two sides said -------------------------------------------------------- */

static void *on_opened(void *seeds, const struct connection *c)
{
    struct talk_seed *talk = alloc_zero(sizeof(*talk));

    (void)c;
    talk->seeds = seeds;
    return talk;
}

static void on_bytes(void *talk, enum side from, const struct chunk *chunk)
{
    turn_append(&((struct talk_seed *)talk)->turns, from, chunk->data);
}

static void on_datagram(void *talk, enum side from, const struct chunk *chunk, size_t cut)
{
    (void)cut;
    on_bytes(talk, from, chunk);
}

static void on_gap(void *talk, enum side from, const struct gap *gap)
{
    (void)talk;
    (void)from;
    (void)gap;
}

static void finish(struct talk_seed *talk, const char *target)
{
    write_seed(talk->seeds, target, buffer_view(&talk->turns));
    buffer_clear(&talk->turns);
    free(talk);
}

static void on_closed(void *talk)
{
    finish(talk, "conversation");
}

static void on_flow_closed(void *talk)
{
    finish(talk, "datagrams");
}

static void write_talks(struct seeds *seeds, const char *recording)
{
    const struct stream_listener streams = {seeds, on_opened, on_bytes, on_gap, on_closed};
    const struct datagram_listener flows = {seeds, on_opened, on_datagram, on_flow_closed};
    struct reassembly *r = reassembly_new(&streams, &(struct reassembly_options){0});
    struct complaint why;
    struct capture_file *file = capture_file_open(recording, 1, &why);
    struct packet packet;

    reassembly_hear_datagrams(r, &flows);
    while (file && capture_file_next(file, &packet, &why) == CAPTURE_PACKET)
        reassembly_packet(r, &packet);
    reassembly_finish(r);
    reassembly_free(r);
    capture_file_close(file);
}

/* --- The messages of their handshake, sealed ones too ------------------------------- */

/* append_sealed: a turn as sealed_turns.h wants it, with a handshake's type in front. */
static void append_sealed(struct buffer *turns, const struct message *message)
{
    static const uint8_t type = CONTENT_HANDSHAKE - CONTENT_CHANGE_CIPHER_SPEC;
    struct buffer said = {0};

    buffer_append(&said, bytes_of(&type, 1));
    buffer_append(&said, message->whole);
    turn_append(turns, message->from, buffer_view(&said));
    buffer_clear(&said);
}

static void on_verdict(void *seeds, void *of_session, const struct session *s, uint64_t id)
{
    const struct handshake *h = &s->handshake;
    const uint8_t choice = h->version >= TLS_1_3 ? 2 : 0; /* see fuzz_sealed.c */
    struct buffer turns = {0};
    struct buffer sealed = {0};

    (void)of_session;
    (void)id;
    buffer_append(&sealed, bytes_of(&choice, 1));
    for (size_t i = 0; i < h->num_messages; i++) {
        const struct message *message = &h->messages[i];

        turn_append(&turns, message->from, message->whole);
        append_sealed(&sealed, message);
        if (message == h->client_hello || message == h->server_hello)
            write_seed(seeds, "hello", message->body);
        if (message == h->certificate_message)
            write_seed(seeds, "certificate", message->body);
    }
    write_seed(seeds, "handshake", buffer_view(&turns));
    write_seed(seeds, "sealed", buffer_view(&sealed));
    buffer_clear(&turns);
    buffer_clear(&sealed);
}

static void ignore(const char *text)
{
    (void)text;
}

static void write_messages(struct seeds *seeds, const char *recording)
{
    static const struct sink_kind kind = {.verdict = on_verdict};
    struct leaks leaks = fixture_leaks_all()->leaks;
    struct sinks sinks = {.kinds = {&kind}, .states = {seeds}, .num_sinks = 1};
    struct run *run = run_new(&leaks, &sinks, &(struct reassembly_options){0});

    if (run_read(run, recording, ignore))
        (void)run_finish(run);
    run_free(run);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "usage: make_seeds FOLDER NAME RECORDING\n");
        return EXIT_FAILURE;
    }

    struct seeds seeds = {.folder = argv[1], .name = argv[2]};

    write_talks(&seeds, argv[3]);
    write_messages(&seeds, argv[3]);
    return EXIT_SUCCESS;
}
