#include "victim/resume_choices.h"

#include "capture/alloc.h"

static bool read_resume(struct choices *c, struct complaint *why, const struct wishes *w)
{
    static const char *const names[] = {
        [RESUME_NONE] = "none", [RESUME_ID] = "id", [RESUME_TICKET] = "ticket"};

    if (!w->resume) {
        /* A server that others visit issues tickets, as real ones do, and takes them back. */
        c->resume = w->command == COMMAND_SERVE ? RESUME_TICKET : RESUME_NONE;
        return true;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(names[i], w->resume) == 0) {
            c->resume = (enum resume)i;
            return true;
        }
    }
    return complaint_say(why, "--resume %s: no such way; take none, id or ticket", w->resume);
}

static bool check_resume(const struct choices *c, struct complaint *why, const struct wishes *w)
{
    if (c->resume == RESUME_ID && c->version == TLS1_3_VERSION)
        return complaint_say(why, "--resume id: TLS 1.3 resumes by pre-shared key and no longer by "
                                  "session ID; take --resume ticket, or --tls 1.2");
    if (c->resume != RESUME_NONE && w->sessions == 1 && w->command != COMMAND_SERVE)
        return complaint_say(why,
                             "--sessions 1 leaves no second conversation that could resume the "
                             "first; take --sessions 2 or more, or leave out --resume");
    return true;
}

/* Is there a conversation that begins with a pre-shared key of TLS 1.3? RFC 8446 section 2.2. */
static bool has_psk_of_tls13(const struct choices *c)
{
    return c->version == TLS1_3_VERSION && (c->has_psk || c->resume == RESUME_TICKET);
}

static bool read_psk_mode(struct choices *c, struct complaint *why, const struct wishes *w)
{
    if (!w->psk_mode)
        return true;
    if (strcmp(w->psk_mode, "ke") != 0 && strcmp(w->psk_mode, "dhe") != 0)
        return complaint_say(why, "--psk-mode %s: no such mode; take ke or dhe", w->psk_mode);
    if (!has_psk_of_tls13(c))
        return complaint_say(why,
                             "--psk-mode %s: no pre-shared key of TLS 1.3 takes part; take --tls "
                             "1.3 with --resume ticket or with --kx psk",
                             w->psk_mode);
    c->without_dhe = strcmp(w->psk_mode, "ke") == 0;
    return true;
}

static bool read_early_data(struct choices *c, struct complaint *why, const struct wishes *w)
{
    c->early_data = w->early_data != NULL;
    if (c->early_data && !has_psk_of_tls13(c))
        return complaint_say(why,
                             "--early-data: to speak first, a client of TLS 1.3 needs a key that "
                             "the server knows already; take --tls 1.3 with --resume ticket or "
                             "with --kx psk");
    return true;
}

bool resume_choices_make(struct choices *choices, struct complaint *why,
                         const struct wishes *wishes)
{
    return read_resume(choices, why, wishes) && check_resume(choices, why, wishes) &&
           read_psk_mode(choices, why, wishes) && read_early_data(choices, why, wishes);
}

char *resume_choices_name(const struct choices *c)
{
    static const char *const resumed[] = {
        [RESUME_NONE] = "", [RESUME_ID] = "+id", [RESUME_TICKET] = "+ticket"};

    return alloc_format("%s%s%s%s", c->kx == KX_TLS13 && c->has_psk ? "+psk" : "",
                        resumed[c->resume], c->without_dhe ? "+ke" : "",
                        c->early_data ? "+early" : "");
}
