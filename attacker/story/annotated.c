/*
 * The recording once more, as it was, with what came of it: each verdict and its evidence as
 * comments at the packets that they speak of, and the secrets that Wireshark needs to open the
 * sessions by itself.
 *
 * A verdict is known when its session has ended, long behind its packets. So all are collected, and
 * at the end the recording is read a second time.
 */
#include <errno.h>
#include <stdlib.h>

#include "attacker/story/annotated_copy.h"
#include "attacker/story/output_file.h"

struct annotated {
    char *path;
    FILE *out;
    struct annotations *notes;
};

static void *annotated_open(const char *path, bool colour, struct complaint *why)
{
    FILE *out = output_file_open(path, OUTPUT_FOR_ITS_OWNER, why);
    struct annotations *notes = out ? annotations_new() : NULL;
    struct annotated *annotated;

    (void)colour;
    if (!notes) {
        if (out) {
            (void)complaint_say(why, "--annotate: no temporary file can be made: %s",
                                strerror(errno));
            (void)fclose(out);
        }
        return NULL;
    }
    annotated = alloc_zero(sizeof(*annotated));
    annotated->path = alloc_text(path);
    annotated->out = out;
    annotated->notes = notes;
    return annotated;
}

static void annotated_secret_found(void *sink, void *of_session, const struct found_secret *secret)
{
    struct annotated *annotated = sink;

    (void)of_session;
    annotations_secret(annotated->notes, secret);
}

/* place_of is the packet at which the verdict stands: that of the first hello that was seen. */
static uint64_t place_of(const struct session *s)
{
    const struct handshake *h = &s->handshake;

    return h->client_hello   ? h->client_hello->frame
           : h->server_hello ? h->server_hello->frame
                             : s->connection.first_frame;
}

static void annotated_verdict(void *sink, void *of_session, const struct session *s, uint64_t id)
{
    struct annotated *annotated = sink;
    const struct verdict *v = &s->verdict;
    const char *code = verdict_reason_code(v->reason);
    char *text = alloc_format("keyfall, session %llu: %s (%s). %s", (unsigned long long)id,
                              verdict_outcome_name(v->outcome), code ? code : v->secret_source,
                              v->explanation);

    (void)of_session;
    annotations_comment(annotated->notes, place_of(s), text);
    free(text);
    for (size_t i = 0; i < s->evidence.num_steps; i++) {
        const struct evidence_step *step = &s->evidence.steps[i];

        text = alloc_format("keyfall, session %llu: %s %s", (unsigned long long)id, step->step,
                            step->result);
        annotations_comment(annotated->notes, step->frame > 0 ? step->frame : place_of(s), text);
        free(text);
    }
}

static bool write_all(struct annotated *annotated, const struct run_summary *summary,
                      struct complaint *why)
{
    bool written =
        annotations_sort(annotated->notes) ||
        complaint_say(why, "--annotate: the temporary file cannot be written: %s", strerror(errno));

    for (size_t i = 0; written && i < summary->num_captures; i++)
        written = annotated_copy(annotated->out, &summary->captures[i], annotated->notes, why);
    return written;
}

static bool annotated_finished(void *sink, const struct run_summary *summary, struct complaint *why)
{
    struct annotated *annotated = sink;
    struct complaint of_closing;
    bool written = write_all(annotated, summary, why);
    bool closed = output_file_close(annotated->out, annotated->path, &of_closing);

    if (written && !closed)
        *why = of_closing;
    annotations_free(annotated->notes);
    free(annotated->path);
    free(annotated);
    return written && closed;
}

const struct sink_kind sink_annotated = {
    .open = annotated_open,
    .secret_found = annotated_secret_found,
    .verdict = annotated_verdict,
    .finished = annotated_finished,
};
