#include "attacker/agreement_message.h"

static const uint8_t magic[] = {'K', 'E', 'Y', 'F', 'A', 'L', 'L', 'G'};

enum { VERSION = 1 };

bool agreement_message_begins(struct bytes b)
{
    struct bytes seen = bytes_first(b, sizeof(magic));

    return bytes_equal(seen, bytes_first(bytes_of(magic, sizeof(magic)), seen.len));
}

static bool is_sound(const struct agreement_message *m, uint8_t version, uint32_t length)
{
    bool is_value = m->type == AGREEMENT_VALUE;

    return version == VERSION && (is_value || m->type == AGREEMENT_SEALED) &&
           m->members >= AGREEMENT_MIN_MEMBERS && m->members <= AGREEMENT_MAX_MEMBERS &&
           m->sender >= 1 && m->sender <= m->members &&
           (is_value ? m->round >= 1 && m->round < m->members : m->round == 0) &&
           length <= (is_value ? AGREEMENT_MAX_VALUE : AGREEMENT_MAX_SEALED);
}

enum progress agreement_message_read(struct reader *r, struct agreement_message *out)
{
    struct agreement_message m = {0};
    struct reader ahead = *r;
    struct bytes whole = r->left;
    uint32_t length;
    uint8_t version;

    if (!agreement_message_begins(r->left))
        return PROGRESS_MALFORMED;
    if (!reader_skip(&ahead, sizeof(magic)) || !reader_u8(&ahead, &version) ||
        !reader_u8(&ahead, &m.type) || !reader_bytes(&ahead, &m.id, AGREEMENT_ID_SIZE) ||
        !reader_u16(&ahead, &m.group) || !reader_u8(&ahead, &m.members) ||
        !reader_u8(&ahead, &m.sender) || !reader_u8(&ahead, &m.round) ||
        !reader_u32(&ahead, &length))
        return PROGRESS_NEED_MORE;
    if (!is_sound(&m, version, length))
        return PROGRESS_MALFORMED;
    m.header = bytes_first(whole, whole.len - ahead.left.len);
    if (!reader_bytes(&ahead, &m.body, length))
        return PROGRESS_NEED_MORE;
    *out = m;
    *r = ahead;
    return PROGRESS_DONE;
}
