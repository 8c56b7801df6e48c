#include "tests/support/datagram_tape.h"

#include <stdlib.h>

#include "capture/capture_file.h"
#include "tests/support/check.h"

void tape_read(struct tape *t, const char *fixture)
{
    char *path = alloc_format("fixtures/%s/recording.pcap", fixture);
    struct complaint why;
    struct packet packet;
    struct capture_file *file = capture_file_open(path, 1, &why);

    assert_non_null(file);
    t->num = 0;
    while (capture_file_next(file, &packet, &why) == CAPTURE_PACKET) {
        assert_true(t->num < TAPE_MAX_PACKETS);
        packet.data = exact_copy(packet.data);
        t->packets[t->num++] = packet;
    }
    capture_file_close(file);
    free(path);
}

void tape_clear(struct tape *t)
{
    for (size_t i = 0; i < t->num; i++)
        exact_free(t->packets[i].data);
    t->num = 0;
}

void tape_play(const struct tape *t, struct run_stage *s, size_t index)
{
    struct packet packet = t->packets[index];

    packet.frame = ++s->frame;
    run_packet(s->run, &packet);
}

void tape_play_all(const struct tape *t, struct run_stage *s, size_t without)
{
    for (size_t i = 0; i < t->num; i++) {
        if (i != without)
            tape_play(t, s, i);
    }
}
