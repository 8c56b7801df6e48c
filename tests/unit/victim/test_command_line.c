#include <stdlib.h>

#include "victim/command_line.h"

#include "tests/support/check.h"

#define MAX_WORDS 16

/* getopt moves words about, so it gets an array of its own. */
static bool read_words(struct wishes *wishes, struct complaint *why, const char *const *words)
{
    static char name[] = "keyfall-victim";
    char *argv[MAX_WORDS + 2] = {name};
    int argc = 1;

    for (; words[argc - 1]; argc++)
        memcpy(&argv[argc], &words[argc - 1], sizeof(char *));
    return command_line_read(wishes, why, argc, argv);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void assert_refused(const char *const *words, const char *sentence)
{
    struct wishes wishes;
    struct complaint why = {""};

    assert_false(read_words(&wishes, &why, words));
    if (!strstr(why.text, sentence))
        fail_msg("refused with \"%s\", not with \"%s\"", why.text, sentence);
}

static void every_choice_finds_its_place(void **state)
{
    struct wishes w;
    struct complaint why;

    (void)state;
    assert_true(read_words(&w, &why,
                           WORDS("exchange", "--kx", "dhe", "--tls=1.0", "--record", "-",
                                 "--sessions", "3", "--size", "0", "-q")));
    assert_int_equal(w.command, COMMAND_EXCHANGE);
    assert_string_equal(w.kx, "dhe");
    assert_string_equal(w.tls, "1.0");
    assert_string_equal(w.record, "-");
    assert_int_equal(w.sessions, 3);
    assert_int_equal(w.size, 0);
    assert_non_null(w.size_text);
    assert_true(w.quiet);
    assert_null(w.seed);
}

static void an_option_without_a_value_is_there_or_not(void **state)
{
    struct wishes w;
    struct complaint why;

    (void)state;
    assert_true(read_words(&w, &why, WORDS("exchange", "--resume", "ticket", "--psk-mode=ke")));
    assert_string_equal(w.resume, "ticket");
    assert_string_equal(w.psk_mode, "ke");
    assert_null(w.early_data);
    assert_true(read_words(&w, &why, WORDS("connect", "--early-data", "localhost:4433")));
    assert_non_null(w.early_data);
    assert_string_equal(w.target, "localhost:4433");
    assert_refused(WORDS("exchange", "--early-data=yes"), "--early-data takes no value");
    assert_refused(WORDS("exchange", "--early-data", "--early-data"), "was given twice");
}

static void connect_takes_its_target_in_front_of_or_behind_the_options(void **state)
{
    struct wishes w;
    struct complaint why;

    (void)state;
    assert_true(read_words(&w, &why, WORDS("connect", "localhost:4433", "--kx", "rsa")));
    assert_string_equal(w.target, "localhost:4433");
    assert_true(read_words(&w, &why, WORDS("connect", "--kx", "rsa", "localhost:4433")));
    assert_string_equal(w.target, "localhost:4433");
}

static void help_and_version_need_nothing_else(void **state)
{
    struct wishes w;
    struct complaint why;

    (void)state;
    assert_true(read_words(&w, &why, WORDS("--help")));
    assert_true(w.help && !w.has_command);
    assert_true(read_words(&w, &why, WORDS("connect", "-h")));
    assert_true(w.help && w.has_command);
    assert_true(read_words(&w, &why, WORDS("--version")));
    assert_true(w.version);
}

static void help_names_the_options_of_its_command_only(void **state)
{
    struct wishes serve = {.command = COMMAND_SERVE, .has_command = true};
    struct wishes exchange = {.command = COMMAND_EXCHANGE, .has_command = true};
    char *text[2];
    size_t len;
    FILE *out;

    (void)state;
    out = open_memstream(&text[0], &len);
    assert_non_null(out);
    command_line_help(&serve, out);
    (void)fclose(out);
    out = open_memstream(&text[1], &len);
    assert_non_null(out);
    command_line_help(&exchange, out);
    (void)fclose(out);
    assert_non_null(strstr(text[0], "--listen ADDR:PORT"));
    assert_null(strstr(text[1], "--listen"));
    assert_non_null(strstr(text[1], "--seed TEXT"));
    free(text[0]);
    free(text[1]);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    assert_refused(WORDS("talk"), "talk: no such command");
    assert_refused(WORDS("exchange", "--bogus"), "--bogus: no such option");
    assert_refused(WORDS("exchange", "-qx"), "-x: no such option");
    assert_refused(WORDS("exchange", "--kx"), "--kx needs a value");
    assert_refused(WORDS("exchange", "--kx", "a", "--kx", "b"), "--kx was given twice");
    assert_refused(WORDS("exchange", "more"), "more: what is this?");
    assert_refused(WORDS("exchange", "--listen", "::1"), "--listen has no meaning for exchange");
    assert_refused(WORDS("connect"), "connect needs to know whom");
    assert_refused(WORDS("connect", "a:1", "b:2"), "b:2: what is this?");
}

static void numbers_are_written_in_digits(void **state)
{
    static const char *const bad[] = {
        "", "x", "1x", "-1", "+1", " 1", "0x10", "1e3", "18446744073709551616"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_refused(WORDS("exchange", "--size", bad[i]), "write it in digits");
    assert_refused(WORDS("exchange", "--sessions", "0"), "no number from 1 on");
}

static void an_agreement_has_2_to_16_parties(void **state)
{
    static const char *const bad[] = {"0", "1", "17", "18446744073709551615"};
    struct wishes w;
    struct complaint why;

    (void)state;
    assert_true(read_words(&w, &why, WORDS("group", "--peers", "16", "--leaks", "l")));
    assert_int_equal(w.command, COMMAND_GROUP);
    assert_int_equal(w.peers, 16);
    assert_true(read_words(&w, &why, WORDS("group", "--peers=2")));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_refused(WORDS("group", "--peers", bad[i]), "has 2 to 16 parties; take so many");
    assert_refused(WORDS("group", "--peers", "three"), "write it in digits");
    assert_refused(WORDS("group"), "group needs to know how many");
    assert_refused(WORDS("group", "--peers", "3", "--kx", "dhe"), "--kx has no meaning for group");
    assert_refused(WORDS("exchange", "--peers", "3"), "--peers has no meaning for exchange");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_choice_finds_its_place),
        CASE(an_option_without_a_value_is_there_or_not),
        CASE(connect_takes_its_target_in_front_of_or_behind_the_options),
        CASE(help_and_version_need_nothing_else),
        CASE(help_names_the_options_of_its_command_only),
        CASE(what_makes_no_sense_is_refused),
        CASE(numbers_are_written_in_digits),
        CASE(an_agreement_has_2_to_16_parties),
    };

    return RUN(cases);
}
