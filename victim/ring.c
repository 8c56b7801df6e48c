#include "victim/ring.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "victim/dh_parameters.h"
#include "victim/wire.h"

#define DEFAULT_MESSAGE "The meeting is at noon, at the old harbour. Tell nobody."

/* With a seed, member n listens at the one port and connects from the other, plus n each. */
#define SEEDED_LISTENS_AT    7000
#define SEEDED_CONNECTS_FROM 40000

/* --- What is prepared ------------------------------------------------------------------ */

static bool make_members(struct ring *ring, struct complaint *why)
{
    EVP_PKEY *group = dh_parameters_named(RING_GROUP_NAME);
    bool ok = group != NULL;

    ring->num_members = (unsigned)ring->wishes->peers;
    for (unsigned i = 0; ok && i < ring->num_members; i++) {
        seed_label(&ring->seed, "member %u of %u", i + 1, ring->num_members);
        ok = ring_member_make(&ring->members[i], i + 1, group);
        if (ok)
            leak_files_member(ring->leaks, i + 1, ring->members[i].secret);
    }
    EVP_PKEY_free(group);
    seed_label(&ring->seed, "agreement of %u", ring->num_members);
    ok = ok && RAND_bytes(ring->agreement, RING_AGREEMENT_SIZE) == 1;
    return ok || complaint_say(why, "libcrypto makes no keys of " RING_GROUP_NAME
                                    "; is OpenSSL installed whole?");
}

static bool open_link(struct ring *ring, unsigned i, struct complaint *why)
{
    struct ring_link *link = &ring->links[i];
    unsigned next = (i + 1) % ring->num_members;
    int listener = wire_listen("127.0.0.1:0", why);
    char label[48];

    if (listener < 0)
        return false;

    bool ok = wire_pair(&link->fd[SIDE_CLIENT], &link->fd[SIDE_SERVER], listener, why);

    (void)close(listener);
    if (!ok) {
        link->fd[SIDE_CLIENT] = -1;
        return false;
    }

    struct endpoint from = wire_here(link->fd[SIDE_CLIENT]);
    struct endpoint to = wire_here(link->fd[SIDE_SERVER]);

    if (ring->seed.given) {
        from.port = (uint16_t)(SEEDED_CONNECTS_FROM + i + 1);
        to.port = (uint16_t)(SEEDED_LISTENS_AT + next + 1);
    }
    (void)snprintf(label, sizeof(label), "link %u of %u", i + 1, ring->num_members);
    tapped_init(&link->tapped, &from, &to, &ring->seed, label);
    recorder_connect(ring->recorder, &link->tapped);
    return true;
}

static bool open_leaks(struct ring *ring, struct complaint *why)
{
    static const struct credentials none = {.type = KEY_NONE};
    const char *folder = ring->wishes->leaks;

    if (!folder)
        return true;
    ring->leaks = leak_files_open(folder, true, why);
    if (!ring->leaks)
        return false;
    if (ring->seed.given)
        leak_files_mark(ring->leaks);
    leak_files_credentials(ring->leaks, &none); /* nor shall there be those of an earlier run */
    return true;
}

bool ring_open(struct ring *ring, struct complaint *why, const struct wishes *wishes)
{
    *ring = (struct ring){.wishes = wishes};
    for (size_t i = 0; i < RING_MAX_MEMBERS; i++)
        ring->links[i] = (struct ring_link){.fd = {-1, -1}};
    if (wishes->message && strlen(wishes->message) > RING_MAX_TEXT)
        return complaint_say(why, "--message has more than %d bytes; take a shorter one",
                             RING_MAX_TEXT);
    if (!seed_init(&ring->seed, wishes->seed))
        return complaint_say(why, "libcrypto has no random numbers; is the system still starting?");
    seed_govern(&ring->seed);
    timeline_init(&ring->timeline, &ring->seed);
    if (!open_leaks(ring, why) || !make_members(ring, why))
        return false;
    if (wishes->record && !(ring->recorder = recorder_open(wishes->record, &ring->timeline, why)))
        return false;
    for (unsigned i = 0; i < ring->num_members; i++) {
        if (!open_link(ring, i, why))
            return false;
    }
    return true;
}

/* --- What crosses ------------------------------------------------------------------------ */

static void take_arrived(void *arrived, struct bytes bytes)
{
    buffer_append(arrived, bytes);
}

/* Carries a message from a member to the next one; what arrived there is in *arrived. */
static bool carry(struct ring *ring, unsigned from, struct bytes message, struct buffer *arrived,
                  struct complaint *why)
{
    struct ring_link *link = &ring->links[from];

    buffer_clear(arrived);
    recorder_burst(ring->recorder, &link->tapped, SIDE_CLIENT, message);
    if (recorder_failed(ring->recorder))
        return complaint_say(why, "the recording can't be written, so the agreement ends");
    return wire_carry(link->fd[SIDE_CLIENT], link->fd[SIDE_SERVER], message, take_arrived,
                      arrived) ||
           complaint_say(why,
                         "the connection from member %u to the next one broke off; is a "
                         "firewall at work on `lo`?",
                         from + 1);
}

/* The member knows what is due, and takes nothing else: its header, and a body of that length. */
static bool split(struct bytes arrived, const struct ring_header *due, struct bytes *header,
                  struct bytes *body)
{
    uint8_t wanted[RING_HEADER_SIZE];
    struct reader r = reader_of(arrived);

    ring_header_write(wanted, due);
    if (!reader_bytes(&r, header, RING_HEADER_SIZE) ||
        !bytes_equal(*header, bytes_of(wanted, sizeof(wanted))) || r.left.len != due->length)
        return false;
    *body = reader_rest(&r);
    return true;
}

static struct ring_header header_of(const struct ring *ring, enum ring_message_type type,
                                    unsigned sender, unsigned round, size_t length)
{
    return (struct ring_header){
        .type = type,
        .agreement = bytes_of(ring->agreement, RING_AGREEMENT_SIZE),
        .members = ring->num_members,
        .sender = sender,
        .round = round,
        .length = length,
    };
}

/* One member sends its value to the next one, who will raise it when all have sent theirs. */
static bool pass_value(struct ring *ring, unsigned from, unsigned round, struct buffer *arrived,
                       struct complaint *why)
{
    struct ring_header header = header_of(ring, RING_VALUE, from + 1, round, RING_VALUE_SIZE);
    uint8_t message[RING_HEADER_SIZE + RING_VALUE_SIZE];

    ring_header_write(message, &header);
    memcpy(message + RING_HEADER_SIZE, ring->members[from].value, RING_VALUE_SIZE);
    return carry(ring, from, bytes_of(message, sizeof(message)), arrived, why);
}

static bool raise_value(struct ring *ring, unsigned from, unsigned round,
                        const struct buffer *arrived, struct complaint *why)
{
    struct ring_header due = header_of(ring, RING_VALUE, from + 1, round, RING_VALUE_SIZE);
    unsigned to = (from + 1) % ring->num_members;
    struct bytes header;
    struct bytes value;

    return (split(buffer_view(arrived), &due, &header, &value) &&
            ring_member_raise(&ring->members[to], value)) ||
           complaint_say(why, "member %u got something in round %u that is no public value", to + 1,
                         round);
}

static bool hold_round(struct ring *ring, unsigned round, struct complaint *why)
{
    struct buffer arrived[RING_MAX_MEMBERS] = {{0}};
    bool ok = true;

    for (unsigned i = 0; ok && i < ring->num_members; i++)
        ok = pass_value(ring, i, round, &arrived[i], why);
    for (unsigned i = 0; ok && i < ring->num_members; i++)
        ok = raise_value(ring, i, round, &arrived[i], why);
    for (unsigned i = 0; i < ring->num_members; i++)
        buffer_clear(&arrived[i]);
    return ok;
}

/* They should all have the same key now. A member can't look; we can. */
static bool conclude(struct ring *ring, struct complaint *why)
{
    struct bytes agreement = bytes_of(ring->agreement, RING_AGREEMENT_SIZE);

    for (unsigned i = 0; i < ring->num_members; i++) {
        if (!ring_member_conclude(&ring->members[i], agreement))
            return complaint_say(why, "member %u can't make its key", i + 1);
        if (memcmp(ring->members[i].key, ring->members[0].key, RING_KEY_SIZE) != 0)
            return complaint_say(why, "member %u came to another key than the first one", i + 1);
    }
    return true;
}

/* The first member seals it, and it goes round until all have it. */
static bool say(struct ring *ring, struct bytes text, struct complaint *why)
{
    struct ring_header due = header_of(ring, RING_SEALED, 1, 0, RING_NONCE + text.len + RING_TAG);
    struct buffer message = {0};
    struct buffer arrived = {0};
    uint8_t raw[RING_HEADER_SIZE];

    seed_label(&ring->seed, "message of %u", ring->num_members);
    ring_header_write(raw, &due);
    buffer_append(&message, bytes_of(raw, sizeof(raw)));

    bool ok = ring_member_seal(&ring->members[0], &message, bytes_of(raw, sizeof(raw)), text) ||
              complaint_say(why, "the first member can't seal the message");

    for (unsigned i = 0; ok && i + 1 < ring->num_members; i++) {
        struct buffer opened = {0};
        struct bytes header;
        struct bytes sealed;

        ok = carry(ring, i, buffer_view(&message), &arrived, why) &&
             ((split(buffer_view(&arrived), &due, &header, &sealed) &&
               ring_member_open(&ring->members[i + 1], &opened, header, sealed) &&
               bytes_equal(buffer_view(&opened), text)) ||
              complaint_say(why, "member %u can't open the message", i + 2));
        buffer_clear(&opened);
    }
    buffer_clear(&message);
    buffer_clear(&arrived);
    return ok;
}

bool ring_hold(struct ring *ring, struct complaint *why)
{
    const char *wish = ring->wishes->message;
    const char *text = wish ? wish : DEFAULT_MESSAGE;
    bool ok = true;

    for (unsigned round = 1; ok && round < ring->num_members; round++)
        ok = hold_round(ring, round, why);
    ok = ok && conclude(ring, why) && say(ring, bytes_of(text, strlen(text)), why);
    if (ok)
        leak_files_said(ring->leaks, bytes_of(text, strlen(text)));
    for (unsigned i = 0; i < ring->num_members; i++)
        recorder_hang_up(ring->recorder, &ring->links[i].tapped, SIDE_CLIENT);
    return ok;
}

/* --- The end -------------------------------------------------------------------------- */

void ring_sum_up(const struct ring *ring)
{
    const struct wishes *w = ring->wishes;
    uint8_t digest[EVP_MAX_MD_SIZE] = {0};

    if (w->quiet)
        return;
    (void)EVP_Digest(ring->members[0].key, RING_KEY_SIZE, digest, NULL, EVP_sha256(), NULL);
    (void)fprintf(stderr,
                  "%u members agreed on one key, its SHA-256 begins %02x%02x %02x%02x %02x%02x "
                  "%02x%02x;\n  the first sent a message under it, and all others opened it",
                  ring->num_members, digest[0], digest[1], digest[2], digest[3], digest[4],
                  digest[5], digest[6], digest[7]);
    if (w->record)
        (void)fprintf(stderr, "\n  %llu packets in %s",
                      (unsigned long long)recorder_packets(ring->recorder),
                      strcmp(w->record, "-") == 0 ? "standard output" : w->record);
    if (w->leaks)
        (void)fprintf(stderr, "\n  what a thief could steal is in %s", w->leaks);
    (void)fputc('\n', stderr);
}

bool ring_close(struct ring *ring, struct complaint *why)
{
    bool whole = recorder_close(ring->recorder, why);
    struct complaint second;

    if (!leak_files_close(ring->leaks, &second)) {
        if (whole)
            *why = second;
        whole = false;
    }
    for (size_t i = 0; i < RING_MAX_MEMBERS; i++) {
        for (size_t side = 0; side < NUM_SIDES; side++) {
            if (ring->links[i].fd[side] >= 0)
                (void)close(ring->links[i].fd[side]);
        }
        ring_member_clear(&ring->members[i]);
    }
    seed_release(&ring->seed);
    seed_clear(&ring->seed);
    return whole;
}
