#include "attacker/story/sink.h"

#include <string.h>

#include "tests/support/check.h"

/* What the sinks below were told, in order: "a+ b+ a1 ..." */
struct diary {
    char text[512];
};

/* A sink that writes into the diary; its argument is its name, its state the diary and the name. */
struct writer_sink {
    struct diary *diary;
    char name;
    bool fails;
};

static void note(const struct writer_sink *sink, const char *event)
{
    char entry[] = {sink->name, '\0'};

    strncat(sink->diary->text, entry, sizeof(sink->diary->text) - strlen(sink->diary->text) - 1);
    strncat(sink->diary->text, event, sizeof(sink->diary->text) - strlen(sink->diary->text) - 1);
}

static void *writer_session_opened(void *sink, const struct session *s)
{
    (void)s;
    note(sink, "+ ");
    return sink; /* so that each event shows whose state it was given */
}

static void writer_plaintext(void *sink, void *of_session, enum side from, struct bytes data,
                             uint64_t time_ns)
{
    assert_ptr_equal(of_session, sink);
    assert_true(bytes_equal(data, bytes_of("words", 5)));
    assert_int_equal(time_ns, 77);
    note(sink, from == SIDE_CLIENT ? "> " : "< ");
}

static void writer_secret_found(void *sink, void *of_session, const struct found_secret *secret)
{
    assert_ptr_equal(of_session, sink);
    assert_string_equal(secret->label, "LABEL");
    note(sink, "* ");
}

static void writer_skipped(void *sink, void *of_session, enum side from, uint64_t sealed_len)
{
    assert_ptr_equal(of_session, sink);
    assert_int_equal(from, SIDE_SERVER);
    assert_int_equal(sealed_len, 5);
    note(sink, "? ");
}

static void writer_verdict(void *sink, void *of_session, const struct session *s, uint64_t id)
{
    (void)s;
    assert_ptr_equal(of_session, sink);
    assert_int_equal(id, 4);
    note(sink, "! ");
}

static bool writer_finished(void *sink, const struct run_summary *summary, struct complaint *why)
{
    const struct writer_sink *writer = sink;

    assert_int_equal(summary->sessions, 9);
    note(writer, ". ");
    return !writer->fails || complaint_say(why, "%c: the disk is full", writer->name);
}

static void verdicts_only(void *sink, void *of_session, const struct session *s, uint64_t id)
{
    (void)s;
    (void)id;
    assert_null(of_session);
    note(sink, "! ");
}

static void writer_agreement(void *sink, const struct agreement *a)
{
    assert_int_equal(a->members, 3);
    note(sink, "= ");
}

/* The sinks are opened by hand: sinks_add would have to find the diary in a global. */
static const struct sink_kind WRITER = {.session_opened = writer_session_opened,
                                        .plaintext = writer_plaintext,
                                        .skipped = writer_skipped,
                                        .secret_found = writer_secret_found,
                                        .verdict = writer_verdict,
                                        .agreement = writer_agreement,
                                        .finished = writer_finished};
static const struct sink_kind BRIEF = {.verdict = verdicts_only, .finished = writer_finished};
static const struct sink_kind SUMMARY = {.finished = writer_finished};

static void add(struct sinks *sinks, const struct sink_kind *kind, struct writer_sink *state)
{
    sinks->kinds[sinks->num_sinks] = kind;
    sinks->states[sinks->num_sinks++] = state;
}

static void every_sink_sees_every_event_in_the_same_order(void **state)
{
    const struct run_summary summary = {.sessions = 9};
    struct diary diary = {""};
    struct writer_sink a = {&diary, 'a', false};
    struct writer_sink b = {&diary, 'b', false};
    struct writer_sink c = {&diary, 'c', false};
    struct writer_sink d = {&diary, 'd', false};
    const struct found_secret secret = {.label = "LABEL"};
    const struct agreement agreement = {.members = 3};
    struct sinks sinks = {0};
    struct complaint why;

    (void)state;
    add(&sinks, &WRITER, &a);
    add(&sinks, &BRIEF, &b);
    add(&sinks, &WRITER, &c);
    add(&sinks, &SUMMARY, &d);
    void *of_session = sinks_session_opened(&sinks, NULL);
    sinks_secret_found(&sinks, of_session, &secret);
    sinks_plaintext(&sinks, of_session, SIDE_CLIENT, bytes_of("words", 5), 77);
    sinks_skipped(&sinks, of_session, SIDE_SERVER, 5);
    sinks_plaintext(&sinks, of_session, SIDE_SERVER, bytes_of("words", 5), 77);
    sinks_verdict(&sinks, of_session, NULL, 4);
    sinks_agreement(&sinks, &agreement);
    assert_true(sinks_finished(&sinks, &summary, &why));
    assert_string_equal(diary.text, "a+ c+ a* c* a> c> a? c? a< c< a! b! c! a= c= a. b. c. d. ");
    assert_int_equal(sinks.num_sinks, 0);
}

static void the_first_sink_that_could_not_write_is_told_and_all_are_finished(void **state)
{
    const struct run_summary summary = {.sessions = 9};
    struct diary diary = {""};
    struct writer_sink a = {&diary, 'a', false};
    struct writer_sink b = {&diary, 'b', true};
    struct writer_sink c = {&diary, 'c', true};
    struct sinks sinks = {0};
    struct complaint why;

    (void)state;
    add(&sinks, &WRITER, &a);
    add(&sinks, &WRITER, &b);
    add(&sinks, &WRITER, &c);
    assert_false(sinks_finished(&sinks, &summary, &why));
    assert_string_equal(why.text, "b: the disk is full");
    assert_string_equal(diary.text, "a. b. c. ");
}

static void *open_nothing(const char *argument, bool colour, struct complaint *why)
{
    assert_true(colour);
    (void)complaint_say(why, "%s: cannot be made", argument);
    return NULL;
}

static void *open_argument(const char *argument, bool colour, struct complaint *why)
{
    (void)colour;
    (void)why;
    return unconst(argument);
}

static void a_sink_that_cannot_be_opened_is_not_added(void **state)
{
    static const struct sink_kind shut = {.open = open_nothing};
    static const struct sink_kind open = {.open = open_argument};
    static const char folder[] = "folder";
    struct sinks sinks = {0};
    struct complaint why;

    (void)state;
    assert_false(sinks_add(&sinks, &shut, folder, true, &why));
    assert_string_equal(why.text, "folder: cannot be made");
    assert_int_equal(sinks.num_sinks, 0);
    assert_true(sinks_add(&sinks, &open, folder, true, &why));
    assert_int_equal(sinks.num_sinks, 1);
    assert_ptr_equal(sinks.kinds[0], &open);
    assert_ptr_equal(sinks.states[0], folder);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_sink_sees_every_event_in_the_same_order),
        CASE(the_first_sink_that_could_not_write_is_told_and_all_are_finished),
        CASE(a_sink_that_cannot_be_opened_is_not_added),
    };

    return RUN(cases);
}
