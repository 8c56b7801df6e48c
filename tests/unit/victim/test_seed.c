#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "victim/seed.h"
#include "victim/timeline.h"

#include "tests/support/check.h"

static struct dice dice_of(const char *text, const char *label)
{
    struct seed seed;
    struct dice dice;

    assert_true(seed_init(&seed, text));
    dice_init(&dice, &seed, label);
    return dice;
}

static void the_same_seed_and_label_give_the_same_numbers(void **state)
{
    struct dice a = dice_of("text", "label");
    struct dice b = dice_of("text", "label");
    uint8_t from_a[100];
    uint8_t from_b[100];

    (void)state;
    dice_roll(&a, from_a, sizeof(from_a));
    dice_roll(&b, from_b, sizeof(from_b));
    assert_memory_equal(from_a, from_b, sizeof(from_a));
}

static void another_seed_or_another_label_gives_other_numbers(void **state)
{
    struct dice a = dice_of("text", "label");
    struct dice b = dice_of("texu", "label");
    struct dice c = dice_of("text", "labem");
    uint8_t from_a[32];
    uint8_t from_b[32];
    uint8_t from_c[32];

    (void)state;
    dice_roll(&a, from_a, sizeof(from_a));
    dice_roll(&b, from_b, sizeof(from_b));
    dice_roll(&c, from_c, sizeof(from_c));
    assert_memory_not_equal(from_a, from_b, sizeof(from_a));
    assert_memory_not_equal(from_a, from_c, sizeof(from_a));
}

static void numbers_do_not_depend_on_how_many_are_drawn_at_once(void **state)
{
    struct dice whole = dice_of("text", "label");
    struct dice pieces = dice_of("text", "label");
    uint8_t expected[100];
    uint8_t got[100];

    (void)state;
    dice_roll(&whole, expected, sizeof(expected));
    for (size_t at = 0, n = 1; at < sizeof(got); at += n, n = n % 13 + 1) {
        n = n < sizeof(got) - at ? n : sizeof(got) - at;
        dice_roll(&pieces, got + at, n);
    }
    assert_memory_equal(got, expected, sizeof(got));
}

static void a_row_of_numbers_does_not_repeat_its_blocks(void **state)
{
    struct dice dice = dice_of("text", "label");
    uint8_t first[SEED_KEY_SIZE];
    uint8_t second[SEED_KEY_SIZE];

    (void)state;
    dice_roll(&dice, first, sizeof(first));
    dice_roll(&dice, second, sizeof(second));
    assert_memory_not_equal(first, second, sizeof(first));
}

static void dice_stay_below_their_limit_and_reach_every_number(void **state)
{
    struct dice dice = dice_of("text", "label");
    unsigned seen = 0;

    (void)state;
    for (size_t i = 0; i < 200; i++) {
        uint32_t n = dice_below(&dice, 6);

        assert_true(n < 6);
        seen |= 1U << n;
    }
    assert_int_equal(seen, 0x3f);
    assert_int_equal(dice_below(&dice, 1), 0);
}

static void without_a_text_two_seeds_differ(void **state)
{
    struct seed a;
    struct seed b;

    (void)state;
    assert_true(seed_init(&a, NULL));
    assert_true(seed_init(&b, NULL));
    assert_false(a.given);
    assert_memory_not_equal(a.key, b.key, sizeof(a.key));
}

static void libcrypto_draws_from_the_seed_while_it_governs(void **state)
{
    struct seed seed;
    uint8_t first[40];
    uint8_t other[40];
    uint8_t again[40];
    uint8_t after[40];

    (void)state;
    assert_true(seed_init(&seed, "text"));
    seed_govern(&seed);
    seed_label(&seed, "purpose %d", 1);
    assert_int_equal(RAND_bytes(first, sizeof(first)), 1);
    seed_label(&seed, "purpose %d", 2);
    assert_int_equal(RAND_bytes(other, sizeof(other)), 1);
    seed_label(&seed, "purpose %d", 1);
    assert_int_equal(RAND_priv_bytes(again, sizeof(again)), 1);
    seed_label(&seed, "purpose %d", 1);
    seed_release(&seed);
    assert_int_equal(RAND_bytes(after, sizeof(after)), 1);
    assert_memory_equal(first, again, sizeof(first));
    assert_memory_not_equal(first, other, sizeof(first));
    assert_memory_not_equal(first, after, sizeof(first));
}

static void keys_of_the_same_label_are_the_same_key(void **state)
{
    struct seed seed;
    EVP_PKEY *keys[2];

    (void)state;
    assert_true(seed_init(&seed, "text"));
    seed_govern(&seed);
    for (size_t i = 0; i < 2; i++) {
        uint8_t drawn_in_between[7];

        seed_label(&seed, "server key");
        keys[i] = EVP_EC_gen("P-256");
        assert_non_null(keys[i]);
        assert_int_equal(RAND_bytes(drawn_in_between, sizeof(drawn_in_between)), 1);
    }
    seed_release(&seed);
    assert_int_equal(EVP_PKEY_eq(keys[0], keys[1]), 1);
    EVP_PKEY_free(keys[0]);
    EVP_PKEY_free(keys[1]);
}

static void without_a_users_seed_libcrypto_is_left_alone(void **state)
{
    struct seed seed;
    uint8_t first[40];
    uint8_t again[40];

    (void)state;
    assert_true(seed_init(&seed, NULL));
    seed_govern(&seed);
    seed_label(&seed, "purpose");
    assert_int_equal(RAND_bytes(first, sizeof(first)), 1);
    seed_label(&seed, "purpose");
    assert_int_equal(RAND_bytes(again, sizeof(again)), 1);
    seed_release(&seed);
    assert_memory_not_equal(first, again, sizeof(first));
}

static void simulated_time_starts_on_a_monday_morning_and_repeats(void **state)
{
    struct seed seed;
    struct timeline a;
    struct timeline b;

    (void)state;
    assert_true(seed_init(&seed, "text"));
    timeline_init(&a, &seed);
    timeline_init(&b, &seed);
    assert_int_equal(timeline_seconds(&a), 1767603600);
    for (int i = 0; i < 50; i++) {
        uint64_t before_ns = a.now_ns;

        assert_true(timeline_pass(&a, i % 2 ? DELAY_THINK : DELAY_BURST) > before_ns);
        assert_int_equal(timeline_pass(&b, i % 2 ? DELAY_THINK : DELAY_BURST), a.now_ns);
    }
}

static void simulated_conversations_start_at_full_slots_of_five_seconds(void **state)
{
    struct seed seed;
    struct timeline t;

    (void)state;
    assert_true(seed_init(&seed, "text"));
    timeline_init(&t, &seed);
    timeline_next_conversation(&t);
    assert_int_equal(timeline_seconds(&t), 1767603600);
    (void)timeline_pass(&t, DELAY_WIRE);
    timeline_next_conversation(&t);
    assert_int_equal(t.now_ns, UINT64_C(1767603605000000000));
}

static void real_time_never_stands_still(void **state)
{
    struct seed seed;
    struct timeline t;

    (void)state;
    assert_true(seed_init(&seed, NULL));
    timeline_init(&t, &seed);
    for (int i = 0; i < 1000; i++) {
        uint64_t before_ns = t.now_ns;

        assert_true(timeline_pass(&t, DELAY_BURST) > before_ns);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_same_seed_and_label_give_the_same_numbers),
        CASE(another_seed_or_another_label_gives_other_numbers),
        CASE(numbers_do_not_depend_on_how_many_are_drawn_at_once),
        CASE(a_row_of_numbers_does_not_repeat_its_blocks),
        CASE(dice_stay_below_their_limit_and_reach_every_number),
        CASE(without_a_text_two_seeds_differ),
        CASE(libcrypto_draws_from_the_seed_while_it_governs),
        CASE(keys_of_the_same_label_are_the_same_key),
        CASE(without_a_users_seed_libcrypto_is_left_alone),
        CASE(simulated_time_starts_on_a_monday_morning_and_repeats),
        CASE(simulated_conversations_start_at_full_slots_of_five_seconds),
        CASE(real_time_never_stands_still),
    };

    return RUN(cases);
}
