/* What follows behind a record that did not open. */
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/seal_check.h"

#define MD5_SHA1 "MD5-SHA1"

static const struct sealing_plan plans[] = {
    {0x002f, TLS_1_0, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA1", MD5_SHA1, false},
    {0x002f, TLS_1_0, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA1", MD5_SHA1, true},
    {0x000a, TLS_1_0, SEALER_CBC, "DES-EDE3-CBC", 24, 8, 0, "SHA1", MD5_SHA1, false},
    {0x003c, TLS_1_2, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA256", "SHA256", false},
    {0x003c, TLS_1_2, SEALER_CBC, "AES-128-CBC", 16, 16, 0, "SHA256", "SHA256", true},
    {0x003b, TLS_1_2, SEALER_NULL, NULL, 0, 0, 0, "SHA256", "SHA256", false},
    {0x009c, TLS_1_2, SEALER_EXPLICIT_NONCE, "AES-128-GCM", 16, 0, 16, NULL, "SHA256", false},
    {0xcca8, TLS_1_2, SEALER_XOR_NONCE, "ChaCha20-Poly1305", 32, 0, 16, NULL, "SHA256", false},
    {0x1301, TLS_1_3, SEALER_XOR_NONCE, "AES-128-GCM", 16, 0, 16, NULL, "SHA256", false},
};
#define NUM_PLANS (sizeof(plans) / sizeof(plans[0]))

/* In TLS 1.0 the IV is the end of the record before, and encrypt-then-MAC does not cover it. */
static bool iv_is_unproven(const struct sealing_plan *plan)
{
    return plan->encrypt_then_mac && plan->version < TLS_1_1;
}

static const struct bytes WORDS = {(const uint8_t *)"attack at dawn", 14};

static struct bytes next_record(struct seal_pair *p)
{
    return sealer_seal(&p->sealer, CONTENT_APPLICATION_DATA, WORDS);
}

static void is_open(struct seal_pair *p, struct bytes record)
{
    opens_somewhere(p->seal, record, CONTENT_APPLICATION_DATA, WORDS);
    exact_free(record);
}

/* miss: the record does not open, and the seal is told so. */
static void miss(struct seal_pair *p, struct bytes record)
{
    struct reader r = reader_of(record);
    struct record cut;

    refuses(p->seal, record);
    assert_int_equal(record_next(&r, &cut), PROGRESS_DONE);
    seal_miss(p->seal, &cut);
    exact_free(record);
}

/* damaged is the next record with a bit turned in its first byte behind the header. */
static struct bytes damaged(struct seal_pair *p)
{
    struct bytes record = next_record(p);

    ((uint8_t *)unconst(record.at))[RECORD_HEADER_LEN] ^= 1;
    return record;
}

/* foreign is a record that this side never sent, `len` bytes long. */
static struct bytes foreign(const struct seal_pair *p, size_t len)
{
    struct writer w = {0};

    write_uint(&w, CONTENT_APPLICATION_DATA, 1);
    write_uint(&w, p->sealer.plan.version >= TLS_1_3 ? TLS_1_2 : p->sealer.plan.version, 2);
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
            struct seal_pair p;

            seal_pair_start(&p, &plans[i], SIDE_CLIENT);
            is_open(&p, next_record(&p));
            for (int k = 0; k < num_damaged; k++)
                miss(&p, damaged(&p));
            is_open(&p, next_record(&p));
            is_open(&p, next_record(&p));
            assert_int_equal(p.seal->at.sequence, num_damaged + 3);
            seal_pair_end(&p);
        }
    }
}

static void behind_foreign_records_the_next_one_opens(void **state)
{
    static const size_t lengths[] = {0, 1, 7, 16, 64, 100};

    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        seal_pair_start(&p, &plans[i], SIDE_SERVER);
        is_open(&p, next_record(&p));
        for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++)
            miss(&p, foreign(&p, lengths[k]));
        is_open(&p, next_record(&p));
        is_open(&p, next_record(&p));
        assert_int_equal(p.seal->at.sequence, 3);
        seal_pair_end(&p);
    }
}

static void a_damaged_first_record_does_not_hide_the_second(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        if (iv_is_unproven(&plans[i]))
            continue;
        seal_pair_start(&p, &plans[i], SIDE_CLIENT);
        miss(&p, damaged(&p));
        is_open(&p, next_record(&p));
        seal_pair_end(&p);
    }
}

/* A record is not opened twice, and none that is older than one that opened. */
static void an_old_record_stays_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        if (iv_is_unproven(&plans[i]))
            continue;
        seal_pair_start(&p, &plans[i], SIDE_CLIENT);
        struct bytes first = next_record(&p);
        opens(p.seal, first, CONTENT_APPLICATION_DATA, WORDS);
        miss(&p, damaged(&p));
        is_open(&p, next_record(&p));
        refuses(p.seal, first);
        exact_free(first);
        seal_pair_end(&p);
    }
}

static void nothing_is_given_out_behind_an_iv_that_nothing_proves(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        if (!iv_is_unproven(&plans[i]))
            continue;
        seal_pair_start(&p, &plans[i], SIDE_CLIENT);
        is_open(&p, next_record(&p));
        miss(&p, damaged(&p)); /* of one block, which is the IV of the next */
        miss(&p, next_record(&p));
        miss(&p, next_record(&p));
        seal_pair_end(&p);
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
    };

    return RUN(cases);
}
