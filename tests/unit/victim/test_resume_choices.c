/* What goes together of --resume, --psk-mode and --early-data. libssl is asked for real. */
#include "victim/resume_choices.h"

#include <stdlib.h>

#include "tests/support/check.h"

struct asked {
    struct suite_list list;
};

static int ask_libssl(void **state)
{
    static struct asked asked;
    struct complaint why;

    *state = &asked;
    return suite_list_ask(&asked.list, &why) ? 0 : -1;
}

static int forget(void **state)
{
    struct asked *asked = *state;

    suite_list_clear(&asked->list);
    return 0;
}

static void assert_refused(void **state, struct wishes wishes, const char *sentence)
{
    const struct asked *asked = *state;
    struct complaint why = {""};
    struct choices choices;

    assert_false(choices_make(&choices, &why, &wishes, KEY_NONE, &asked->list));
    if (!strstr(why.text, sentence))
        fail_msg("refused with \"%s\", not with \"%s\"", why.text, sentence);
    choices_clear(&choices);
}

/* What was decided, in the words of resume_choices_name. */
static void assert_granted(void **state, struct wishes wishes, const char *name)
{
    const struct asked *asked = *state;
    struct complaint why = {""};
    struct choices choices;

    if (!choices_make(&choices, &why, &wishes, KEY_NONE, &asked->list))
        fail_msg("refused: %s", why.text);

    char *decided = resume_choices_name(&choices);

    assert_string_equal(decided, name);
    free(decided);
    choices_clear(&choices);
}

static void without_a_wish_nothing_is_resumed(void **state)
{
    assert_granted(state, (struct wishes){0}, "");
    assert_granted(state, (struct wishes){.kx = "tls13"}, "");
    assert_granted(state, (struct wishes){.resume = "none"}, "");
    assert_granted(state, (struct wishes){.command = COMMAND_CONNECT}, "");
}

static void a_server_of_visitors_takes_its_tickets_back(void **state)
{
    assert_granted(state, (struct wishes){.command = COMMAND_SERVE}, "+ticket");
    assert_granted(state, (struct wishes){.command = COMMAND_SERVE, .resume = "none"}, "");
    assert_granted(state, (struct wishes){.command = COMMAND_SERVE, .resume = "id"}, "+id");
    assert_granted(
        state, (struct wishes){.command = COMMAND_SERVE, .kx = "tls13", .early_data = "early-data"},
        "+ticket+early");
}

static void each_way_is_granted_where_there_is_one(void **state)
{
    static const char *const exchanges[] = {
        "rsa", "dhe", "ecdhe", "psk", "dhe-psk", "anon-dh", "ecdhe-psk", "rsa-psk", "anon-ecdh"};

    for (size_t i = 0; i < sizeof(exchanges) / sizeof(*exchanges); i++) {
        assert_granted(state, (struct wishes){.kx = exchanges[i], .resume = "id"}, "+id");
        assert_granted(state, (struct wishes){.kx = exchanges[i], .resume = "ticket"}, "+ticket");
    }
    assert_granted(state, (struct wishes){.kx = "rsa", .tls = "1.0", .resume = "id"}, "+id");
    assert_granted(state, (struct wishes){.kx = "tls13", .resume = "ticket"}, "+ticket");
}

static void a_key_of_tls_1_3_may_come_from_a_ticket_or_from_outside(void **state)
{
    assert_granted(state, (struct wishes){.tls = "1.3", .resume = "ticket", .psk_mode = "dhe"},
                   "+ticket");
    assert_granted(state, (struct wishes){.tls = "1.3", .resume = "ticket", .psk_mode = "ke"},
                   "+ticket+ke");
    assert_granted(state, (struct wishes){.tls = "1.3", .kx = "psk", .psk_mode = "ke"}, "+psk+ke");
    assert_granted(state, (struct wishes){.kx = "tls13", .psk = "00", .early_data = "early-data"},
                   "+psk+early");
    assert_granted(state,
                   (struct wishes){.tls = "1.3",
                                   .kx = "psk",
                                   .resume = "ticket",
                                   .psk_mode = "ke",
                                   .early_data = "early-data"},
                   "+psk+ticket+ke+early");
}

static void words_that_mean_nothing_are_refused(void **state)
{
    assert_refused(state, (struct wishes){.resume = "psk"},
                   "--resume psk: no such way; take none, id or ticket");
    assert_refused(state, (struct wishes){.tls = "1.3", .resume = "ticket", .psk_mode = "psk_ke"},
                   "--psk-mode psk_ke: no such mode; take ke or dhe");
}

static void session_ids_are_refused_in_tls_1_3(void **state)
{
    assert_refused(state, (struct wishes){.tls = "1.3", .resume = "id"},
                   "no longer by session ID; take --resume ticket, or --tls 1.2");
    assert_refused(state, (struct wishes){.command = COMMAND_SERVE, .kx = "tls13", .resume = "id"},
                   "no longer by session ID; take --resume ticket, or --tls 1.2");
}

static void one_conversation_alone_can_resume_none(void **state)
{
    assert_refused(state, (struct wishes){.resume = "id", .sessions = 1},
                   "--sessions 1 leaves no second conversation");
    assert_granted(state, (struct wishes){.resume = "id", .sessions = 5}, "+id");
    assert_granted(state, (struct wishes){.command = COMMAND_SERVE, .resume = "id", .sessions = 1},
                   "+id");
}

static void modes_and_early_data_need_a_key_from_before_in_tls_1_3(void **state)
{
    static const struct wishes table[] = {
        {0}, {.resume = "ticket"}, {.kx = "tls13"}, {.kx = "psk"}, {.kx = "rsa", .resume = "id"},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct wishes wishes = table[i];

        wishes.psk_mode = "ke";
        assert_refused(state, wishes, "--psk-mode ke: no pre-shared key of TLS 1.3 takes part");
        wishes.psk_mode = NULL;
        wishes.early_data = "early-data";
        assert_refused(state, wishes, "take --tls 1.3 with --resume ticket or with --kx psk");
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(without_a_wish_nothing_is_resumed),
        CASE(a_server_of_visitors_takes_its_tickets_back),
        CASE(each_way_is_granted_where_there_is_one),
        CASE(a_key_of_tls_1_3_may_come_from_a_ticket_or_from_outside),
        CASE(words_that_mean_nothing_are_refused),
        CASE(session_ids_are_refused_in_tls_1_3),
        CASE(one_conversation_alone_can_resume_none),
        CASE(modes_and_early_data_need_a_key_from_before_in_tls_1_3),
    };

    return cmocka_run_group_tests(cases, ask_libssl, forget);
}
