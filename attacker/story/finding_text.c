#include "attacker/story/finding_text.h"

#include <stdlib.h>

#include "attacker/story/layout.h"
#include "attacker/story/span.h"
#include "capture/alloc.h"

const char *finding_text_kind(enum exposure_kind kind)
{
    static const char *const names[] = {
        [EXPOSURE_SERVER_VALUE] = "ephemeral_reuse",
        [EXPOSURE_CLIENT_VALUE] = "ephemeral_reuse",
        [EXPOSURE_TICKET_KEY] = "ticket_key",
        [EXPOSURE_CHAIN] = "resumption_chain",
    };

    return names[kind];
}

char *finding_text_key_name(const struct exposed *x, char out[static 2 * EXPOSURE_KEY_NAME_LEN + 1])
{
    for (size_t i = 0; i < EXPOSURE_KEY_NAME_LEN; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", x->key_name[i]);
    return out;
}

static char *value_new(const struct exposed *x, const char *span)
{
    return alloc_format("%s%s%s used the same ephemeral key%s%s%s in %llu sessions, over at least "
                        "%s: whoever gets hold of its private part reads them all.",
                        x->kind == EXPOSURE_CLIENT_VALUE ? "A client of " : "", x->server,
                        x->several_servers ? " (and others)" : "", x->group[0] ? " (" : "",
                        x->group, x->group[0] ? ")" : "", (unsigned long long)x->num_sessions,
                        span);
}

static char *ticket_key_new(const struct exposed *x, const char *span)
{
    char name[2 * EXPOSURE_KEY_NAME_LEN + 1];

    return alloc_format("%s%s sealed the tickets of %llu sessions with one ticket key, by the name "
                        "of %s, over at least %s: whoever gets hold of it opens them all.",
                        x->server, x->several_servers ? " (and others)" : "",
                        (unsigned long long)x->num_sessions, finding_text_key_name(x, name), span);
}

static char *chain_new(const struct exposed *x, const char *span)
{
    return alloc_format("%llu sessions with %s, each resumed from one before, went on for at "
                        "least %s: the secret of the first stayed in use for as long.",
                        (unsigned long long)x->num_sessions, x->server, span);
}

char *finding_text_new(const struct exposed *x)
{
    char span[SPAN_TEXT_SIZE];

    (void)span_text(x->last_ns - x->first_ns, span);
    if (x->kind == EXPOSURE_TICKET_KEY)
        return ticket_key_new(x, span);
    return x->kind == EXPOSURE_CHAIN ? chain_new(x, span) : value_new(x, span);
}

/* print_one: a finding, and the sessions that it is about. */
static void print_one(FILE *out, bool colour, const struct exposed *x)
{
    char *sentence = finding_text_new(x);
    char *text = alloc_format("%s Sessions ", sentence);

    for (size_t i = 0; i < x->num_listed; i++) {
        char *longer = alloc_format("%s%llu%s", text, (unsigned long long)x->sessions[i],
                                    i + 1 < x->num_listed ? ", " : "");

        free(text);
        text = longer;
    }

    char *whole = alloc_format("%s%s", text, x->num_sessions > x->num_listed ? ", ..." : ".");
    layout_colour(out, colour, LAYOUT_MAGENTA);
    (void)fputs("Found:", out);
    layout_reset(out, colour);
    (void)fputc(' ', out);
    layout_wrap(out, 7, whole);
    free(whole);
    free(text);
    free(sentence);
}

void finding_text_print(FILE *out, bool colour, const struct exposure *e)
{
    size_t num = 0;

    for (const struct exposed *x = NULL; (x = exposure_next(e, x));) {
        if ((x->kind == EXPOSURE_SERVER_VALUE || x->kind == EXPOSURE_CLIENT_VALUE) &&
            num++ < FINDING_TEXT_MAX_TOLD)
            print_one(out, colour, x);
    }
    if (num > FINDING_TEXT_MAX_TOLD)
        (void)fprintf(out, "Found: %zu more ephemeral keys that were used again.\n",
                      num - FINDING_TEXT_MAX_TOLD);
}
