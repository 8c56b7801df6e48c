#include "victim/dialogue.h"

#include "victim/wire.h"

static void take_arrived(void *party, struct bytes arrived)
{
    party_input(party, arrived);
}

/* Moves everything that a party has to send over to the other one. */
static bool carry(const struct dialogue *c, enum side from, struct complaint *why)
{
    struct bytes said = party_output(c->party[from]);
    enum side to = side_other(from);

    recorder_burst(c->recorder, c->tapped, from, said);
    if (!wire_carry(c->fd[from], c->fd[to], said, take_arrived, c->party[to]))
        return complaint_say(why, "the loopback connection broke off; is a firewall at work on "
                                  "`lo`?");
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
