#include "tests/support/seal_check.h"

#include "tests/support/check.h"
#include "tests/support/message_writer.h"

/* 48 bytes: a master secret, or the traffic secret of SHA-384; SHA-256 takes 32 of them. */
static const uint8_t SECRET[48] = {7,  49, 91, 133, 175, 217, 3, 45, 87, 129, 171, 213,
                                   8,  50, 92, 134, 176, 218, 4, 46, 88, 130, 172, 214,
                                   9,  51, 93, 135, 177, 219, 5, 47, 89, 131, 173, 215,
                                   10, 52, 94, 136, 178, 220, 6, 48, 90, 132, 174, 216};

void seal_pair_start(struct seal_pair *p, const struct sealing_plan *plan, enum side from)
{
    const struct suite *suite = suite_find(plan->suite);
    bool sha384 = strcmp(plan->prf, "SHA384") == 0;
    uint8_t randoms[64];

    assert_non_null(suite);
    for (size_t i = 0; i < sizeof(randoms); i++)
        randoms[i] = (uint8_t)(i * 3);
    if (plan->version >= TLS_1_3) {
        struct bytes secret = bytes_of(SECRET, sha384 ? 48 : 32);

        p->seal = seal_from_traffic_secret(suite, 0, secret);
        sealer_start(&p->sealer, plan, secret, from, (struct bytes){0});
    } else {
        struct bytes secret = bytes_of(SECRET, 48);

        const struct seal_terms terms = {suite, plan->version, plan->encrypt_then_mac,
                                         plan->truncated_hmac};

        p->seal = seal_from_master(&terms, secret, from, bytes_of(randoms, sizeof(randoms)));
        sealer_start(&p->sealer, plan, secret, from, bytes_of(randoms, sizeof(randoms)));
    }
    assert_non_null(p->seal);
}

void seal_pair_end(struct seal_pair *p)
{
    seal_free(p->seal);
    p->seal = NULL;
}

void opens_somewhere(struct seal *seal, struct bytes record, uint8_t type, struct bytes content)
{
    struct bytes exact = exact_copy(record);
    struct reader r = reader_of(exact);
    struct bytes plain;
    struct record cut;
    uint8_t opened_type;

    assert_int_equal(record_next(&r, &cut), PROGRESS_DONE);
    assert_true(reader_done(&r));
    assert_true(seal_open(seal, &plain, &opened_type, &cut));
    assert_int_equal(opened_type, type);
    assert_int_equal(plain.len, content.len);
    assert_true(bytes_equal(plain, content));
    exact_free(exact);
}

void opens(struct seal *seal, struct bytes record, uint8_t type, struct bytes content)
{
    uint64_t before = seal->at.sequence;

    opens_somewhere(seal, record, type, content);
    assert_int_equal(seal->at.sequence, before + 1);
}

void refuses(struct seal *seal, struct bytes record)
{
    struct bytes exact = exact_copy(record);
    struct reader r = reader_of(exact);
    struct bytes plain = bytes_of(exact.at, 1);
    struct record cut;
    uint64_t before = seal->at.sequence;
    uint8_t type = 0x5a;

    if (record_next(&r, &cut) == PROGRESS_DONE) {
        assert_false(seal_open(seal, &plain, &type, &cut));
        assert_ptr_equal(plain.at, exact.at);
        assert_int_equal(plain.len, 1);
        assert_int_equal(type, 0x5a);
        assert_int_equal(seal->at.sequence, before);
    }
    exact_free(exact);
}

void refuses_any_change(struct seal *seal, struct bytes record, uint8_t type, struct bytes content)
{
    static const struct length_field length = {3, 2, 0};

    for (size_t i = 0; i < record.len; i++) {
        struct bytes changed = exact_copy(record);

        ((uint8_t *)unconst(changed.at))[i] ^= (uint8_t)(1u << (i % 8));
        refuses(seal, changed);
        exact_free(changed);
    }
    for (size_t len = RECORD_HEADER_LEN; len < record.len; len++) {
        struct bytes shorter = lying(bytes_first(record, len), &length, len - RECORD_HEADER_LEN);

        refuses(seal, shorter);
        exact_free(shorter);
    }
    opens(seal, record, type, content);
}
