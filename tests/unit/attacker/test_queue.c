#include "attacker/queue.h"

#include "tests/support/check.h"

enum { NUM = 4 };

/* expect holds the queue's first frames, in order, against a list that ends with 0; forwards and
 * backwards. */
static void expect(const struct queue *q, const uint64_t *frames)
{
    const struct conversation *last = NULL;
    size_t num = 0;

    for (const struct conversation *c = q->first; c; c = c->behind) {
        assert_int_equal(c->first_frame, frames[num++]);
        assert_ptr_equal(c->before, last);
        assert_true(c->queued);
        last = c;
    }
    assert_int_equal(frames[num], 0);
    assert_ptr_equal(q->last, last);
}

static void set_up(struct conversation conversations[NUM])
{
    for (size_t i = 0; i < NUM; i++)
        conversations[i] = (struct conversation){.first_frame = 10 * (i + 1)};
}

static void keeps_the_order_of_joining(void **state)
{
    struct conversation c[NUM];
    struct queue q = {0};

    (void)state;
    set_up(c);
    expect(&q, (const uint64_t[]){0});
    queue_join(&q, &c[1]);
    queue_join(&q, &c[0]);
    expect(&q, (const uint64_t[]){20, 10, 0});
}

static void puts_a_late_one_where_its_first_packet_belongs(void **state)
{
    struct conversation c[NUM];
    struct queue q = {0};

    (void)state;
    set_up(c);
    queue_join_in_order(&q, &c[2]);
    queue_join_in_order(&q, &c[0]);
    queue_join_in_order(&q, &c[3]);
    queue_join_in_order(&q, &c[1]);
    expect(&q, (const uint64_t[]){10, 20, 30, 40, 0});
}

static void lets_any_one_leave(void **state)
{
    (void)state;
    for (size_t leaver = 0; leaver < NUM; leaver++) {
        struct conversation c[NUM];
        struct queue q = {0};
        uint64_t left[NUM + 1] = {0};
        size_t num_left = 0;

        set_up(c);
        for (size_t i = 0; i < NUM; i++) {
            queue_join(&q, &c[i]);
            if (i != leaver)
                left[num_left++] = c[i].first_frame;
        }
        queue_leave(&q, &c[leaver]);
        assert_false(c[leaver].queued);
        expect(&q, left);
        queue_join(&q, &c[leaver]);
        assert_ptr_equal(q.last, &c[leaver]);
    }
}

static void is_empty_again_without_its_last(void **state)
{
    struct conversation c[NUM];
    struct queue q = {0};

    (void)state;
    set_up(c);
    queue_join(&q, &c[0]);
    queue_leave(&q, &c[0]);
    expect(&q, (const uint64_t[]){0});
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(keeps_the_order_of_joining),
        CASE(puts_a_late_one_where_its_first_packet_belongs),
        CASE(lets_any_one_leave),
        CASE(is_empty_again_without_its_last),
    };

    return RUN(cases);
}
