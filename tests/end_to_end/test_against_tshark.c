/*
 * tshark and we on the same rewritten recordings, with the same leaks. What TCP carries has to be
 * the same bytes for tshark and for our reassembly; and what tshark decrypts the same as what the
 * attacker opens. A third of the fixtures takes part in each way, another third in the next one.
 * Where tshark finds something else, the
 * tables below say so and why, and the attacker must be right all the same. Skipped where there is
 * no tshark.
 */
#include <glob.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter_batch.h"
#include "tests/support/rewriter_tshark.h"
#include "tests/support/rewriter_ways.h"

/* Ways in one recording: tshark takes its time to start, and then follows each conversation that
 * there is in all packets that there are. */
enum { WAYS_AT_ONCE = 8 };

/* Out of step: a message of one side stands in front of that of the other side which it answers.
 * The bytes are all there, and each side's can be put in order; but tshark makes keys of what it
 * has seen up to a frame, also when it is told to reassemble out of order. And when it follows TCP,
 * it takes for lost what was acknowledged first, and writes a sentence of its own in its place;
 * where nothing is acknowledged, it does put all of it in order. */
static const char out_of_step[] = "tshark 4.0 loses keys when the two sides are out of step";
static const char acknowledged[] = "tshark 4.0 gives up what stands behind its acknowledgement";
static const char no_beginning[] = "tshark 4.0 begins with the first segment, if there is no SYN";
static const char no_length[] = "tshark 4.0 does not read IPv6 without a length";
static const char first_segment[] = "tshark 4.0 knows TLS by its first segment, but on port 443";
static const char not_anew[] = "tshark 4.0 knows a new connection by its SYN alone";

struct beyond {
    const char *way;
    const char *why;
    bool partly; /* some talks are lost to it, fewer than half, and it finds no others */
};

static const struct beyond beyond_its_tls[] = {
    {"no total length", no_length, true},
    {"merged and without total length", no_length, true},
    {"1 byte", first_segment, true},
    {"shuffled by 2", out_of_step, true},
    {"shuffled by 4", out_of_step, false},
    {"shuffled by 16", out_of_step, false},
    {"turned around by 3", out_of_step, false},
    {"100 bytes, turned around by 8", out_of_step, false},
    {"20 bytes, shuffled by 30", out_of_step, false},
    {"nothing acknowledged, shuffled by 4", out_of_step, false},
    {"nothing acknowledged, shuffled by 16", out_of_step, false},
    {"nothing acknowledged, turned around by 3", out_of_step, false},
    {"nothing acknowledged, 100 bytes, turned around by 8", out_of_step, false},
    {"nothing acknowledged, 20 bytes, shuffled by 30", out_of_step, false},
    {"the client late by 1", out_of_step, false},
    {"the client late by 4", out_of_step, false},
    {"wrapping in the handshake, cut and shuffled", out_of_step, false},
    {"nothing acknowledged, wrapping in the handshake, shuffled by 8", out_of_step, false},
    {"no SYN, shuffled by 4", no_beginning, false},
    {"no SYN, turned around by 3", no_beginning, false},
    {"no SYN, 200 bytes, shuffled by 8", no_beginning, false},
    {"no SYN, the client late by 4", out_of_step, false},
    {"the same ports again, never ended and begun", not_anew, false},
    {"HTTP and noise, shuffled", out_of_step, false},
};

static const struct beyond beyond_its_tcp[] = {
    {"no total length", no_length, true},
    {"merged and without total length", no_length, true},
    {"shuffled by 4", acknowledged, false},
    {"shuffled by 16", acknowledged, false},
    {"turned around by 3", acknowledged, false},
    {"100 bytes, turned around by 8", acknowledged, false},
    {"20 bytes, shuffled by 30", acknowledged, false},
    {"wrapping in the handshake, cut and shuffled", acknowledged, false},
    {"no SYN, shuffled by 4", no_beginning, false},
    {"no SYN, turned around by 3", no_beginning, false},
    {"no SYN, 200 bytes, shuffled by 8", no_beginning, false},
    {"the same ports again, never ended and begun", not_anew, false},
};

static const struct beyond *find_beyond(const struct beyond *table, size_t num, const char *way)
{
    for (size_t i = 0; i < num; i++) {
        if (strcmp(way, table[i].way) == 0)
            return &table[i];
    }
    return NULL;
}

#define BEYOND(table, way) find_beyond(table, sizeof(table) / sizeof((table)[0]), way)

/* --- All leaks there are ----------------------------------------------------------------- */

/* What opens all fixtures, as options of each program. */
struct leaks {
    char *folder; /* with all key logs in one */
    char *keys;   /* a folder of all keys */
    char *for_attacker;
    char *for_tshark;
};

static void add_text(char **text, char *more)
{
    char *longer = alloc_format("%s %s", *text, more);

    free(*text);
    free(more);
    *text = longer;
}

static void add_keys(struct leaks *leaks)
{
    glob_t found;

    assert_int_equal(glob("fixtures/*/server.key", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *key = found.gl_pathv[i];

        char *copy = alloc_format("%s/%zu.key", leaks->keys, i);
        struct buffer content = file_read(key);

        file_write(copy, buffer_view(&content));
        buffer_clear(&content);
        free(copy);
        if (!strstr(key, "ecdsa")) /* tshark takes RSA keys only */
            add_text(&leaks->for_tshark, alloc_format("-o 'uat:rsa_keys:\"%s\",\"\"'", key));
    }
    add_text(&leaks->for_attacker, alloc_format("-k %s", leaks->keys));
    globfree(&found);
}

/* add_for_attacker gives every file of that name, for which tshark has no use. */
static void add_for_attacker(struct leaks *leaks, const char *option, const char *pattern)
{
    glob_t found;

    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        add_text(&leaks->for_attacker, alloc_format("%s %s", option, found.gl_pathv[i]));
    globfree(&found);
}

static void add_key_logs(struct leaks *leaks)
{
    char *path = alloc_format("%s/keylog.txt", leaks->folder);
    struct buffer all = {0};
    glob_t found;

    assert_int_equal(glob("fixtures/*/keylog.txt", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct buffer log = file_read(found.gl_pathv[i]);

        buffer_append(&all, buffer_view(&log));
        buffer_clear(&log);
    }
    file_write(path, buffer_view(&all));
    add_text(&leaks->for_attacker, alloc_format("--keylog %s", path));
    add_text(&leaks->for_tshark, alloc_format("-o tls.keylog_file:%s", path));
    globfree(&found);
    buffer_clear(&all);
    free(path);
}

static void take_leaks(struct leaks *leaks)
{
    *leaks = (struct leaks){scratch_new(), scratch_new(), alloc_text(""), alloc_text("")};
    add_keys(leaks);
    /* Those that export suites made for the purpose, and those of tickets that have no key log. */
    add_for_attacker(leaks, "--ephemeral", "fixtures/*/temporary.key");
    add_for_attacker(leaks, "--ticket-key", "fixtures/tickets-*/ticket.key");
    add_key_logs(leaks);
}

static void leaks_clear(struct leaks *leaks)
{
    scratch_free(leaks->folder);
    scratch_free(leaks->keys);
    free(leaks->for_attacker);
    free(leaks->for_tshark);
}

/* --- Comparing --------------------------------------------------------------------------- */

enum { SPARE = 16 };

/* Ways in one recording, and what is found in it. */
struct round {
    struct buffer recording;
    const struct rewriting *ways[1 + WAYS_AT_ONCE]; /* number 0 is of no use */
    size_t shares[1 + WAYS_AT_ONCE];
    size_t num_ways;
    struct talks read;      /* by our reassembly */
    struct talks carried;   /* by tshark */
    struct talks opened;    /* by the attacker */
    struct talks decrypted; /* by tshark */
};

static void find_all(struct round *round, const struct leaks *leaks)
{
    char *path = alloc_format("%s/rewritten.pcap", leaks->folder);

    file_write(path, buffer_view(&round->recording));
    talks_read(&round->read, path);
    talks_open(&round->opened, path, leaks->for_attacker);
    /* What comes behind an end that was not recorded, tshark may take for one more conversation. */
    tshark_follow_all(&round->carried, &round->decrypted, path, leaks->for_tshark,
                      round->read.num + SPARE);
    free(path);
}

static void round_clear(struct round *round)
{
    buffer_clear(&round->recording);
    talks_clear(&round->read);
    talks_clear(&round->carried);
    talks_clear(&round->opened);
    talks_clear(&round->decrypted);
    *round = (struct round){0};
}

/* tell says who differs, if anybody does, and returns whether that is wrong. */
static bool tell(const struct rewriting *way, const char *who, const struct beyond *beyond,
                 struct difference d)
{
    bool differs = d.lost + d.others > 0;
    bool known = beyond && (!beyond->partly || (d.others == 0 && 2 * d.lost < d.num));

    if (d.num == 0) {
        print_error("%s: %s: there is nothing to find\n", way->name, who);
        return true;
    }
    if (differs)
        print_message("%s: %s: %zu of %zu lost, %zu others%s%s\n", way->name, who, d.lost, d.num,
                      d.others, known ? ": " : "", known ? beyond->why : "");
    return differs && !known;
}

/* differs: number `i` of the round; `original` is what the attacker opens in it as it was, where
 * each share has its number. */
static bool differs(struct round *round, size_t i, const struct talks *original)
{
    const struct rewriting *way = round->ways[i];
    size_t times = way->num_sessions > 0 ? way->num_sessions : 1;
    bool attacker = tell(way, "the attacker", NULL,
                         talks_compare(original, round->shares[i] + 1, times, &round->opened, i));
    bool tls = tell(way, "tshark's TLS", BEYOND(beyond_its_tls, way->name),
                    talks_compare(&round->opened, i, 1, &round->decrypted, i));
    bool tcp = tell(way, "tshark's TCP", BEYOND(beyond_its_tcp, way->name),
                    talks_compare(&round->read, i, 1, &round->carried, i));

    return attacker || tls || tcp;
}

/* Conversations of the fixtures that tshark 4.0 opens, too: those of all suites and versions that
 * are in use. */
enum { AT_LEAST = 25 };

struct world {
    struct batch batch;
    struct leaks leaks;
    struct talks original;
};

/* take_ways makes a recording of these ways, from number `done` on, as many as fit into one. */
static void take_ways(struct round *round, struct batch *batch, const struct way_group *group,
                      size_t done)
{
    while (done < group->num_ways && round->num_ways < WAYS_AT_ONCE) {
        const struct rewriting *way = &group->ways[done];
        size_t share = done % BATCH_NUM_SHARES;

        if (!batch_add(batch, share, way, round->num_ways + 1, &round->recording))
            return;
        round->num_ways++;
        round->ways[round->num_ways] = way;
        round->shares[round->num_ways] = share;
        done++;
    }
}

static size_t num_different(struct world *world, const struct way_group *group)
{
    size_t different = 0;

    for (size_t done = 0; done < group->num_ways;) {
        struct round round = {0};

        take_ways(&round, &world->batch, group, done);
        find_all(&round, &world->leaks);
        for (size_t i = 1; i <= round.num_ways; i++)
            different += differs(&round, i, &world->original);
        done += round.num_ways;
        round_clear(&round);
    }
    return different;
}

/* open_original makes a recording of all conversations as they are, and opens it. */
static void open_original(struct world *world, const char *path)
{
    static const struct rewriting as_it_is = {.name = "as it is"};
    struct buffer recording = {0};

    for (size_t share = 0; share < BATCH_NUM_SHARES; share++)
        assert_true(batch_add(&world->batch, share, &as_it_is, share + 1, &recording));
    file_write(path, buffer_view(&recording));
    talks_clear(&world->original);
    talks_open(&world->original, path, world->leaks.for_attacker);
    buffer_clear(&recording);
}

/* leave_out takes those out of the batch that tshark does not open even as they are, and returns
 * how many they were. */
static size_t leave_out(struct world *world, const char *path)
{
    struct talks carried = {0};
    struct talks decrypted = {0};
    size_t num_left_out = 0;

    tshark_follow_all(&carried, &decrypted, path, world->leaks.for_tshark, world->batch.num);
    for (size_t i = 0; i < world->original.num; i++) {
        if (talks_have(&decrypted, &world->original.at[i]))
            continue;
        batch_leave_out(&world->batch, world->original.at[i].conversation);
        num_left_out++;
    }
    talks_clear(&carried);
    talks_clear(&decrypted);
    return num_left_out;
}

static void world_init(struct world *world)
{
    char *path;

    batch_read(&world->batch);
    take_leaks(&world->leaks);
    path = alloc_format("%s/original.pcap", world->leaks.folder);
    open_original(world, path);
    assert_int_equal(world->original.num, world->batch.num); /* every one of them opens here */

    size_t num_left_out = leave_out(world, path);

    print_message("%zu of %zu conversations are opened by tshark as well\n",
                  world->batch.num - num_left_out, world->batch.num);
    assert_true(world->batch.num - num_left_out >= AT_LEAST);
    open_original(world, path);
    assert_int_equal(world->original.num, world->batch.num - num_left_out);
    free(path);
}

static void finds_what_tshark_finds(void **state)
{
    const struct way_group *group = *state;
    struct world world = {0};
    size_t different;

    if (!is_installed("tshark"))
        skip();
    world_init(&world);
    different = num_different(&world, group);
    batch_clear(&world.batch);
    leaks_clear(&world.leaks);
    talks_clear(&world.original);
    assert_int_equal(different, 0);
}

int main(void)
{
    struct CMUnitTest cases[NUM_WAY_GROUPS];

    for (size_t i = 0; i < NUM_WAY_GROUPS; i++)
        cases[i] = (struct CMUnitTest){way_groups[i].name, finds_what_tshark_finds, NULL, NULL,
                                       unconst(&way_groups[i])};
    return _cmocka_run_group_tests("against tshark", cases, NUM_WAY_GROUPS, NULL, NULL);
}
