#include "attacker/tls/dtls_messages.h"

#include <stdlib.h>

#include "attacker/tls/handshake_type.h"

bool dtls_fragment_next(struct reader *r, struct dtls_fragment *out)
{
    struct reader ahead = *r;
    struct dtls_fragment f;
    uint32_t len;

    if (!reader_u8(&ahead, &f.type) || !reader_u24(&ahead, &f.length) ||
        !reader_u16(&ahead, &f.message_seq) || !reader_u24(&ahead, &f.offset) ||
        !reader_u24(&ahead, &len) || !reader_bytes(&ahead, &f.body, len) || f.offset > f.length ||
        len > f.length - f.offset)
        return false;
    *r = ahead;
    *out = f;
    return true;
}

/* write_header makes it that of a message in one piece: this is how it is hashed. RFC 6347 section
 * 4.2.6. */
static void write_header(uint8_t out[static DTLS_MESSAGE_HEADER_LEN], const struct dtls_fragment *f)
{
    const uint8_t header[DTLS_MESSAGE_HEADER_LEN] = {
        f->type,
        (uint8_t)(f->length >> 16),
        (uint8_t)(f->length >> 8),
        (uint8_t)f->length,
        (uint8_t)(f->message_seq >> 8),
        (uint8_t)f->message_seq,
        0,
        0,
        0,
        (uint8_t)(f->length >> 16),
        (uint8_t)(f->length >> 8),
        (uint8_t)f->length,
    };

    memcpy(out, header, sizeof(header));
}

static size_t memory_of(size_t length)
{
    return DTLS_MESSAGE_HEADER_LEN + 2 * length;
}

/* note_first: the first hello brings the number from which on messages are due. */
static void note_first(struct dtls_messages *m, const struct dtls_fragment *f)
{
    if (m->begun || (f->type != HANDSHAKE_CLIENT_HELLO && f->type != HANDSHAKE_SERVER_HELLO))
        return;
    m->begun = true;
    m->next = f->message_seq;
}

/* is_late: it was due before, or so long ago that the numbers have begun anew. */
static bool is_late(const struct dtls_messages *m, const struct dtls_fragment *f)
{
    return m->begun && (uint16_t)(f->message_seq - m->next) >= DTLS_MAX_MESSAGES;
}

static struct dtls_message *find(struct dtls_messages *m, uint16_t message_seq)
{
    for (size_t i = 0; i < m->num_waiting; i++) {
        if (m->waiting[i].message_seq == message_seq)
            return &m->waiting[i];
    }
    return NULL;
}

/* begin makes room for a message of which this is the first piece; NULL when there is none. */
static struct dtls_message *begin(struct dtls_messages *m, const struct dtls_fragment *f)
{
    if (m->num_waiting == DTLS_MAX_MESSAGES || memory_of(f->length) > DTLS_MAX_WAITING - m->memory)
        return NULL;

    struct dtls_message *message = &m->waiting[m->num_waiting++];

    *message = (struct dtls_message){
        .type = f->type, .message_seq = f->message_seq, .length = f->length, .opened = true};
    message->whole = alloc_zero(DTLS_MESSAGE_HEADER_LEN + f->length);
    message->known = alloc_zero((size_t)f->length + 1); /* a message may be empty */
    write_header(message->whole, f);
    m->memory += memory_of(f->length);
    return message;
}

void dtls_messages_add(struct dtls_messages *m, const struct dtls_fragment *fragment, bool opened,
                       const struct record_mark *mark)
{
    struct reader r = reader_of(fragment->body);
    uint8_t byte;

    note_first(m, fragment);
    if (is_late(m, fragment))
        return;

    struct dtls_message *message = find(m, fragment->message_seq);

    if (!message)
        message = begin(m, fragment);
    if (!message || message->type != fragment->type || message->length != fragment->length)
        return;
    for (size_t i = fragment->offset; reader_u8(&r, &byte); i++) {
        if (message->known[i])
            continue;
        message->whole[DTLS_MESSAGE_HEADER_LEN + i] = byte;
        message->known[i] = 1;
        message->arrived++;
        message->mark = *mark;
    }
    if (message->length == 0)
        message->mark = *mark;
    message->opened &= opened;
}

const struct dtls_message *dtls_messages_next(struct dtls_messages *m)
{
    const struct dtls_message *due = m->begun ? find(m, m->next) : NULL;

    return due && due->arrived == due->length ? due : NULL;
}

void dtls_messages_drop(struct dtls_messages *m)
{
    struct dtls_message *message = find(m, m->next);

    m->next++;
    if (!message)
        return;
    m->memory -= memory_of(message->length);
    free(message->whole);
    free(message->known);
    *message = m->waiting[--m->num_waiting];
}

const struct dtls_message *dtls_messages_skip(struct dtls_messages *m, struct bytes *torn)
{
    const struct dtls_message *first = NULL;
    size_t front = 0;

    for (size_t i = 0; i < m->num_waiting; i++) {
        const struct dtls_message *other = &m->waiting[i];
        uint16_t from = m->begun ? m->next : 0;

        if (!first || (uint16_t)(other->message_seq - from) < (uint16_t)(first->message_seq - from))
            first = other;
    }
    if (!first)
        return NULL;
    m->begun = true;
    m->next = first->message_seq;
    while (front < first->length && first->known[front])
        front++;
    *torn = bytes_of(first->whole, DTLS_MESSAGE_HEADER_LEN + front);
    return first;
}

struct bytes dtls_message_view(const struct dtls_message *message)
{
    return bytes_of(message->whole, DTLS_MESSAGE_HEADER_LEN + message->length);
}

void dtls_messages_clear(struct dtls_messages *m)
{
    for (size_t i = 0; i < m->num_waiting; i++) {
        free(m->waiting[i].whole);
        free(m->waiting[i].known);
    }
    *m = (struct dtls_messages){0};
}
