/*
 * input.h - a file, or standard input, as the bytes that were meant.
 *
 * What gzip has compressed is decompressed on the way; whoever reads on sees the same stream either
 * way. It is read as it arrives: from a pipe, what is there is handed on, and nobody waits for a
 * full buffer. Other compressions are only recognised, so that a sentence can say what to do.
 * RFC 1952 (gzip: several members behind each other are one stream).
 */
#ifndef KEYFALL_CAPTURE_INPUT_H
#define KEYFALL_CAPTURE_INPUT_H

#include <stdio.h>

#include "capture/bytes.h"
#include "capture/complaint.h"

/* Bytes of the beginning that can be looked at; the magic numbers of capture files have four. */
#define INPUT_MAGIC_LEN 4

/* One second: nobody who waits for a result in front of a screen calls that late; and less would
 * ask too often whether there is one. */
#define INPUT_IDLE_MS 1000

struct input;

/* input_open opens `path`, "-" being standard input. NULL with *why filled: no such file, a
 * directory, empty, compressed in a way that is not read. */
struct input *input_open(const char *path, struct complaint *why) MUST_CHECK;

/* input_name is the file's name in sentences. */
const char *input_name(const struct input *i);

/* input_magic is a view of the first bytes, fewer than INPUT_MAGIC_LEN when there are no more. */
struct bytes input_magic(const struct input *i);

/* input_stream makes the stream, from the first byte on; to be asked for once. The caller closes
 * it before the input. */
FILE *input_stream(struct input *i);

/* input_damage says why the stream ended before its time, or is NULL: it did not. */
const char *input_damage(const struct input *i);

/* input_on_idle: `idle` is called whenever nothing has arrived for INPUT_IDLE_MS, or has been
 * arriving without a pause for so long; never for a file, where all is there. */
void input_on_idle(struct input *i, void (*idle)(void *context), void *context);

/* input_close takes NULL too. Standard input stays open. */
void input_close(struct input *i);

#endif
