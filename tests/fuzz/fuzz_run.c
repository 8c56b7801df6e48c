/*
 * Target: run_read, and every sink. Input: a capture file, of any kind, compressed or not. Holds:
 * each session comes to one outcome, and everything could be written.
 */
#include "attacker/run.h"

#include <assert.h>
#include <stdio.h>

#include "tests/fuzz/target.h"
#include "tests/support/fixture_leaks.h"
#include "tests/support/memory_file.h"

#define OUTPUTS "build/fuzz/outputs/" /* written anew by each run */

static bool open_all(struct sinks *sinks, struct complaint *why)
{
    return freopen("/dev/null", "w", stdout) && sinks_add(sinks, &sink_text, NULL, true, why) &&
           sinks_add(sinks, &sink_brief, NULL, false, why) &&
           sinks_add(sinks, &sink_json, NULL, false, why) &&
           sinks_add(sinks, &sink_streams, OUTPUTS "streams", false, why) &&
           sinks_add(sinks, &sink_secrets, OUTPUTS "secrets", false, why) &&
           sinks_add(sinks, &sink_plain_capture, OUTPUTS "plain", false, why) &&
           sinks_add(sinks, &sink_annotated, OUTPUTS "annotated", false, why);
}

static void ignore(const char *text)
{
    (void)text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct fixture_leaks *all = fixture_leaks_all();
    struct leaks leaks = all->leaks;
    struct memory_file recording;
    struct sinks sinks = {0};
    struct complaint why;

    memory_file_open(&recording, bytes_of(data, len));
    leaks.keylog = (struct keylog){0}; /* what the recording holds must not stay in it */
    keylog_add_embedded(&leaks.keylog, buffer_view(&all->lines));
    embedded_load(&leaks.keylog, recording.path);

    bool opened = open_all(&sinks, &why);
    struct run *run = run_new(&leaks, &sinks, &(struct reassembly_options){0});
    bool read = run_read(run, recording.path, ignore);
    const struct run_summary *s = run_finish(run);
    assert(s->outcomes[0] + s->outcomes[1] + s->outcomes[2] + s->outcomes[3] == s->sessions);
    assert(opened && (read || s->sessions == 0));
    bool written = sinks_finished(&sinks, s, &why);
    assert(written);
    run_free(run);
    keylog_clear(&leaks.keylog);
    memory_file_close(&recording);
    return 0;
}
