/*
 * ring_talk.h - what the members of a ring send each other, made by the victim's own members, in
 * memory.
 */
#ifndef KEYFALL_TESTS_SUPPORT_RING_TALK_H
#define KEYFALL_TESTS_SUPPORT_RING_TALK_H

#include "attacker/agreements.h"
#include "victim/ring_member.h"

/* How long one of its messages is that holds a value. */
#define RING_TALK_VALUE_LEN (RING_HEADER_SIZE + RING_VALUE_SIZE)

struct ring_talk {
    uint8_t id[RING_AGREEMENT_SIZE];
    unsigned num_members;
    struct ring_member members[RING_MAX_MEMBERS];
    struct buffer said[RING_MAX_MEMBERS]; /* each one's messages, in their order */
};

/* ring_talk_hold: so many agree, and the first says `text` to all. */
void ring_talk_hold(struct ring_talk *t, unsigned num_members, const char *text);

/* ring_talk_hear lets `all` hear what each member said, on a connection of its own, in pieces of
 * `step` bytes. */
void ring_talk_hear(const struct ring_talk *t, struct agreements *all, size_t step);

/* ring_talk_leak makes the secret of one member (from 1) the only leak; for leaks_clear. */
struct leaks ring_talk_leak(const struct ring_talk *t, unsigned member);

void ring_talk_clear(struct ring_talk *t);

#endif
