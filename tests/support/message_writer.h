/*
 * message_writer.h - TLS messages made by hand, the right ones and the lying ones.
 *
 * Blocks get their length when they are closed, and the writer remembers where each length stands,
 * so that a test can go through them and make each one lie.
 */
#ifndef KEYFALL_TESTS_SUPPORT_MESSAGE_WRITER_H
#define KEYFALL_TESTS_SUPPORT_MESSAGE_WRITER_H

#include "capture/alloc.h"

#define WRITER_MAX_LENGTHS 32
#define WRITER_MAX_DEPTH   8

struct length_field {
    size_t at;
    size_t width;
    size_t depth; /* 0: not inside another block */
};

/* Zero is an empty message. */
struct writer {
    struct buffer out;
    struct length_field lengths[WRITER_MAX_LENGTHS]; /* in the order in which they stand there */
    size_t num_lengths;
    size_t open[WRITER_MAX_DEPTH]; /* the blocks that are not closed yet */
    size_t depth;
};

void write_uint(struct writer *w, uint64_t value, size_t width);
void write_bytes(struct writer *w, struct bytes b);
void write_hex(struct writer *w, const char *hex);
void write_text(struct writer *w, const char *text);

/* write_repeated writes `byte`, `n` times. */
void write_repeated(struct writer *w, uint8_t byte, size_t n);

/* write_open begins a block with `width` bytes of length, write_close ends it. */
void write_open(struct writer *w, size_t width);
void write_close(struct writer *w);

/* write_block writes a length and `b`. */
void write_block(struct writer *w, struct bytes b, size_t width);

/* writer_view is what was written, dead at the next write. */
struct bytes writer_view(const struct writer *w);

/* writer_take returns an exact copy for exact_free, and empties the writer; the lengths stay. */
struct bytes writer_take(struct writer *w);

/* lying returns an exact copy of `whole` in which `field` claims `length`. */
struct bytes lying(struct bytes whole, const struct length_field *field, uint64_t length);

/* message_of puts the header of a handshake message in front of `body`; for exact_free. */
struct bytes message_of(uint8_t type, struct bytes body);

#endif
