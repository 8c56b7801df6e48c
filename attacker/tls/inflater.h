/*
 * inflater.h - what was made shorter before it was sealed: DEFLATE, undone in bounds.
 *
 * A few bytes can claim to be gigabytes. So everything here has a limit that is told beforehand,
 * and whatever would become longer is refused.
 *
 * RFC 1950 (zlib), RFC 3749 (TLS records), RFC 8879 (certificates).
 */
#ifndef KEYFALL_ATTACKER_TLS_INFLATER_H
#define KEYFALL_ATTACKER_TLS_INFLATER_H

#include "capture/alloc.h"

/* The compression methods of TLS records. RFC 3749 section 2. */
#define COMPRESSION_NULL    0
#define COMPRESSION_DEFLATE 1

/* 2^14: what a record may hold once nothing is done to it any more. RFC 5246 section 6.2.2. */
#define INFLATER_MAX_PLAIN ((size_t)1 << 14)

/*
 * What one direction sends under one set of keys is one zlib stream, and each record ends where all
 * of it can be read. Without one of them the ones behind it can't be read any more.
 */
struct inflater;

/* inflater_new begins a stream. Freed by inflater_free. */
struct inflater *inflater_new(void);

/* inflater_next undoes the next record: *plain is valid until the next call. False when that can't
 * be done, now or, since then, ever. */
bool inflater_next(struct inflater *i, struct bytes *plain, struct bytes compressed) MUST_CHECK;

/* inflater_lose: a record is missing. */
void inflater_lose(struct inflater *i);

/* inflater_memory: bytes of memory that it takes, with what zlib keeps for it; of NULL, 0. */
size_t inflater_memory(const struct inflater *i);

/* inflater_free takes NULL too. */
void inflater_free(struct inflater *i);

/* inflate_whole appends to *out what `compressed` holds, a whole zlib stream; false when that is
 * not just `len` bytes. The caller has limited `len`. */
bool inflate_whole(struct buffer *out, struct bytes compressed, size_t len) MUST_CHECK;

#endif
