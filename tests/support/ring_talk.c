#include "tests/support/ring_talk.h"

#include "victim/dh_parameters.h"

#include "tests/support/check.h"

static struct ring_header header_of(const struct ring_talk *t, enum ring_message_type type,
                                    unsigned sender, unsigned round, size_t length)
{
    return (struct ring_header){
        .type = type,
        .agreement = bytes_of(t->id, sizeof(t->id)),
        .members = t->num_members,
        .sender = sender,
        .round = round,
        .length = length,
    };
}

static void say_value(struct ring_talk *t, unsigned i, unsigned round)
{
    struct ring_header header = header_of(t, RING_VALUE, i + 1, round, RING_VALUE_SIZE);
    uint8_t raw[RING_HEADER_SIZE];

    ring_header_write(raw, &header);
    buffer_append(&t->said[i], bytes_of(raw, sizeof(raw)));
    buffer_append(&t->said[i], bytes_of(t->members[i].value, RING_VALUE_SIZE));
}

static void hold_round(struct ring_talk *t, unsigned round)
{
    uint8_t sent[RING_MAX_MEMBERS][RING_VALUE_SIZE];
    unsigned num = t->num_members;

    for (unsigned i = 0; i < num; i++) {
        say_value(t, i, round);
        memcpy(sent[i], t->members[i].value, RING_VALUE_SIZE);
    }
    for (unsigned i = 0; i < num; i++)
        assert_true(ring_member_raise(&t->members[i],
                                      bytes_of(sent[(i + num - 1) % num], RING_VALUE_SIZE)));
}

static void say_text(struct ring_talk *t, const char *text)
{
    size_t len = strlen(text);
    struct ring_header header = header_of(t, RING_SEALED, 1, 0, RING_NONCE + len + RING_TAG);
    struct buffer message = {0};
    uint8_t raw[RING_HEADER_SIZE];

    ring_header_write(raw, &header);
    buffer_append(&message, bytes_of(raw, sizeof(raw)));
    assert_true(ring_member_seal(&t->members[0], &message, bytes_of(raw, sizeof(raw)),
                                 bytes_of(text, len)));
    for (unsigned i = 0; i + 1 < t->num_members; i++)
        buffer_append(&t->said[i], buffer_view(&message));
    buffer_clear(&message);
}

void ring_talk_hold(struct ring_talk *t, unsigned num_members, const char *text)
{
    EVP_PKEY *group = dh_parameters_named(RING_GROUP_NAME);

    *t = (struct ring_talk){.id = {0x1d, [1] = (uint8_t)num_members}, .num_members = num_members};
    for (unsigned i = 0; i < num_members; i++)
        assert_true(ring_member_make(&t->members[i], i + 1, group));
    EVP_PKEY_free(group);
    for (unsigned round = 1; round < num_members; round++)
        hold_round(t, round);
    for (unsigned i = 0; i < num_members; i++)
        assert_true(ring_member_conclude(&t->members[i], bytes_of(t->id, sizeof(t->id))));
    say_text(t, text);
}

void ring_talk_hear(const struct ring_talk *t, struct agreements *all, size_t step)
{
    for (unsigned i = 0; i < t->num_members; i++) {
        struct connection c = {.server = {.family = 4, .port = (uint16_t)(7000 + i)}};
        struct reader left = reader_of(buffer_view(&t->said[i]));
        struct agreement_watch watch = {0};
        struct chunk chunk = {.frame = UINT64_C(100) * (i + 1), .time_ns = i + 1};

        while (!reader_done(&left)) {
            chunk.data = exact_copy(bytes_first(left.left, step));
            agreement_watch_bytes(&watch, all, &c, SIDE_CLIENT, &chunk);
            assert_true(reader_skip(&left, chunk.data.len));
            exact_free(chunk.data);
            chunk.frame++;
        }
        agreement_watch_end(&watch, all);
    }
}

struct leaks ring_talk_leak(const struct ring_talk *t, unsigned member)
{
    struct leaks leaks = {0};
    EVP_PKEY *secret = t->members[member - 1].secret;

    assert_int_equal(EVP_PKEY_up_ref(secret), 1);
    private_keys_add(&leaks.ephemerals, secret);
    return leaks;
}

void ring_talk_clear(struct ring_talk *t)
{
    for (unsigned i = 0; i < t->num_members; i++) {
        ring_member_clear(&t->members[i]);
        buffer_clear(&t->said[i]);
    }
}
