#include "tests/support/cuts.h"

#include "tests/support/check.h"

static bool takes(struct bytes input, parser *parse, const void *context)
{
    struct bytes exact = exact_copy(input);
    bool taken = parse(exact, context);

    exact_free(exact);
    return taken;
}

void refuses_every_cut(struct bytes whole, parser *parse, const void *context)
{
    assert_true(takes(whole, parse, context));
    for (size_t len = 0; len < whole.len; len++) {
        if (takes(bytes_first(whole, len), parse, context))
            fail_msg("the first %zu of %zu bytes were taken for the whole", len, whole.len);
    }
}

void refuses_a_trailing_byte(struct bytes whole, parser *parse, const void *context)
{
    uint8_t *longer = test_malloc(whole.len + 1);

    if (whole.len > 0)
        memcpy(longer, whole.at, whole.len);
    longer[whole.len] = 0;
    assert_true(takes(whole, parse, context));
    assert_false(takes(bytes_of(longer, whole.len + 1), parse, context));
    test_free(longer);
}
