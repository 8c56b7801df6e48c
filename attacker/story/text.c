/*
 * The story for people: session by session, what was tried, what came of it, what was said.
 */
#include <errno.h>
#include <stdlib.h>

#include "attacker/story/escape.h"
#include "attacker/story/finding_text.h"
#include "attacker/story/layout.h"
#include "attacker/story/said.h"
#include "attacker/story/sink.h"
#include "attacker/story/terms.h"
#include "attacker/tls/group.h"
#include "capture/alloc.h"

struct text {
    FILE *out;
    bool colour;
};

static void *text_open(const char *argument, bool colour, struct complaint *why)
{
    struct text *text = alloc_zero(sizeof(*text));

    (void)argument;
    (void)why;
    *text = (struct text){stdout, colour};
    return text;
}

static void *text_session_opened(void *sink, const struct session *s)
{
    (void)sink;
    (void)s;
    return alloc_zero(sizeof(struct said));
}

static void text_plaintext(void *sink, void *of_session, enum side from, struct bytes data,
                           uint64_t time_ns)
{
    (void)sink;
    (void)time_ns;
    said_add(of_session, from, data);
}

static void text_skipped(void *sink, void *of_session, enum side from, uint64_t sealed_len)
{
    (void)sink;
    (void)sealed_len;
    said_skip(of_session, from);
}

static enum layout_colour colour_of(enum outcome outcome)
{
    static const enum layout_colour colours[] = {
        [OUTCOME_DECRYPTED] = LAYOUT_GREEN,
        [OUTCOME_PARTIAL] = LAYOUT_MAGENTA,
        [OUTCOME_PROTECTED] = LAYOUT_CYAN,
        [OUTCOME_UNDECRYPTABLE] = LAYOUT_RED,
    };

    return colours[outcome];
}

static const char *shouted(enum outcome outcome)
{
    static const char *const words[] = {"DECRYPTED", "PARTIAL", "PROTECTED", "UNDECRYPTABLE"};

    return words[outcome];
}

static void print_frame(const struct text *t, uint64_t frame)
{
    layout_colour(t->out, t->colour, LAYOUT_FAINT);
    if (frame)
        (void)fprintf(t->out, "   frame %-5llu ", (unsigned long long)frame);
    else
        (void)fprintf(t->out, "   %-11s ", "");
    layout_reset(t->out, t->colour);
}

static void print_evidence(const struct text *t, const struct evidence *e)
{
    if (e->num_steps == 0)
        return;
    layout_heading(t->out, t->colour, "What was tried");
    for (size_t i = 0; i < e->num_steps; i++) {
        const struct evidence_step *step = &e->steps[i];

        print_frame(t, step->frame);
        layout_wrap(t->out, 15, step->step);
        (void)fprintf(t->out, "%*s", 17, "");
        layout_wrap(t->out, 17, step->result);
    }
}

static void print_outcome(const struct text *t, enum outcome outcome, enum reason reason,
                          const char *explanation)
{
    const char *code = verdict_reason_code(reason);

    layout_heading(t->out, t->colour, "What came of it");
    (void)fputs("   ", t->out);
    layout_colour(t->out, t->colour, colour_of(outcome));
    (void)fputs(shouted(outcome), t->out);
    layout_reset(t->out, t->colour);
    if (code)
        (void)fprintf(t->out, " (%s)", code);
    (void)fputs("\n   ", t->out);
    layout_wrap(t->out, 3, explanation);
}

static void text_verdict(void *sink, void *of_session, const struct session *s, uint64_t id)
{
    const struct text *t = sink;
    struct said *said = of_session;

    terms_print_title(t->out, t->colour, s, id);
    terms_print(t->out, s);
    print_evidence(t, &s->evidence);
    print_outcome(t, s->verdict.outcome, s->verdict.reason, s->verdict.explanation);
    if (said->num_turns > 0) {
        layout_heading(t->out, t->colour, "What was said");
        said_print(t->out, said, t->colour);
    }
    (void)fputc('\n', t->out);
    (void)fflush(t->out);
    said_clear(said);
    free(said);
}

/* --- Several parties ----------------------------------------------------------------- */

/* A screen full of values; a ring of 16 sends 240, which all look alike. */
#define MAX_VALUES_SHOWN 20

static void print_members(const struct text *t, const struct agreement *a)
{
    const struct group *group = group_find(a->group);
    char title[64];

    (void)snprintf(title, sizeof(title), "agreement of %u members", a->members);
    layout_colour(t->out, t->colour, LAYOUT_STRONG);
    layout_rule(t->out, title);
    layout_reset(t->out, t->colour);
    (void)fprintf(t->out, "   group         %s\n", group ? group->name : "not known");
    for (unsigned i = 0; i < a->members; i++) {
        char address[ENDPOINT_TEXT_SIZE];

        if (a->listens[i].family)
            (void)fprintf(t->out, "   member %-2u     at %s\n", i + 1,
                          endpoint_text(&a->listens[i], address));
    }
}

static void print_values(const struct text *t, const struct agreement *a)
{
    size_t num = 0;

    if (agreement_num_values(a) > 0)
        layout_heading(t->out, t->colour, "What they sent each other");
    for (unsigned round = 1; round < a->members; round++) {
        for (unsigned from = 1; from <= a->members; from++) {
            const struct agreement_part *value = &a->values[from - 1][round - 1];
            char hex[EVIDENCE_HEX_SIZE];

            if (value->frame == 0 || num++ >= MAX_VALUES_SHOWN)
                continue;
            print_frame(t, value->frame);
            (void)fprintf(t->out, "%2u to %-2u round %-2u %s\n", from, agreement_next(a, from),
                          round, evidence_hex(buffer_view(&value->bytes), hex));
        }
    }
    if (num > MAX_VALUES_SHOWN)
        (void)fprintf(t->out, "%15sand %zu more like these; --json has them all\n", "",
                      num - MAX_VALUES_SHOWN);
}

static void text_agreement(void *sink, const struct agreement *a)
{
    const struct text *t = sink;

    print_members(t, a);
    print_values(t, a);
    print_evidence(t, &a->evidence);
    print_outcome(t, a->outcome, a->reason, a->explanation);
    if (a->outcome == OUTCOME_DECRYPTED) {
        char *shown = escape_new(bytes_first(buffer_view(&a->message), SAID_MAX_KEPT));
        char *line = alloc_format("member %u > %s", a->sealed_by, shown);

        layout_heading(t->out, t->colour, "What was said");
        (void)fputs("   ", t->out);
        layout_wrap(t->out, 3, line);
        free(line);
        free(shown);
    }
    (void)fputc('\n', t->out);
    (void)fflush(t->out);
}

static void print_warning(const struct text *t, const char *warning)
{
    layout_colour(t->out, t->colour, LAYOUT_MAGENTA);
    (void)fputs("Note:", t->out);
    layout_reset(t->out, t->colour);
    (void)fputc(' ', t->out);
    layout_wrap(t->out, 6, warning);
}

static bool text_finished(void *sink, const struct run_summary *summary, struct complaint *why)
{
    struct text *t = sink;

    (void)fprintf(t->out, "%llu session%s in %llu packets:", (unsigned long long)summary->sessions,
                  summary->sessions == 1 ? "" : "s", (unsigned long long)summary->packets);
    for (int i = OUTCOME_DECRYPTED; i <= OUTCOME_UNDECRYPTABLE; i++)
        (void)fprintf(t->out, "%s %llu %s", i ? "," : "", (unsigned long long)summary->outcomes[i],
                      verdict_outcome_name((enum outcome)i));
    (void)fputs(".\n", t->out);
    if (summary->survey)
        finding_text_print(t->out, t->colour, summary->survey->exposure);
    if (summary->agreements > 0)
        (void)fprintf(t->out, "%llu agreement%s of several parties: %llu decrypted.\n",
                      (unsigned long long)summary->agreements, summary->agreements == 1 ? "" : "s",
                      (unsigned long long)summary->agreements_opened);
    for (size_t i = 0; i < summary->num_warnings; i++)
        print_warning(t, summary->warnings[i]);

    bool written = fflush(t->out) == 0 && !ferror(t->out);
    if (!written)
        (void)complaint_say(why, "standard output: cannot be written: %s", strerror(errno));
    free(t);
    return written;
}

const struct sink_kind sink_text = {
    .open = text_open,
    .session_opened = text_session_opened,
    .plaintext = text_plaintext,
    .skipped = text_skipped,
    .verdict = text_verdict,
    .agreement = text_agreement,
    .finished = text_finished,
};
