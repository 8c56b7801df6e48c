/*
 * pcapng_writer.h - the blocks of a pcapng file, written.
 *
 * What goes into a file goes through pcapng_write_block; the others make the bodies of the few
 * kinds that are written here. Whether all could be written, the stream knows: ferror(). Numbers
 * are in the byte order of the section that the block stands in.
 * draft-ietf-opsawg-pcapng section 4. Next: pcapng_block.h, the same blocks, read.
 */
#ifndef KEYFALL_CAPTURE_PCAPNG_WRITER_H
#define KEYFALL_CAPTURE_PCAPNG_WRITER_H

#include <stdio.h>

#include "capture/alloc.h"
#include "capture/pcapng.h"

/* The byte order of sections that are begun here. */
#define PCAPNG_OWN_ORDER ORDER_LITTLE_ENDIAN

/* pcapng_write_block writes a block of any type around this body, which it fills up to whole words.
 */
void pcapng_write_block(FILE *out, enum byte_order order, uint32_t type, struct bytes body);

/* pcapng_write_section begins a section in PCAPNG_OWN_ORDER. */
void pcapng_write_section(FILE *out);

/* pcapng_write_interface describes an interface of a section that was begun here; `resolution` is
 * the number of decimals in a second of its clock: 6 or 9. */
void pcapng_write_interface(FILE *out, uint16_t link_type, uint32_t snap_length,
                            uint8_t resolution);

/* pcapng_write_secrets writes a TLS key log. */
void pcapng_write_secrets(FILE *out, enum byte_order order, struct bytes keylog);

/* pcapng_put_enhanced appends the body of an enhanced packet block, without options. */
void pcapng_put_enhanced(struct buffer *out, enum byte_order order,
                         const struct pcapng_packet *packet);

/* pcapng_put_comment appends an option with a comment, in UTF-8; what is longer than an option can
 * be is cut. */
void pcapng_put_comment(struct buffer *out, enum byte_order order, struct bytes text);

/* pcapng_put_commented appends the body of the packet block `body`, of an enhanced or an obsolete
 * one, with these comments, which may be several, in front of the options that it has. */
void pcapng_put_commented(struct buffer *out, enum byte_order order, struct bytes body,
                          struct bytes comments);

#endif
