/*
 * annotated_copy.h - the packets of a recording as they were, with secrets and comments in it.
 *
 * A pcapng file is copied block by block: sections, interfaces, names and whatever else stands in
 * it stay what they are, and a comment becomes one more option of its packet. A pcap file becomes a
 * section with one interface. The secrets stand in front of all packets, so that a reader who goes
 * through once has them when he needs them.
 */
#ifndef KEYFALL_ATTACKER_STORY_ANNOTATED_COPY_H
#define KEYFALL_ATTACKER_STORY_ANNOTATED_COPY_H

#include <stdio.h>

#include "attacker/story/annotations.h"
#include "attacker/story/sink.h"

/* annotated_copy copies one file of the recording, the secrets with the first one. False with *why
 * when it can't be read a second time. */
bool annotated_copy(FILE *out, const struct run_capture *from, struct annotations *notes,
                    struct complaint *why) MUST_CHECK;

#endif
