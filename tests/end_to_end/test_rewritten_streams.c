/*
 * The fixtures, with their TCP segments otherwise cut, ordered, repeated, numbered and ended, and
 * with others on the same wire. Nothing is lost by it, so nothing else may be found.
 */
#include "tests/support/check.h"
#include "tests/support/rewriter_trial.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void with_any_boundaries(void **state)
{
    static const struct rewriting ways[] = {
        {"1 byte", .changes = {{change_cut, 1}}},
        {"7 bytes", .changes = {{change_cut, 7}}},
        {"536 bytes", .changes = {{change_cut, 536}}},
        {"merged", .changes = {{change_merge, 65000}}},
        {"merged, then 1460 bytes", .changes = {{change_merge, 65000}, {change_cut, 1460}}},
        {"merged and without total length", .changes = {{change_merge, 65000}},
         .ip = IP_WITHOUT_LENGTH},
    };

    try_all(*state, ways, COUNT(ways));
}

static void in_any_order(void **state)
{
    static const struct rewriting ways[] = {
        {"shuffled by 2", .changes = {{change_shuffle, 2}}},
        {"shuffled by 4", .changes = {{change_shuffle, 4}}},
        {"shuffled by 16", .changes = {{change_shuffle, 16}}},
        {"turned around by 3", .changes = {{change_reverse, 3}}},
        {"100 bytes, turned around by 8", .changes = {{change_cut, 100}, {change_reverse, 8}}},
        {"20 bytes, shuffled by 30", .changes = {{change_cut, 20}, {change_shuffle, 30}}},
        {"the client late by 1", .changes = {{change_skew, 1}}},
        {"the client late by 4", .changes = {{change_skew, 4}}},
    };

    try_all(*state, ways, COUNT(ways));
}

static void with_any_copies(void **state)
{
    static const struct rewriting ways[] = {
        {"all twice", .changes = {{change_double, 0}}},
        {"repeated at once", .changes = {{change_repeat_late, 0}}},
        {"repeated late", .changes = {{change_repeat_late, 5}}},
        {"repeated otherwise", .changes = {{change_cut, 50}, {change_repeat_otherwise, 0}}},
        {"overlapping", .changes = {{change_cut, 50}, {change_overlap, 10}}},
        {"overlapping all", .changes = {{change_cut, 50}, {change_overlap, 50}}},
        {"keep-alives", .changes = {{change_keep_alive, 0}}},
        {"keep-alives with a byte", .changes = {{change_keep_alive, 1}}},
    };

    try_all(*state, ways, COUNT(ways));
}

static void with_any_marks(void **state)
{
    static const struct rewriting ways[] = {
        {"wrapping at the first byte", .changes = {{change_wrap, 1}}},
        {"wrapping at the second byte", .changes = {{change_wrap, 2}}},
        {"wrapping in the handshake", .changes = {{change_wrap, 300}}},
        {"wrapping in the handshake, cut and shuffled",
         .changes = {{change_wrap, 300}, {change_cut, 40}, {change_shuffle, 8}}},
        {"no SYN", .changes = {{change_no_syn, 0}}},
        {"RST", .changes = {{change_reset, 0}}},
        {"no FIN", .changes = {{change_no_fin, 0}}},
        {"no SYN, no FIN", .changes = {{change_no_syn, 0}, {change_no_fin, 0}}},
        {"half-closed", .changes = {{change_half_close, 0}}},
        {"ports exchanged", .changes = {{change_ports, 0}}},
        {"ports exchanged, no SYN", .changes = {{change_ports, 0}, {change_no_syn, 0}}},
        {"the same ports again", .changes = {{change_again, 0}}, .num_sessions = 2},
        {"the same ports again, never ended", .changes = {{change_again_unended, 0}},
         .num_sessions = 2},
    };

    try_all(*state, ways, COUNT(ways));
}

static void in_a_crowd(void **state)
{
    static const struct rewriting ways[] = {
        {"HTTP and noise", .changes = {{change_crowd, 0}}},
        {"HTTP and noise, shuffled", .changes = {{change_crowd, 0}, {change_shuffle, 6}}},
    };

    try_all(*state, ways, COUNT(ways));
}

int main(void)
{
    return run_trials("with any boundaries", with_any_boundaries) +
           run_trials("in any order", in_any_order) +
           run_trials("with any copies", with_any_copies) +
           run_trials("with any marks", with_any_marks) + run_trials("in a crowd", in_a_crowd);
}
