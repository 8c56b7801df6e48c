/*
 * keyfall-attacker - a recording and a leak: what does it open?
 *
 * Reads the options, loads the leaks, runs the recording through, finishes the outputs. The one
 * place that prints complaints and decides on the exit status.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "attacker/crypto/providers.h"
#include "attacker/interrupt.h"
#include "attacker/load_leaks.h"
#include "attacker/options.h"
#include "attacker/run.h"
#include "attacker/story/output_file.h"
#include "capture/release.h"

enum {
    STATUS_OPENED = 0,
    STATUS_AUDITED = 0,
    STATUS_NOTHING_OPENED = 1,
    STATUS_FOUND_FAULT = 1,
    STATUS_TROUBLE = 2
};

static void complain(const char *text)
{
    (void)fprintf(stderr, "keyfall-attacker: %s\n", text);
}

/* protect_list: is `output` none of these files, which are read? */
static bool protect_list(const char *output, const struct paths *inputs, struct complaint *why)
{
    for (size_t i = 0; i < inputs->num; i++) {
        if (output_file_same(output, inputs->names[i]))
            return complaint_say(
                why, "%s: is one of the files to be read, and would be lost; name another to write",
                output);
    }
    return true;
}

static bool protect_inputs(const struct options *options, struct complaint *why)
{
    const char *const outputs[] = {options->keylog_out, options->plain_out, options->annotated_out};

    for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
        if (outputs[i] && !(protect_list(outputs[i], &options->captures, why) &&
                            protect_list(outputs[i], &options->keys, why) &&
                            protect_list(outputs[i], &options->ephemerals, why) &&
                            protect_list(outputs[i], &options->keylogs, why)))
            return false;
    }
    return true;
}

/* can_read_twice: what --annotate reads must be there still when the first time is over. */
static bool can_read_twice(const struct options *options, struct complaint *why)
{
    for (size_t i = 0; options->annotated_out && i < options->captures.num; i++) {
        const char *path = options->captures.names[i];

        if (access(path, F_OK) == 0 && !embedded_searchable(path))
            return complaint_say(why,
                                 "%s: is no file that can be read twice, as --annotate does; "
                                 "record to a file first",
                                 path);
    }
    return true;
}

/* open_sink opens an output if it was asked for. */
static bool open_sink(struct sinks *sinks, const struct sink_kind *kind, const char *path,
                      struct complaint *why)
{
    return !path || sinks_add(sinks, kind, path, false, why);
}

/* open_story opens what goes to standard output. An audit stands behind the story of each session,
 * when there are leaks to tell of. */
static bool open_story(struct sinks *sinks, const struct options *options, bool any_leak,
                       struct complaint *why)
{
    const char *no_color = getenv("NO_COLOR"); /* https://no-color.org: set and not empty */
    bool colour = isatty(STDOUT_FILENO) && !(no_color && no_color[0]);
    const struct sink_kind *story = options->json    ? &sink_json
                                    : options->quiet ? &sink_brief
                                                     : &sink_text;
    const struct sink_kind *audit = options->json    ? &sink_json_audit
                                    : options->quiet ? &sink_audit_brief
                                    : any_leak       ? &sink_audit_behind
                                                     : &sink_audit;

    if (options->standard_output_taken)
        return true;
    if (!options->audit)
        return sinks_add(sinks, story, NULL, colour, why);
    return (audit != &sink_audit_behind || sinks_add(sinks, story, NULL, colour, why)) &&
           sinks_add(sinks, audit, NULL, colour, why);
}

static bool open_sinks(struct sinks *sinks, const struct options *options, bool any_leak,
                       struct complaint *why)
{
    return protect_inputs(options, why) && can_read_twice(options, why) &&
           open_sink(sinks, &sink_streams, options->extract_folder, why) &&
           open_sink(sinks, &sink_secrets, options->keylog_out, why) &&
           open_sink(sinks, &sink_plain_capture, options->plain_out, why) &&
           open_sink(sinks, &sink_annotated, options->annotated_out, why) &&
           open_story(sinks, options, any_leak, why);
}

/* read_captures reads all of them; false when not one could be. */
static bool read_captures(struct run *run, const struct paths *captures)
{
    bool any = false;

    for (size_t i = 0; i < captures->num; i++) {
        bool read = run_read(run, captures->names[i], complain);

        any |= read;
    }
    return any;
}

static void say_no_tls(const struct run_summary *summary, const struct paths *captures)
{
    struct complaint text;

    (void)complaint_say(&text,
                        "%s%s: no TLS was found in %llu packets and %llu TCP connections; was the "
                        "right interface recorded?",
                        captures->names[0], captures->num > 1 ? " and the others" : "",
                        (unsigned long long)summary->packets,
                        (unsigned long long)summary->tcp_connections);
    complain(text.text);
}

/* fails_audit: would a session fall with the leak that none may fall with? */
static bool fails_audit(const struct options *options, const struct survey *survey)
{
    struct complaint text;
    unsigned long long fallen = options->fail_on ? survey->fallen[options->fatal] : 0;

    if (fallen == 0)
        return false;
    (void)complaint_say(&text, "%llu session%s would open with %s, the first of them session %llu",
                        fallen, fallen == 1 ? "" : "s", options->fail_on,
                        (unsigned long long)survey->first_fallen[options->fatal]);
    complain(text.text);
    return true;
}

/* status_of is that of a run in which all went well. */
static int status_of(const struct options *options, const struct run_summary *summary)
{
    uint64_t opened = summary->outcomes[OUTCOME_DECRYPTED] + summary->outcomes[OUTCOME_PARTIAL] +
                      summary->agreements_opened;

    if (options->audit)
        return fails_audit(options, summary->survey) ? STATUS_FOUND_FAULT : STATUS_AUDITED;
    return opened > 0 ? STATUS_OPENED : STATUS_NOTHING_OPENED;
}

static int attack(struct leaks *leaks, const struct options *options, struct sinks *sinks)
{
    const struct reassembly_options packets = {.verify_checksums = options->verify_checksums};
    struct run *run = run_new(leaks, sinks, &packets);

    interrupt_arm();

    bool any = read_captures(run, &options->captures);
    const struct run_summary *summary = run_finish(run);
    int status = STATUS_TROUBLE;
    struct complaint why;

    if (any && summary->sessions + summary->agreements == 0)
        say_no_tls(summary, &options->captures);

    /* The story and the JSON have the warnings in their summary; a line a session has none. */
    for (size_t i = summary->num_told; options->quiet && i < summary->num_warnings; i++)
        complain(summary->warnings[i]);

    bool written = sinks_finished(sinks, summary, &why);
    if (!written)
        complain(why.text);
    else if (any)
        status = status_of(options, summary);
    run_free(run);
    return status;
}

static int attack_as_asked(const struct options *options, struct complaint *why)
{
    struct providers providers;
    struct leaks leaks = {0};
    struct sinks sinks = {0};
    int status = STATUS_TROUBLE;

    providers_load(&providers);
    if (load_leaks(&leaks, options, complain, why) &&
        open_sinks(&sinks, options, leaks_any(&leaks), why)) {
        status = attack(&leaks, options, &sinks);
    } else {
        complain(why->text);
        sinks_abandon(&sinks);
    }
    leaks_clear(&leaks);
    providers_unload(&providers);
    return status;
}

static int print(const char *text)
{
    if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
        return STATUS_OPENED;
    complain("standard output: cannot be written");
    return STATUS_TROUBLE;
}

int main(int argc, char **argv)
{
    struct options options;
    struct complaint why;
    int status = STATUS_OPENED;

    if (!options_read(&options, argc, argv, &why)) {
        complain(why.text);
        status = STATUS_TROUBLE;
    } else if (options.wish == WISH_HELP) {
        status = print(options_help());
    } else if (options.wish == WISH_VERSION) {
        status = print("keyfall-attacker " KEYFALL_RELEASE "\n");
    } else {
        status = attack_as_asked(&options, &why);
    }
    options_clear(&options);
    return status;
}
