/*
 * annotations.h - what is to be written into a recording, and at which packets.
 *
 * It comes in the order of verdicts and is asked for in that of the packets. The texts wait in
 * files without a name, which end with the program; in memory there are 24 bytes for each comment,
 * a small part of what the packets take that it speaks of.
 */
#ifndef KEYFALL_ATTACKER_STORY_ANNOTATIONS_H
#define KEYFALL_ATTACKER_STORY_ANNOTATIONS_H

#include "attacker/session.h"
#include "capture/alloc.h"

/* 1 MiB of secrets in one piece: far below what a block can hold, here and in Wireshark. */
#define ANNOTATIONS_MAX_PIECE ((size_t)1 << 20)

struct annotations;

/* annotations_new: NULL, and errno set, when there can be no such files. Freed by annotations_free.
 */
struct annotations *annotations_new(void);

/* annotations_comment adds a comment at a frame. What of it came from the wire is escaped here. */
void annotations_comment(struct annotations *a, uint64_t frame, const char *text);

void annotations_secret(struct annotations *a, const struct found_secret *secret);

/* annotations_sort ends the collecting; false, and errno set, when not everything could be kept. */
bool annotations_sort(struct annotations *a) MUST_CHECK;

/* annotations_next_secrets takes the next lines of the key log; false when there are no more. The
 * view is valid until the next call. */
bool annotations_next_secrets(struct annotations *a, struct bytes *keylog) MUST_CHECK;

/* annotations_next_comment takes the next comment at this frame; false when it has no more. Frames
 * are asked for in their order. The view is valid until the next call. */
bool annotations_next_comment(struct annotations *a, struct bytes *text, uint64_t frame) MUST_CHECK;

/* annotations_free takes NULL too. */
void annotations_free(struct annotations *a);

#endif
