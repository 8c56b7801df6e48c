#include "victim/remote.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "victim/wire.h"

#define RECEIVE_SIZE (64 * 1024)

/* How often in a row one visitor may send and receive before the others get their turn. */
#define MAX_ROUNDS 16

uint64_t remote_clock_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t remote_quiet_ms(const struct remote *remote)
{
    return remote_clock_ms() - remote->moved_ms;
}

void remote_init(struct remote *remote, int fd, struct party *party, struct recorder *recorder,
                 const struct tapped *tapped)
{
    *remote = (struct remote){
        .fd = fd,
        .party = party,
        .recorder = recorder,
        .tapped = *tapped,
        .moved_ms = remote_clock_ms(),
    };
    recorder_connect(recorder, &remote->tapped);
}

void remote_clear(struct remote *remote)
{
    enum side us = remote->party->side;
    bool we_first = remote->has_hung_up || !remote->is_ended;

    recorder_hang_up(remote->recorder, &remote->tapped, we_first ? us : side_other(us));
    (void)close(remote->fd);
    party_free(remote->party);
    *remote = (struct remote){.fd = -1};
}

/* True when something came. */
static bool receive(struct remote *remote)
{
    uint8_t arrived[RECEIVE_SIZE];
    size_t len = 0;
    bool any = false;

    /* One bufferful at a time, so that a fast sender can't make our memory grow. */
    if (!remote->is_ended) {
        remote->is_ended = wire_receive(remote->fd, &len, arrived, sizeof(arrived)) == WIRE_ENDED;
        any = len > 0;
    }
    if (any) {
        remote->moved_ms = remote_clock_ms();
        recorder_burst(remote->recorder, &remote->tapped, side_other(remote->party->side),
                       bytes_of(arrived, len));
        party_input(remote->party, bytes_of(arrived, len));
    }
    return any;
}

/* True when something went. */
static bool send_output(struct remote *remote)
{
    struct bytes output = party_output(remote->party);
    size_t sent = 0;

    if (output.len == 0)
        return false;
    if (wire_send(remote->fd, &sent, output) == WIRE_ENDED) {
        remote->is_ended = true;
        party_output_sent(remote->party, output.len); /* nobody is left to read it */
        return false;
    }
    if (sent > 0) {
        remote->moved_ms = remote_clock_ms();
        recorder_burst(remote->recorder, &remote->tapped, remote->party->side,
                       bytes_first(output, sent));
    }
    party_output_sent(remote->party, sent);
    return sent > 0;
}

/* After our farewell: tells the other end by TCP too, which not every program learns by TLS. */
static void hang_up(struct remote *remote)
{
    bool is_last_word = remote->party->stage == STAGE_FAREWELL || party_over(remote->party);

    if (is_last_word && !remote->has_hung_up && !remote->is_ended &&
        party_output(remote->party).len == 0) {
        (void)shutdown(remote->fd, SHUT_WR);
        remote->has_hung_up = true;
    }
}

bool remote_step(struct remote *remote)
{
    bool moved = true;

    for (int round = 0; moved && round < MAX_ROUNDS; round++) {
        moved = receive(remote);
        if (party_output(remote->party).len < PARTY_BURST && party_step(remote->party))
            moved = true;
        if (send_output(remote))
            moved = true;
    }
    hang_up(remote);
    if (remote->is_ended)
        party_lost(remote->party);
    return party_over(remote->party) && party_output(remote->party).len == 0;
}

short remote_events(const struct remote *remote)
{
    const struct party *party = remote->party;
    bool speaks =
        party->stage == STAGE_SPEAK || (party->stage == STAGE_EARLY && party->side == SIDE_CLIENT);
    bool has_more = party_output(party).len > 0 || speaks;

    return has_more ? POLLIN | POLLOUT : POLLIN;
}
