#include "attacker/options.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"

#define MAX_WORDS 24

/* read_line splits a command line at its blanks and reads it; the options point into `words`. */
struct line {
    char text[256];
    char *words[MAX_WORDS + 1];
    struct options options;
    struct complaint why;
};

static bool read_line(struct line *l, const char *text)
{
    char *rest = NULL;
    int argc = 1;

    memset(l, 0, sizeof(*l));
    strncpy(l->text, text, sizeof(l->text) - 1);
    l->words[0] = (char[]){"keyfall-attacker"};
    for (char *word = strtok_r(l->text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        assert_true(argc < MAX_WORDS);
        l->words[argc++] = word;
    }
    return options_read(&l->options, argc, l->words, &l->why);
}

static void is_list(const struct paths *paths, size_t num, const char *first, const char *last)
{
    assert_int_equal(paths->num, num);
    assert_string_equal(paths->names[0], first);
    assert_string_equal(paths->names[num - 1], last);
}

static void a_capture_alone_is_enough(void **state)
{
    struct line l;

    (void)state;
    assert_true(read_line(&l, "a.pcap"));
    assert_int_equal(l.options.wish, WISH_ATTACK);
    is_list(&l.options.captures, 1, "a.pcap", "a.pcap");
    assert_int_equal(l.options.keys.num, 0);
    assert_int_equal(l.options.ticket_keys.num, 0);
    assert_int_equal(l.options.ephemerals.num, 0);
    assert_int_equal(l.options.psks.num, 0);
    assert_int_equal(l.options.keylogs.num, 0);
    assert_null(l.options.passphrase_file);
    assert_null(l.options.extract_folder);
    assert_false(l.options.json);
    assert_false(l.options.quiet);
    assert_false(l.options.verify_checksums);
    options_clear(&l.options);
    assert_int_equal(l.options.captures.num, 0);
}

static void every_option_is_filed(void **state)
{
    struct line l;

    (void)state;
    assert_true(read_line(
        &l, "-k one.key --key two.key -kthree.key --ephemeral e1 "
            "--ephemeral=e2 --psk bob:0a --psk=0b --keylog l1 --keylog=l2 a.pcap b.pcap"));
    is_list(&l.options.captures, 2, "a.pcap", "b.pcap");
    is_list(&l.options.keys, 3, "one.key", "three.key");
    is_list(&l.options.ephemerals, 2, "e1", "e2");
    is_list(&l.options.psks, 2, "bob:0a", "0b");
    is_list(&l.options.keylogs, 2, "l1", "l2");
    options_clear(&l.options);

    assert_true(read_line(&l, "--ticket-key t1 --ticket-key=t2 a.pcap"));
    is_list(&l.options.ticket_keys, 2, "t1", "t2");
    options_clear(&l.options);

    assert_true(read_line(&l, "--passphrase-file p --extract out --json -"));
    assert_string_equal(l.options.passphrase_file, "p");
    assert_string_equal(l.options.extract_folder, "out");
    assert_true(l.options.json);
    is_list(&l.options.captures, 1, "-", "-");
    options_clear(&l.options);

    assert_true(read_line(&l, "-q --verify-checksums a.pcap"));
    assert_true(l.options.quiet);
    assert_true(l.options.verify_checksums);
    options_clear(&l.options);
}

static void options_may_stand_behind_the_capture_and_end_with_two_dashes(void **state)
{
    struct line l;

    (void)state;
    assert_true(read_line(&l, "a.pcap -k one.key b.pcap --json"));
    is_list(&l.options.captures, 2, "a.pcap", "b.pcap");
    is_list(&l.options.keys, 1, "one.key", "one.key");
    assert_true(l.options.json);
    options_clear(&l.options);
    assert_true(read_line(&l, "-- -odd.pcap --json"));
    is_list(&l.options.captures, 2, "-odd.pcap", "--json");
    assert_false(l.options.json);
    options_clear(&l.options);
}

static void help_and_version_need_no_capture(void **state)
{
    struct line l;

    (void)state;
    assert_true(read_line(&l, "--help"));
    assert_int_equal(l.options.wish, WISH_HELP);
    options_clear(&l.options);
    assert_true(read_line(&l, "--version"));
    assert_int_equal(l.options.wish, WISH_VERSION);
    options_clear(&l.options);
}

static void the_help_names_every_option_in_80_columns(void **state)
{
    static const char *const names[] = {
        "--key",   "--ticket-key", "--ephemeral", "--psk",  "--keylog",  "--passphrase-file",
        "--json",  "--extract",    "--quiet",     "--help", "--version", "--verify-checksums",
        "--audit", "--fail-on",
    };
    const char *help = options_help();

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_non_null(strstr(help, names[i]));
    for (const char *line = help; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 80);
    assert_int_equal(help[strlen(help) - 1], '\n');
}

static void the_time_for_a_group_may_be_given_or_not(void **state)
{
    static const struct {
        const char *line;
        uint64_t time_ns;
    } cases[] = {{"a.pcap", 0},
                 {"--discrete-log a.pcap", 10000000000},
                 {"a.pcap --discrete-log", 10000000000},
                 {"--discrete-log=2 a.pcap", 2000000000},
                 {"--discrete-log=0.25 a.pcap", 250000000}};
    struct line l;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(read_line(&l, cases[i].line));
        assert_int_equal(l.options.discrete_log_ns, cases[i].time_ns);
        is_list(&l.options.captures, 1, "a.pcap", "a.pcap");
        options_clear(&l.options);
    }
    assert_false(read_line(&l, "--discrete-log=soon a.pcap"));
    assert_string_equal(l.why.text,
                        "--discrete-log: \"soon\" is not a number of seconds, such as 10 or 0.5");
    options_clear(&l.options);
    assert_false(read_line(&l, "--discrete-log=0 a.pcap"));
    options_clear(&l.options);
    assert_false(read_line(&l, "--discrete-log= a.pcap"));
    options_clear(&l.options);
}

static void what_makes_no_sense_is_told(void **state)
{
    static const struct {
        const char *line;
        const char *why;
    } cases[] = {
        {"", "no capture file was named; see --help"},
        {"-k one.key", "no capture file was named; see --help"},
        {"--json -q a.pcap", "--json and -q both want standard output; take one of them"},
        {"a.pcap -k", "-k: needs an argument; see --help"},
        {"a.pcap --keylog", "--keylog: needs an argument; see --help"},
        {"a.pcap --extract", "--extract: needs an argument; see --help"},
        {"-x a.pcap", "-x: no such option; see --help"},
        {"-qx a.pcap", "-x: no such option; see --help"},
        {"-xq a.pcap", "-x: no such option; see --help"},
        {"a.pcap --nope", "--nope: no such option, or not one that takes an argument; see --help"},
        {"a.pcap --json=1",
         "--json=1: no such option, or not one that takes an argument; see --help"},
        {"a.pcap --quiet=yes",
         "--quiet=yes: no such option, or not one that takes an argument; see --help"},
        {"a.pcap --fail-on psk", "--fail-on is for --audit; ask for that as well"},
        {"a.pcap --audit --fail-on rsa",
         "--fail-on rsa: no leak of that name; take server_key, ticket_key, ephemeral, psk, "
         "session_secret or quantum_computer"},
        {"a.pcap --audit --fail-on", "--fail-on: needs an argument; see --help"},
        {"--help=me", "--help=me: no such option, or not one that takes an argument; see --help"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct line l;

        assert_false(read_line(&l, cases[i].line));
        assert_string_equal(l.why.text, cases[i].why);
        options_clear(&l.options);
    }
}

static void outputs_have_a_file_each_and_one_may_have_standard_output(void **state)
{
    struct line l;

    (void)state;
    assert_true(read_line(&l, "--write-keylog k --write-pcap p --annotate a --json r.pcap"));
    assert_string_equal(l.options.keylog_out, "k");
    assert_string_equal(l.options.plain_out, "p");
    assert_string_equal(l.options.annotated_out, "a");
    assert_false(l.options.standard_output_taken);
    options_clear(&l.options);
    assert_true(read_line(&l, "--write-keylog - --write-pcap p -"));
    assert_true(l.options.standard_output_taken);
    options_clear(&l.options);
}

static void two_outputs_on_standard_output_are_refused(void **state)
{
    static const char *const lines[] = {
        "--write-keylog - --json r.pcap",         "--write-pcap - -q r.pcap",
        "--write-pcap - --write-keylog - r.pcap", "--annotate - --write-keylog - r.pcap",
        "--write-pcap - --audit r.pcap",
    };
    struct line l;

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_false(read_line(&l, lines[i]));
        assert_string_equal(l.why.text,
                            "two outputs want standard output; give one of them another file");
        options_clear(&l.options);
    }
}

static void what_is_to_be_read_twice_is_not_standard_input(void **state)
{
    struct line l;

    (void)state;
    assert_false(read_line(&l, "--annotate a r.pcap -"));
    assert_non_null(strstr(l.why.text, "--annotate reads the recording twice"));
    options_clear(&l.options);
}

static void an_audit_may_fail_on_each_leak(void **state)
{
    struct line l;

    (void)state;
    assert_true(read_line(&l, "--audit -q a.pcap"));
    assert_true(l.options.audit);
    assert_null(l.options.fail_on);
    options_clear(&l.options);
    for (int i = 0; i < NUM_OPENED_BY; i++) {
        const char *name = opened_by_name((enum opened_by)i);
        char text[64];

        (void)snprintf(text, sizeof(text), "--audit --fail-on %s a.pcap", name);
        assert_true(read_line(&l, text));
        assert_string_equal(l.options.fail_on, name);
        assert_int_equal(l.options.fatal, i);
        assert_non_null(strstr(options_help(), name));
        options_clear(&l.options);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_capture_alone_is_enough),
        CASE(every_option_is_filed),
        CASE(options_may_stand_behind_the_capture_and_end_with_two_dashes),
        CASE(help_and_version_need_no_capture),
        CASE(the_help_names_every_option_in_80_columns),
        CASE(the_time_for_a_group_may_be_given_or_not),
        CASE(what_makes_no_sense_is_told),
        CASE(outputs_have_a_file_each_and_one_may_have_standard_output),
        CASE(two_outputs_on_standard_output_are_refused),
        CASE(what_is_to_be_read_twice_is_not_standard_input),
        CASE(an_audit_may_fail_on_each_leak),
    };

    return RUN(cases);
}
