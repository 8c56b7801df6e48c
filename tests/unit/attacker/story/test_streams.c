#include "attacker/story/sink.h"

#include <malloc.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

/* More sessions at a time than 16 MiB hold, at 60 KiB each. */
enum { NUM_SESSIONS = 600, PIECE_LEN = 1000, NUM_PIECES = 60, LIMIT = 16 << 20 };

static struct bytes piece_of(size_t session, size_t number)
{
    static uint8_t piece[PIECE_LEN];

    memset(piece, (int)(session * 7 + number), sizeof(piece));
    return bytes_of(piece, sizeof(piece));
}

static void assert_file(const char *folder, size_t session)
{
    char *path = alloc_format("%s/session-%zu-server.bin", folder, session + 1);
    struct buffer file = file_read(path);

    assert_int_equal(file.len, NUM_PIECES * PIECE_LEN);
    for (size_t i = 0; i < NUM_PIECES; i++)
        assert_memory_equal(file.at + i * PIECE_LEN, piece_of(session, i).at, PIECE_LEN);
    buffer_clear(&file);
    free(path);
}

static void many_open_sessions_share_a_limit_and_lose_nothing(void **state)
{
    static struct session session; /* only its verdict is looked at, which is "nothing opened" */
    static void *open[NUM_SESSIONS];
    char *folder = scratch_new();
    struct complaint why;
    void *sink = sink_streams.open(folder, false, &why);
    size_t before = mallinfo2().uordblks;

    (void)state;
    assert_non_null(sink);
    for (size_t i = 0; i < NUM_SESSIONS; i++)
        open[i] = sink_streams.session_opened(sink, &session);
    for (size_t k = 0; k < NUM_PIECES; k++) {
        for (size_t i = 0; i < NUM_SESSIONS; i++)
            sink_streams.plaintext(sink, open[i], SIDE_SERVER, piece_of(i, k), 0);
        if (!INSTRUMENTED)
            assert_true(mallinfo2().uordblks < before + LIMIT + (1 << 20));
    }
    for (size_t i = 0; i < NUM_SESSIONS; i++)
        sink_streams.verdict(sink, open[i], &session, i + 1);
    assert_true(sink_streams.finished(sink, NULL, &why));
    for (size_t i = 0; i < NUM_SESSIONS; i++)
        assert_file(folder, i);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(many_open_sessions_share_a_limit_and_lose_nothing),
    };

    return RUN(cases);
}
