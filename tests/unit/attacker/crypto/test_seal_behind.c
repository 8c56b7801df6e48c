/* Records in front of which others are missing, or did not open. */
#include "attacker/crypto/master_secret.h"
#include "attacker/crypto/providers.h"
#include "attacker/session_lapse.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/seal_check.h"

#define MD5_SHA1 "MD5-SHA1"

static const struct sealing_plan plans[] = {
    {0x002f, TLS_1_0, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA1", MD5_SHA1, false, false, 0, 0},
    {0x002f, TLS_1_0, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA1", MD5_SHA1, true, false, 0, 0},
    {0x000a, TLS_1_0, SEALER_CBC, "DES-EDE3-CBC", 24, 8, 0, "SHA1", MD5_SHA1, false, false, 0, 0},
    {0x003c, TLS_1_2, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA256", "SHA256", false, false, 0, 0},
    {0x003c, TLS_1_2, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA256", "SHA256", true, false, 0, 0},
    {0x0005, TLS_1_2, SEALER_STREAM, "RC4", 16, 0, 0, "SHA1", "SHA256", false, false, 0, 0},
    {0x0004, TLS_1_0, SEALER_STREAM, "RC4", 16, 0, 0, "MD5", MD5_SHA1, false, false, 0, 0},
    {0x003b, TLS_1_2, SEALER_NULL, NULL, 0, 0, 0, "SHA256", "SHA256", false, false, 0, 0},
    {0x009c, TLS_1_2, SEALER_EXPLICIT_NONCE, "AES-128-GCM", 16, 0, 16, NULL, "SHA256", false, false,
     0, 0},
    {0xcca8, TLS_1_2, SEALER_XOR_NONCE, "ChaCha20-Poly1305", 32, 0, 16, NULL, "SHA256", false,
     false, 0, 0},
    {0x1301, TLS_1_3, SEALER_XOR_NONCE, "AES-128-GCM", 16, 0, 16, NULL, "SHA256", false, false, 0,
     0},
};
#define NUM_PLANS (sizeof(plans) / sizeof(plans[0]))

/* In TLS 1.0 the IV is the end of the record before, and encrypt-then-MAC does not cover it. */
static bool iv_is_unproven(const struct sealing_plan *plan)
{
    return plan->encrypt_then_mac && plan->version < TLS_1_1;
}

static const struct bytes WORDS = {(const uint8_t *)"attack at dawn", 14};

/* cut_of is the record that these bytes are. */
static struct record cut_of(struct bytes record)
{
    struct reader r = reader_of(record);
    struct record cut;

    assert_int_equal(record_next(&r, &cut), PROGRESS_DONE);
    return cut;
}

/* A pair, and what has not opened since the last record that did. */
struct line {
    struct seal_pair pair;
    struct direction missed;
};

/* open_behind opens a record, which says WORDS, behind a lapse. */
static enum seal_answer open_behind(struct line *l, struct bytes record,
                                    const struct seal_lapse *lapse, uint64_t *lost)
{
    struct record cut = cut_of(record);
    struct bytes plain;
    uint8_t type;
    enum seal_answer answer =
        seal_open_behind(l->pair.seal, &plain, &type, &cut, lapse, &l->missed.credit, lost);

    if (answer == SEAL_OPENED) {
        assert_int_equal(type, CONTENT_APPLICATION_DATA);
        assert_true(bytes_equal(plain, WORDS));
    }
    return answer;
}

static struct bytes next_record(struct line *l)
{
    return sealer_seal(&l->pair.sealer, CONTENT_APPLICATION_DATA, WORDS);
}

static void start(struct line *l, const struct sealing_plan *plan)
{
    *l = (struct line){.missed.credit = SESSION_SEARCH_CREDIT};
    seal_pair_start(&l->pair, plan, SIDE_CLIENT);
}

static void end(struct line *l)
{
    seal_pair_end(&l->pair);
}

/* open_next opens a record as a session would: with what is known of those in front of it. */
static enum seal_answer open_next(struct line *l, struct bytes record, uint64_t *lost)
{
    struct seal_lapse lapse = session_lapse_in_order(&l->missed);
    enum seal_answer answer = open_behind(l, record, &lapse, lost);

    if (answer != SEAL_SHUT)
        session_lapse_over(&l->missed);
    return answer;
}

static void is_open(struct line *l, struct bytes record)
{
    uint64_t lost;

    assert_int_equal(open_next(l, record, &lost), SEAL_OPENED);
    exact_free(record);
}

/* is_shut: it does not open, the seal stands where it stood, and what comes next is told so. */
static void is_shut(struct line *l, struct bytes record)
{
    uint64_t before = l->pair.seal->at.sequence;
    struct record cut = cut_of(record);
    uint64_t lost;

    assert_int_equal(open_next(l, record, &lost), SEAL_SHUT);
    assert_int_equal(l->pair.seal->at.sequence, before);
    session_lapse_damaged(&l->missed, &cut);
    exact_free(record);
}

/* damaged is the next record with a bit turned in its first byte behind the header. */
static struct bytes damaged(struct line *l)
{
    struct bytes record = next_record(l);

    ((uint8_t *)unconst(record.at))[RECORD_HEADER_LEN] ^= 1;
    return record;
}

/* foreign is a record that this side never sent, `len` bytes long. */
static struct bytes foreign(const struct line *l, size_t len)
{
    struct writer w = {0};

    write_uint(&w, CONTENT_APPLICATION_DATA, 1);
    write_uint(&w, l->pair.sealer.plan.version >= TLS_1_3 ? TLS_1_2 : l->pair.sealer.plan.version,
               2);
    write_open(&w, 2);
    write_repeated(&w, 0x66, len);
    write_close(&w);
    return writer_take(&w);
}

static void behind_damaged_records_the_next_one_opens(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        if (iv_is_unproven(&plans[i]))
            continue;
        for (int num_damaged = 1; num_damaged <= 4; num_damaged++) {
            struct line l;

            start(&l, &plans[i]);
            is_open(&l, next_record(&l));
            for (int k = 0; k < num_damaged; k++)
                is_shut(&l, damaged(&l));
            is_open(&l, next_record(&l));
            is_open(&l, next_record(&l));
            assert_int_equal(l.pair.seal->at.sequence, num_damaged + 3);
            end(&l);
        }
    }
}

static void behind_foreign_records_the_next_one_opens(void **state)
{
    static const size_t lengths[] = {0, 1, 7, 16, 64, 100};

    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct line l;

        start(&l, &plans[i]);
        is_open(&l, next_record(&l));
        for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++)
            is_shut(&l, foreign(&l, lengths[k]));
        is_open(&l, next_record(&l));
        is_open(&l, next_record(&l));
        assert_int_equal(l.pair.seal->at.sequence, 3);
        end(&l);
    }
}

static void a_damaged_first_record_does_not_hide_the_second(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct line l;

        if (iv_is_unproven(&plans[i]))
            continue;
        start(&l, &plans[i]);
        is_shut(&l, damaged(&l));
        is_open(&l, next_record(&l));
        end(&l);
    }
}

/* A record is not opened twice, and none that is older than one that opened. */
static void an_old_record_stays_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct line l;

        if (iv_is_unproven(&plans[i]))
            continue;
        start(&l, &plans[i]);
        struct bytes first = next_record(&l);
        is_open(&l, exact_copy(first));
        is_shut(&l, damaged(&l));
        is_open(&l, next_record(&l));
        is_shut(&l, first);
        end(&l);
    }
}

/* The MAC does not cover the IV there, which is the end of the record in front: that one has to be
 * right itself. */
static void nothing_is_given_out_behind_an_iv_that_nothing_proves(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct bytes record;
        struct line l;
        uint64_t lost;

        if (!iv_is_unproven(&plans[i]))
            continue;
        start(&l, &plans[i]);
        is_open(&l, next_record(&l));
        is_shut(&l, damaged(&l)); /* of one block, which is the IV of the next */
        record = next_record(&l); /* of one block, too: nothing of it can be read */
        assert_int_equal(open_next(&l, record, &lost), SEAL_PROVEN);
        assert_int_equal(lost, 1);
        is_open(&l, next_record(&l));
        assert_int_equal(l.pair.seal->at.sequence, 4);
        exact_free(record);
        end(&l);
    }
}

/* lose seals `count` records of different lengths and keeps the last; *bytes is how many they had
 * together. */
static struct bytes lose(struct line *l, size_t count, uint64_t *bytes)
{
    struct bytes last = {0};

    *bytes = 0;
    for (size_t i = 0; i < count; i++) {
        exact_free(last);
        last = sealer_seal(&l->pair.sealer, CONTENT_APPLICATION_DATA, bytes_first(WORDS, i % 15));
        *bytes += last.len;
    }
    return last;
}

static void the_number_behind_a_hole_is_found(void **state)
{
    static const size_t counts[] = {1, 2, 17, 300};

    (void)state;
    for (size_t i = 0; i < 4 * NUM_PLANS; i++) {
        size_t count = counts[i % 4];
        struct line l;
        uint64_t lost = 0;
        struct seal_lapse lapse = {.fewest = 1, .likely = 1, .before_is_own = true};

        start(&l, &plans[i / 4]);
        is_open(&l, next_record(&l));
        struct bytes last = lose(&l, count, &lapse.bytes);
        struct bytes record = next_record(&l);

        lapse.most = lapse.bytes / RECORD_HEADER_LEN;
        lapse.before = last;
        assert_int_equal(open_behind(&l, record, &lapse, &lost), SEAL_OPENED);
        assert_int_equal(lost, count);
        is_open(&l, next_record(&l));
        exact_free(last);
        exact_free(record);
        end(&l);
    }
}

/* Of the record in front, its last block and the MAC behind that have to be there. */
static void an_iv_is_sure_when_it_ends_the_record_in_front(void **state)
{
    static const struct {
        bool own;
        size_t too_few;
        enum seal_answer answer;
    } rows[] = {{true, 0, SEAL_OPENED}, {true, 1, SEAL_PROVEN}, {false, 0, SEAL_PROVEN}};

    (void)state;
    for (size_t i = 0; i < 3 * NUM_PLANS; i++) {
        const struct sealing_plan *plan = &plans[i / 3];
        struct line l;
        uint64_t lost = 0;
        struct seal_lapse lapse = {.most = 1, .likely = 1, .before_is_own = rows[i % 3].own};

        if (!iv_is_unproven(plan))
            continue;
        start(&l, plan);
        is_open(&l, next_record(&l));
        struct bytes last = lose(&l, 1, &lapse.bytes);
        struct bytes record = next_record(&l);
        struct reader r = reader_of(last);

        assert_true(reader_skip(&r, last.len - plan->block_len - l.pair.sealer.mac_len +
                                        rows[i % 3].too_few));
        lapse.before = r.left;
        assert_int_equal(open_behind(&l, record, &lapse, &lost), rows[i % 3].answer);
        is_open(&l, next_record(&l));
        exact_free(last);
        exact_free(record);
        end(&l);
    }
}

/* behind_finished: `clear` bytes, the Finished and `more` records are missing behind the change of
 * keys; what comes next is to be opened with this credit. */
static enum seal_answer behind_finished(const struct sealing_plan *plan, uint64_t clear,
                                        size_t more, uint64_t *credit)
{
    static const uint8_t finished[HANDSHAKE_HEADER_LEN + VERIFY_DATA_LEN] = {HANDSHAKE_FINISHED};
    struct line l;
    uint64_t lost = 0;
    uint64_t bytes = 0;

    start(&l, plan);
    l.missed.credit = *credit;
    struct bytes first =
        sealer_seal(&l.pair.sealer, CONTENT_HANDSHAKE, bytes_of(finished, sizeof(finished)));
    struct bytes last = lose(&l, more, &bytes);
    struct bytes record = next_record(&l);
    struct seal_lapse lapse = {.bytes = clear + first.len + bytes, .change_unseen = true};

    lapse.most = lapse.bytes / RECORD_HEADER_LEN;
    enum seal_answer answer = open_behind(&l, record, &lapse, &lost);

    if (answer == SEAL_OPENED) {
        assert_int_equal(lost, 1 + more);
        is_open(&l, next_record(&l));
    }
    *credit = l.missed.credit;
    exact_free(first);
    exact_free(last);
    exact_free(record);
    end(&l);
    return answer;
}

/* A stream cipher's place in its keystream depends on how many of the bytes were sealed. */
static void behind_an_unseen_change_the_place_is_found(void **state)
{
    static const uint64_t clear[] = {0, 1, 373, 2000};

    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        for (size_t k = 0; k < 12 && plans[i].way == SEALER_STREAM; k++) {
            uint64_t credit = SESSION_SEARCH_CREDIT;

            assert_int_equal(behind_finished(&plans[i], clear[k / 3], k % 3, &credit), SEAL_OPENED);
        }
    }
}

/* Many records more, and it would cost too much: then that is said. */
static void a_place_that_costs_too_much_is_said_to_be_untried(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        uint64_t credit = SESSION_SEARCH_CREDIT;

        if (plans[i].way != SEALER_STREAM)
            continue;
        assert_int_equal(behind_finished(&plans[i], 4000, 300, &credit), SEAL_UNTRIED);
        assert_int_equal(credit, 0);
    }
}

/* Whatever is claimed to be missing, the work is bounded. */
static void the_credit_bounds_the_attempts(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        const struct seal_lapse lapse = {
            .most = UINT32_MAX, .likely = 1, .bytes = UINT32_MAX, .before = WORDS};
        struct line l;
        uint64_t lost;

        start(&l, &plans[i]);
        is_open(&l, next_record(&l));
        struct bytes record = damaged(&l);
        assert_int_equal(open_behind(&l, record, &lapse, &lost), SEAL_UNTRIED);
        assert_int_equal(l.missed.credit, 0);
        assert_int_equal(l.pair.seal->at.sequence, 1);
        exact_free(record);
        end(&l);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(behind_damaged_records_the_next_one_opens),
        CASE(behind_foreign_records_the_next_one_opens),
        CASE(a_damaged_first_record_does_not_hide_the_second),
        CASE(an_old_record_stays_refused),
        CASE(nothing_is_given_out_behind_an_iv_that_nothing_proves),
        CASE(the_number_behind_a_hole_is_found),
        CASE(an_iv_is_sure_when_it_ends_the_record_in_front),
        CASE(behind_an_unseen_change_the_place_is_found),
        CASE(a_place_that_costs_too_much_is_said_to_be_untried),
        CASE(the_credit_bounds_the_attempts),
    };
    struct providers providers;

    providers_load(&providers);
    int failed = RUN(cases);
    providers_unload(&providers);
    return failed;
}
