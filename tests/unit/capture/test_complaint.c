#include "tests/support/check.h"

#include <string.h>

#include "capture/complaint.h"

static void it_answers_false_and_keeps_the_sentence(void **state)
{
    struct complaint why;

    (void)state;
    assert_false(complaint_say(&why, "%s: is empty; record again", "x.pcap"));
    assert_string_equal(why.text, "x.pcap: is empty; record again");
}

static void control_characters_do_not_reach_the_terminal(void **state)
{
    struct complaint why;

    (void)state;
    (void)complaint_say(&why, "%s", "a\x1b[2Jb\nc\x7f");
    assert_string_equal(why.text, "a?[2Jb?c?");
}

static void a_long_sentence_is_cut_at_its_end(void **state)
{
    char name[2 * COMPLAINT_SIZE];
    struct complaint why;

    (void)state;
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    (void)complaint_say(&why, "%s: is empty", name);
    assert_int_equal(strlen(why.text), COMPLAINT_SIZE - 1);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(it_answers_false_and_keeps_the_sentence),
        CASE(control_characters_do_not_reach_the_terminal),
        CASE(a_long_sentence_is_cut_at_its_end),
    };

    return RUN(cases);
}
