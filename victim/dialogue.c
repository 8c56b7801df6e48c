#include "victim/dialogue.h"

#include <poll.h>

#include "victim/wire.h"

#define RECEIVE_SIZE (64 * 1024)

/* Bytes within one machine arrive at once; later than this means that something is broken. */
#define ARRIVAL_WAIT_MS 10000

static bool lost_on_the_way(struct complaint *why)
{
    return complaint_say(why, "the loopback connection broke off; is a firewall at work on `lo`?");
}

/* Takes what has arrived for a party; false when the connection has ended. */
static bool receive(const struct dialogue *c, enum side to, size_t *received)
{
    uint8_t arrived[RECEIVE_SIZE];
    size_t len;
    enum wire state = wire_receive(c->fd[to], &len, arrived, sizeof(arrived));

    party_input(c->party[to], bytes_of(arrived, len));
    *received += len;
    return state != WIRE_ENDED;
}

/* Moves everything that a party has to send over to the other one. */
static bool carry(const struct dialogue *c, enum side from, struct complaint *why)
{
    struct bytes said = party_output(c->party[from]);
    struct reader unsent = reader_of(said);
    enum side to = side_other(from);
    size_t received = 0;

    recorder_burst(c->recorder, c->tapped, from, said);
    while (received < said.len) {
        size_t received_before = received;
        size_t sent = 0;

        if (!reader_done(&unsent) && wire_send(c->fd[from], &sent, unsent.left) == WIRE_ENDED)
            return lost_on_the_way(why);
        if (!reader_skip(&unsent, sent) || !receive(c, to, &received))
            return lost_on_the_way(why);
        if (sent == 0 && received == received_before) {
            struct pollfd wait = {.fd = c->fd[to], .events = POLLIN};

            if (poll(&wait, 1, ARRIVAL_WAIT_MS) == 0)
                return lost_on_the_way(why);
        }
    }
    party_output_sent(c->party[from], said.len);
    return true;
}

/* Lets one party do what it can and carries the result; *moved when that was anything. */
static bool turn(const struct dialogue *c, enum side side, bool *moved, struct complaint *why)
{
    if (party_step(c->party[side]) || party_output(c->party[side]).len > 0)
        *moved = true;
    if (recorder_failed(c->recorder))
        return complaint_say(why, "the recording can't be written, so the conversation ends");
    return carry(c, side, why);
}

static bool talk(const struct dialogue *c, struct complaint *why)
{
    const struct party *failed = NULL; /* the first; the other only hears of it */
    enum side side = SIDE_CLIENT;
    int still_turns = 0;

    while (still_turns < NUM_SIDES) {
        bool moved = false;

        if (!turn(c, side, &moved, why))
            return false;
        if (!failed && c->party[side]->stage == STAGE_FAILED)
            failed = c->party[side];
        still_turns = moved ? 0 : still_turns + 1;
        side = side_other(side);
    }
    if (failed) {
        *why = failed->why;
        return false;
    }
    if (!party_over(c->party[SIDE_CLIENT]) || !party_over(c->party[SIDE_SERVER]))
        return complaint_say(why, "both ends wait for each other; the conversation can't go on");
    return true;
}

bool dialogue_hold(const struct dialogue *c, struct complaint *why)
{
    recorder_connect(c->recorder, c->tapped);

    bool ok = talk(c, why);

    recorder_hang_up(c->recorder, c->tapped, SIDE_SERVER);
    return ok;
}
