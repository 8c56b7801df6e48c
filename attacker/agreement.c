#include "attacker/agreement.h"

#include <stdlib.h>

#include <openssl/crypto.h>

struct agreement *agreement_new(const struct agreement_message *m, uint64_t time_ns)
{
    struct agreement *a = alloc_zero(sizeof(*a));

    memcpy(a->id, m->id.at, AGREEMENT_ID_SIZE);
    a->group = m->group;
    a->members = m->members;
    a->start_ns = time_ns;
    return a;
}

static void file(struct agreement *a, struct agreement_part *part, struct bytes bytes,
                 uint64_t frame)
{
    if (part->frame == 0) {
        buffer_append(&part->bytes, bytes);
        part->frame = frame;
    } else if (!bytes_equal(buffer_view(&part->bytes), bytes)) {
        a->contradicts = true;
    }
}

void agreement_take(struct agreement *a, const struct agreement_message *m,
                    const struct chunk *chunk)
{
    a->end_ns = chunk->time_ns;
    if (m->members != a->members || m->group != a->group) {
        a->contradicts = true;
    } else if (m->type == AGREEMENT_VALUE) {
        file(a, &a->values[m->sender - 1][m->round - 1], m->body, chunk->frame);
    } else {
        if (a->sealed.frame == 0) {
            buffer_append(&a->sealed_header, m->header);
            a->sealed_by = m->sender;
        }
        file(a, &a->sealed, m->body, chunk->frame);
    }
}

unsigned agreement_next(const struct agreement *a, unsigned sender)
{
    return sender % a->members + 1;
}

size_t agreement_num_values(const struct agreement *a)
{
    size_t num = 0;

    for (unsigned i = 0; i < a->members; i++) {
        for (unsigned round = 1; round < a->members; round++)
            num += a->values[i][round - 1].frame > 0;
    }
    return num;
}

void agreement_free(struct agreement *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < AGREEMENT_MAX_MEMBERS; i++) {
        for (size_t round = 0; round < AGREEMENT_MAX_ROUNDS; round++)
            buffer_clear(&a->values[i][round].bytes);
    }
    buffer_clear(&a->sealed.bytes);
    buffer_clear(&a->sealed_header);
    if (a->message.len > 0)
        OPENSSL_cleanse(a->message.at, a->message.len);
    buffer_clear(&a->message);
    evidence_clear(&a->evidence);
    free(a);
}
