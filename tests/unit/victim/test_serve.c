/* `serve` in a process of its own, and `connect` as its visitor. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "victim/connect.h"
#include "victim/serve.h"

#include "tests/support/check.h"

/* Longer than any of these takes; a server that hangs is ended by it. */
#define PATIENCE_S 60

struct service {
    pid_t pid;
    char address[64]; /* HOST:PORT */
};

static int serve(struct wishes wishes)
{
    struct complaint why;
    struct scene scene;

    (void)alarm(PATIENCE_S);
    wishes.command = COMMAND_SERVE;
    wishes.listen = "127.0.0.1:0";
    wishes.quiet = true;

    bool ok = scene_open(&scene, &why, &wishes) && serve_run(&scene, &why);

    return scene_close(&scene, &why) && ok ? 0 : 1;
}

static void start(struct service *service, struct wishes wishes)
{
    char line[128] = "";
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    service->pid = fork();
    assert_true(service->pid >= 0);
    if (service->pid == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        _exit(serve(wishes));
    }
    (void)close(ends[1]);

    FILE *announcement = fdopen(ends[0], "r");

    assert_non_null(announcement);
    assert_non_null(fgets(line, sizeof(line), announcement));
    (void)fclose(announcement);
    assert_int_equal(sscanf(line, "https://%63[^/]", service->address), 1);
}

static void assert_ends_well(const struct service *service)
{
    int status = -1;

    assert_int_equal(waitpid(service->pid, &status, 0), service->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Visits the service; *heard is what both have said. */
static bool visit(const struct service *service, struct wishes wishes, struct buffer *heard,
                  struct complaint *why)
{
    char folder[] = "/tmp/keyfall-serve-XXXXXX";
    struct complaint at_close;
    struct scene scene;
    uint8_t chunk[4096];
    size_t n;

    assert_non_null(mkdtemp(folder));
    wishes.command = COMMAND_CONNECT;
    wishes.target = service->address;
    wishes.quiet = true;
    wishes.leaks = folder;

    bool ok = scene_open(&scene, why, &wishes) && connect_run(&scene, why);

    assert_true(scene_close(&scene, &at_close));

    char *message = alloc_format("%s/message.txt", folder);
    char *key_log = alloc_format("%s/keylog.txt", folder);
    char *psk = alloc_format("%s/psk.txt", folder);
    FILE *file = fopen(message, "rb");

    while (file && (n = fread(chunk, 1, sizeof(chunk), file)) > 0)
        buffer_append(heard, bytes_of(chunk, n));
    if (file)
        (void)fclose(file);
    (void)unlink(message);
    (void)unlink(key_log);
    (void)unlink(psk);
    assert_int_equal(rmdir(folder), 0); /* a client leaves no other leaks */
    free(message);
    free(key_log);
    free(psk);
    return ok;
}

static bool has(const struct buffer *in, const char *what)
{
    return in->len > 0 && memmem(in->at, in->len, what, strlen(what)) != NULL;
}

static void a_visitor_gets_a_page_over_what_both_chose(void **state)
{
    struct service service;
    struct buffer heard = {0};
    struct complaint why;

    (void)state;
    start(&service, (struct wishes){.kx = "ecdhe", .key_type = "ec", .sessions = 2});
    assert_true(visit(&service, (struct wishes){.suite = "ECDHE-ECDSA-AES256-SHA", .sessions = 2},
                      &heard, &why));
    assert_ends_well(&service);
    assert_true(has(&heard, "GET /account HTTP/1.1\r\n"));
    assert_true(has(&heard, "TLS 1.2 with TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"));
    buffer_clear(&heard);
}

static void an_answer_larger_than_all_buffers_arrives_whole(void **state)
{
    const size_t size = 20000000;
    struct service service;
    struct buffer heard = {0};
    struct complaint why;

    (void)state;
    start(
        &service,
        (struct wishes){
            .kx = "tls13", .key_type = "ec", .sessions = 1, .size = size, .size_text = "20000000"});
    assert_true(visit(&service, (struct wishes){.kx = "tls13"}, &heard, &why));
    assert_ends_well(&service);
    assert_true(heard.len > size && heard.len < size + 2000);
    buffer_clear(&heard);
}

static void the_users_message_is_echoed(void **state)
{
    struct service service;
    struct buffer heard = {0};
    struct complaint why;

    (void)state;
    start(&service,
          (struct wishes){.message = "echo me", .kx = "psk", .psk = "00ff", .sessions = 1});
    assert_true(visit(&service, (struct wishes){.kx = "psk", .psk = "00ff"}, &heard, &why));
    assert_ends_well(&service);
    assert_true(has(&heard, "\r\n\r\necho me"));
    buffer_clear(&heard);
}

static void what_does_not_fit_fails_with_the_reason_and_the_service_goes_on(void **state)
{
    struct service service;
    struct buffer heard = {0};
    struct complaint why = {""};

    (void)state;
    start(&service, (struct wishes){.kx = "ecdhe", .key_type = "ec", .sessions = 1});
    assert_false(visit(&service, (struct wishes){.kx = "rsa"}, &heard, &why));
    assert_non_null(strstr(why.text, "the client could not finish the handshake"));
    assert_true(visit(&service, (struct wishes){.suite = "ECDHE-ECDSA-AES128-SHA"}, &heard, &why));
    assert_ends_well(&service);
    buffer_clear(&heard);
}

static void a_visitor_takes_up_what_the_service_lets_it(void **state)
{
    static const struct {
        struct wishes service;
        struct wishes visitor;
    } table[] = {
        {{.kx = "anon-dh"}, {.kx = "anon-dh", .resume = "ticket", .sessions = 3}},
        {{.kx = "anon-dh", .resume = "id"}, {.kx = "anon-dh", .resume = "id", .sessions = 3}},
        {{.kx = "tls13", .key_type = "ec"}, {.kx = "tls13", .resume = "ticket", .sessions = 3}},
        {{.kx = "tls13", .key_type = "ec", .early_data = "early-data"},
         {.kx = "tls13", .resume = "ticket", .early_data = "early-data", .sessions = 3}},
        {{.tls = "1.3", .psk = "00ff", .early_data = "early-data"},
         {.tls = "1.3", .psk = "00ff", .early_data = "early-data", .sessions = 3}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct wishes wishes = table[i].service;
        struct complaint why = {""};
        struct buffer heard = {0};
        struct service service;

        wishes.sessions = 3;
        start(&service, wishes);
        if (!visit(&service, table[i].visitor, &heard, &why))
            fail_msg("%s", why.text);
        assert_ends_well(&service);
        assert_true(has(&heard, "GET /account HTTP/1.1\r\n"));
        assert_true(has(&heard, "200 OK"));
        buffer_clear(&heard);
    }
}

static void a_visitor_who_is_not_let_says_so(void **state)
{
    static const struct {
        struct wishes service;
        struct wishes visitor;
        const char *sentence;
    } table[] = {
        {{.kx = "anon-dh", .resume = "none"},
         {.kx = "anon-dh", .resume = "ticket"},
         "conversation 2: it was to resume the one before"},
        {{.kx = "anon-dh", .resume = "none"},
         {.kx = "anon-dh", .resume = "id"},
         "conversation 2: it was to resume the one before"},
        {{.kx = "tls13", .key_type = "ec", .resume = "none"},
         {.kx = "tls13", .resume = "ticket"},
         "conversation 2: it was to resume the one before"},
        {{.kx = "tls13", .key_type = "ec"},
         {.kx = "tls13", .resume = "ticket", .early_data = "early-data"},
         "conversation 2: the server did not take the early data"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct complaint why = {""};
        struct buffer heard = {0};
        struct service service;

        start(&service, table[i].service);
        assert_false(visit(&service, table[i].visitor, &heard, &why));
        if (!strstr(why.text, table[i].sentence))
            fail_msg("it says: %s", why.text);
        assert_int_equal(kill(service.pid, SIGTERM), 0);
        assert_ends_well(&service);
        buffer_clear(&heard);
    }
}

static void asked_to_stop_it_ends_well(void **state)
{
    struct service service;

    (void)state;
    start(&service, (struct wishes){.kx = "anon-dh"});
    assert_int_equal(kill(service.pid, SIGTERM), 0);
    assert_ends_well(&service);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_visitor_gets_a_page_over_what_both_chose),
        CASE(an_answer_larger_than_all_buffers_arrives_whole),
        CASE(the_users_message_is_echoed),
        CASE(what_does_not_fit_fails_with_the_reason_and_the_service_goes_on),
        CASE(a_visitor_takes_up_what_the_service_lets_it),
        CASE(a_visitor_who_is_not_let_says_so),
        CASE(asked_to_stop_it_ends_well),
    };

    return RUN(cases);
}
