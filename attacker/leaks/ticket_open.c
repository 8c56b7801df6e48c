#include "attacker/leaks/ticket_open.h"

#include <openssl/crypto.h>

#include "attacker/leaks/key_text.h"
#include "attacker/leaks/published_keys.h"
#include "attacker/tls/session_ticket.h"

/* --- The attempt ------------------------------------------------------------------------- */

/* try_key: with another answer than TICKET_SHUT, the MAC verifies. */
static enum ticket_answer try_key(const struct ticket_key *key, struct bytes ticket,
                                  struct ticket_opened *out)
{
    struct buffer plain = {0};
    enum ticket_answer answer = TICKET_SHUT;

    if (ticket_seal_open(key, ticket, &plain, &out->mac)) {
        out->named = ticket_seal_names(key, ticket);
        answer =
            ticket_state_read(buffer_view(&plain), &out->state) ? TICKET_OPENED : TICKET_UNREADABLE;
    }
    key_text_wipe(&plain);
    return answer;
}

/* try_file tries each way to read a file; `named_alone`: only where the ticket has the name. */
static enum ticket_answer try_file(const struct ticket_key_file *file, struct bytes ticket,
                                   bool named_alone, struct ticket_opened *out)
{
    enum ticket_answer best = TICKET_SHUT;
    struct ticket_key key;

    for (size_t i = 0; best < TICKET_OPENED && ticket_key_file_read(file, i, &key); i++) {
        bool named = ticket_seal_names(&key, ticket);
        enum ticket_answer answer =
            named || !named_alone ? try_key(&key, ticket, out) : TICKET_SHUT;

        if (answer == TICKET_SHUT && named)
            answer = TICKET_DIFFERS;
        if (answer > best)
            best = answer;
    }
    OPENSSL_cleanse(&key, sizeof(key));
    return best;
}

/* try_rotated tries what a server may have made of the key that it was given. */
static enum ticket_answer try_rotated(const struct ticket_key_file *file,
                                      const struct ticket_seen *seen, struct ticket_opened *out)
{
    enum ticket_answer best = TICKET_SHUT;
    struct ticket_key_file made = {0};

    for (size_t i = 0;
         best == TICKET_SHUT && ticket_key_file_at(file, i, seen->time_ns, seen->lifetime, &made);
         i++)
        best = try_file(&made, seen->ticket, true, out);
    out->rotated = best > TICKET_DIFFERS;
    OPENSSL_cleanse(&made, sizeof(made));
    return best;
}

static enum ticket_answer try_given(const struct ticket_keys *keys, const struct ticket_seen *seen,
                                    struct ticket_opened *out)
{
    enum ticket_answer best = TICKET_SHUT;

    for (size_t i = 0; best < TICKET_UNREADABLE && i < keys->num_files; i++) {
        enum ticket_answer answer = try_file(&keys->files[i], seen->ticket, false, out);

        if (answer == TICKET_SHUT)
            answer = try_rotated(&keys->files[i], seen, out);
        if (answer > best)
            best = answer;
    }
    return best;
}

/* try_published: one MAC may go with several ciphers, and what is inside tells them apart. */
static enum ticket_answer try_published(const struct ticket_seen *seen, struct ticket_opened *out)
{
    enum ticket_answer best = TICKET_SHUT;
    struct ticket_key key;
    const char *told;

    for (size_t i = 0; best < TICKET_OPENED && (told = published_keys_get(i, &key)) != NULL; i++) {
        enum ticket_answer answer = try_key(&key, seen->ticket, out);

        if (answer > best) {
            best = answer;
            out->published = told;
        }
    }
    return best;
}

enum ticket_answer ticket_open(const struct ticket_keys *keys, const struct ticket_seen *seen,
                               struct ticket_opened *out)
{
    *out = (struct ticket_opened){0};
    if (!session_ticket_holds_state(seen->ticket))
        return TICKET_SHUT;

    enum ticket_answer given = try_given(keys, seen, out);
    if (given >= TICKET_UNREADABLE)
        return given;
    enum ticket_answer published = try_published(seen, out);
    return published > given ? published : given;
}

/* --- What came of it ---------------------------------------------------------------------- */

static const char step[] = "Does a ticket key open the ticket?";

/* note_shut: none of those that were given is the one. */
static void note_shut(const struct ticket_keys *keys, const struct ticket_seen *seen,
                      const char *name, struct evidence *e)
{
    char given[EVIDENCE_HEX_SIZE];

    if (keys->num_files == 0)
        return;
    if (!session_ticket_holds_state(seen->ticket))
        evidence_add(e, seen->frame, step,
                     "no: of %zu bytes, it is too short to hold a session; it is the name of one "
                     "that the server keeps itself",
                     seen->ticket.len);
    else if (keys->num_files == 1)
        evidence_add(e, seen->frame, step,
                     "no: it names the key %s, and the one that was given is %s", name,
                     evidence_hex(bytes_of(keys->files[0].content, TICKET_NAME_LEN), given));
    else
        evidence_add(e, seen->frame, step,
                     "no: it names the key %s, and none of the %zu that were given has that name",
                     name, keys->num_files);
}

/* note_opened: its MAC verifies. */
static void note_opened(const struct ticket_seen *seen, const struct ticket_opened *opened,
                        const char *name, struct evidence *e)
{
    if (opened->published)
        evidence_add(e, seen->frame, step,
                     "yes, one that nobody has to steal: its %s verifies with a published key, %s",
                     opened->mac, opened->published);
    else if (opened->rotated)
        evidence_add(e, seen->frame, step,
                     "yes: it names the key %s, which is what GnuTLS makes of the one that was "
                     "given at that time, and its %s verifies with it",
                     name, opened->mac);
    else if (opened->named)
        evidence_add(e, seen->frame, step,
                     "yes: it names the key %s, which was given, and its %s verifies with it", name,
                     opened->mac);
    else
        evidence_add(e, seen->frame, step,
                     "yes: it names the key %s, which none has that was given, but its %s verifies "
                     "with one of them all the same",
                     name, opened->mac);
}

static void note_state(const struct ticket_seen *seen, enum ticket_answer answer,
                       const struct ticket_state *state, struct evidence *e)
{
    static const char inside[] = "What is in the ticket?";

    if (answer == TICKET_UNREADABLE)
        evidence_add(e, seen->frame, inside,
                     "a session, in a format that is none of OpenSSL, GnuTLS and RFC 5077");
    else
        evidence_add(e, seen->frame, inside, "%s, %zu bytes%s%s (%s)",
                     state->tls13 ? "a pre-shared key" : "a master secret", state->len,
                     state->suite ? ", for " : "", state->suite ? state->suite->name : "",
                     state->format);
}

void ticket_open_note(const struct ticket_keys *keys, const struct ticket_seen *seen,
                      enum ticket_answer answer, const struct ticket_opened *opened,
                      struct evidence *e)
{
    char text[EVIDENCE_HEX_SIZE];
    const char *name = evidence_hex(bytes_first(seen->ticket, TICKET_NAME_LEN), text);

    switch (answer) {
    case TICKET_SHUT:
        note_shut(keys, seen, name, e);
        return;
    case TICKET_DIFFERS:
        evidence_add(e, seen->frame, step,
                     "no: it names the key %s, which was given, but its MAC does not verify with "
                     "it: the key or the ticket has been altered",
                     name);
        return;
    case TICKET_UNREADABLE:
    case TICKET_OPENED:
        break;
    }
    note_opened(seen, opened, name, e);
    note_state(seen, answer, &opened->state, e);
}
