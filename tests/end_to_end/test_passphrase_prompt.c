/*
 * keyfall-attacker asks for a passphrase: on a terminal, once a file, without showing it, and it
 * leaves the terminal as it found it. The terminal is a pseudo-terminal, whose other end this
 * program holds.
 */
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/terminal.h"

#define RECORDING "fixtures/rsa/recording.pcap"
#define QUESTION  "passphrase of "
#define CTRL_C    "\x03"
#define CTRL_D    "\x04"

/* Long enough for a slow machine to start a program; nothing waits as long when all is well. */
#define PATIENCE_MS 20000

/* One run on a terminal, with a folder of keys: rsa.pem and dhe.pem, both of "sesame". */
struct run_on_terminal {
    char *folder;
    pid_t pid;
    int terminal;
    struct buffer shown;
};

static void encrypt_key(const char *folder, const char *fixture)
{
    struct run_result result;

    run_line(&result,
             "openssl pkcs8 -topk8 -in fixtures/%s/server.key -out %s/%s.pem -passout pass:sesame",
             fixture, folder, fixture);
    assert_status(&result, 0);
    run_clear(&result);
}

static int set_up(void **state)
{
    struct run_on_terminal *r = alloc_zero(sizeof(*r));

    r->folder = scratch_new();
    encrypt_key(r->folder, "ecdhe-ecdsa");
    encrypt_key(r->folder, "rsa");
    *state = r;
    return 0;
}

static int tear_down(void **state)
{
    struct run_on_terminal *r = *state;

    buffer_clear(&r->shown);
    scratch_free(r->folder);
    free(r);
    return 0;
}

/* start runs a line of a shell on the terminal; $A is the program, $D the folder. */
static void start(struct run_on_terminal *r, const char *line)
{
    const char *build = getenv("KEYFALL_BUILD");
    char *program = alloc_format("%s/keyfall-attacker", build ? build : "build");

    r->pid = forkpty(&r->terminal, NULL, NULL, NULL);
    assert_true(r->pid >= 0);
    if (r->pid == 0) {
        (void)setenv("A", program, 1);
        (void)setenv("D", r->folder, 1);
        (void)execlp("sh", "sh", "-c", line, (char *)NULL);
        _exit(EXIT_FAILURE);
    }
    free(program);
}

static void wait_for(struct run_on_terminal *r, const char *text)
{
    terminal_read(r->terminal, &r->shown, text, PATIENCE_MS);
    assert_says((const char *)r->shown.at, text);
}

/* end reads to the end, and answers what waitpid does. */
static int end(struct run_on_terminal *r)
{
    int status;

    terminal_read(r->terminal, &r->shown, NULL, PATIENCE_MS);
    assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
    assert_int_equal(close(r->terminal), 0);
    return status;
}

static bool shows_what_is_typed(const struct run_on_terminal *r)
{
    struct termios settings;

    assert_int_equal(tcgetattr(r->terminal, &settings), 0);
    return (settings.c_lflag & ECHO) != 0;
}

static size_t num_questions(const struct run_on_terminal *r)
{
    const char *at = (const char *)r->shown.at;
    size_t num = 0;

    while ((at = strstr(at, QUESTION)) != NULL) {
        num++;
        at += strlen(QUESTION);
    }
    return num;
}

static void assert_ended_with(int status, int wanted)
{
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), wanted);
}

static void what_is_typed_opens_the_key_and_is_not_shown(void **state)
{
    struct run_on_terminal *r = *state;

    start(r, "exec $A -q -k $D/rsa.pem " RECORDING);
    wait_for(r, "rsa.pem: ");
    assert_false(shows_what_is_typed(r));
    terminal_type(r->terminal, "sesame\n");
    assert_ended_with(end(r), 0);
    assert_says((const char *)r->shown.at, "1 decrypted server_key");
    assert_null(strstr((const char *)r->shown.at, "sesame"));
}

static void it_is_remembered_for_the_other_files(void **state)
{
    struct run_on_terminal *r = *state;

    start(r, "exec $A -q -k $D " RECORDING);
    wait_for(r, QUESTION);
    terminal_type(r->terminal, "sesame\n");
    assert_ended_with(end(r), 0);
    assert_int_equal(num_questions(r), 1);
}

static void each_file_is_asked_for_once(void **state)
{
    struct run_on_terminal *r = *state;

    start(r, "exec $A -q -k $D/rsa.pem " RECORDING);
    wait_for(r, QUESTION);
    terminal_type(r->terminal, "simsalabim\n");
    assert_ended_with(end(r), 2);
    assert_int_equal(num_questions(r), 1);
    assert_says((const char *)r->shown.at, "rsa.pem: the passphrase does not open this key");
}

static void nothing_typed_is_no_passphrase(void **state)
{
    static const char *const keys[] = {"\n", CTRL_D};
    struct run_on_terminal *r = *state;

    for (size_t i = 0; i < 2; i++) {
        start(r, "exec $A -q -k $D/rsa.pem " RECORDING);
        wait_for(r, QUESTION);
        terminal_type(r->terminal, keys[i]);
        assert_ended_with(end(r), 2);
        assert_says((const char *)r->shown.at, "the key is encrypted");
        buffer_clear(&r->shown);
    }
}

/* ended_by: the shell around the program holds the terminal open, so that it can be looked at. */
static void ended_by(struct run_on_terminal *r, const char *line, const char *keys,
                     const char *status)
{
    start(r, line);
    wait_for(r, QUESTION);
    terminal_type(r->terminal, keys);
    wait_for(r, status);
    assert_true(shows_what_is_typed(r));
    terminal_type(r->terminal, "\n");
    (void)end(r);
    buffer_clear(&r->shown);
}

static void however_it_is_ended_the_terminal_shows_again_what_is_typed(void **state)
{
    struct run_on_terminal *r = *state;

    ended_by(r, "trap : INT; $A -q -k $D/rsa.pem " RECORDING "; echo status $?; read line", CTRL_C,
             "status 130");
    /* Killed from elsewhere: by a shell in the background, which waits until it has asked. */
    ended_by(r,
             "(sleep 2; kill $(cat $D/pid)) & sh -c 'echo $$ > $D/pid; exec $A -q -k "
             "$D/rsa.pem " RECORDING "'; echo status $?; read line",
             "", "status 143");
}

static void packets_may_come_by_standard_input(void **state)
{
    struct run_on_terminal *r = *state;

    start(r, "exec $A -q -k $D/rsa.pem - < " RECORDING);
    wait_for(r, QUESTION);
    terminal_type(r->terminal, "sesame\n");
    assert_ended_with(end(r), 0);
    assert_says((const char *)r->shown.at, "1 decrypted server_key");
}

static void what_the_passphrase_file_opens_is_not_asked_for(void **state)
{
    struct run_on_terminal *r = *state;

    start(r, "echo sesame > $D/words; exec $A -q --passphrase-file $D/words -k $D " RECORDING);
    assert_ended_with(end(r), 0);
    assert_int_equal(num_questions(r), 0);
}

static void where_nobody_is_to_be_asked_a_sentence_says_what_to_do(void **state)
{
    const struct run_on_terminal *r = *state;
    struct run_result result;

    run_line(&result, "keyfall-attacker -q -k %s/rsa.pem " RECORDING, r->folder);
    assert_status(&result, 2);
    assert_says(run_err(&result), "the key is encrypted; give its passphrase with "
                                  "--passphrase-file FILE");
    run_clear(&result);
}

#define ON_TERMINAL(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_TERMINAL(what_is_typed_opens_the_key_and_is_not_shown),
        ON_TERMINAL(it_is_remembered_for_the_other_files),
        ON_TERMINAL(each_file_is_asked_for_once),
        ON_TERMINAL(nothing_typed_is_no_passphrase),
        ON_TERMINAL(however_it_is_ended_the_terminal_shows_again_what_is_typed),
        ON_TERMINAL(packets_may_come_by_standard_input),
        ON_TERMINAL(what_the_passphrase_file_opens_is_not_asked_for),
        ON_TERMINAL(where_nobody_is_to_be_asked_a_sentence_says_what_to_do),
    };

    return RUN(cases);
}
