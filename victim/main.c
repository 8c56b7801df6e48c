/*
 * keyfall-victim: holds real TLS conversations, records them, and hands over whatever a thief might
 * later steal. The first room of the house; see docs/ for the other two.
 *
 * Read on in the order of the story: command_line (what is wished), choices (what is granted),
 * scene (what is prepared), exchange (two ends talk), party (one end), recorder (what a tap would
 * see).
 */
#include <stdio.h>

#include <openssl/ssl.h>

#include "capture/release.h"
#include "victim/connect.h"
#include "victim/exchange.h"
#include "victim/key_usage_choices.h"
#include "victim/ring.h"
#include "victim/serve.h"

enum status {
    STATUS_OK = 0,
    STATUS_FAILED_CONVERSATION = 1,
    STATUS_NO_SENSE = 2, /* or a file that could not be read or written */
};

static int complain(const struct complaint *why, enum status status)
{
    (void)fprintf(stderr, "keyfall-victim: %s\n", why->text);
    return (int)status;
}

static int finish_output(void)
{
    struct complaint why;

    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_OK;
    (void)complaint_say(&why, "standard output can't be written; is its disk full?");
    return complain(&why, STATUS_NO_SENSE);
}

static int list(void)
{
    struct suite_list suites;
    struct complaint why;

    if (!suite_list_ask(&suites, &why))
        return complain(&why, STATUS_NO_SENSE);
    suite_list_print(&suites, stdout);
    key_usage_print(stdout);
    suite_list_clear(&suites);
    return finish_output();
}

static int run(struct scene *scene)
{
    struct complaint why;

    switch (scene->wishes->command) {
    case COMMAND_EXCHANGE:
        if (!exchange_run(scene, &why))
            return complain(&why, STATUS_FAILED_CONVERSATION);
        break;
    case COMMAND_SERVE:
        if (!serve_run(scene, &why))
            return complain(&why, STATUS_NO_SENSE);
        break;
    case COMMAND_CONNECT:
        if (!connect_run(scene, &why))
            return complain(&why, STATUS_FAILED_CONVERSATION);
        break;
    case COMMAND_GROUP:
    case COMMAND_LIST:
        break;
    }
    scene_sum_up(scene);
    return STATUS_OK;
}

static int talk(const struct wishes *wishes)
{
    struct scene scene;
    struct complaint why;
    int status;

    status = scene_open(&scene, &why, wishes) ? run(&scene) : complain(&why, STATUS_NO_SENSE);
    if (!scene_close(&scene, &why))
        status = complain(&why, STATUS_NO_SENSE);
    return status;
}

static int agree(const struct wishes *wishes)
{
    struct complaint why;
    struct ring ring;
    int status = STATUS_OK;

    if (!ring_open(&ring, &why, wishes))
        status = complain(&why, STATUS_NO_SENSE);
    else if (!ring_hold(&ring, &why))
        status = complain(&why, STATUS_FAILED_CONVERSATION);
    else
        ring_sum_up(&ring);
    if (!ring_close(&ring, &why))
        status = complain(&why, STATUS_NO_SENSE);
    return status;
}

int main(int argc, char **argv)
{
    struct wishes wishes;
    struct complaint why;

    if (!command_line_read(&wishes, &why, argc, argv))
        return complain(&why, STATUS_NO_SENSE);
    if (wishes.help) {
        command_line_help(&wishes, stdout);
        return finish_output();
    }
    if (wishes.version) {
        (void)puts("keyfall-victim " KEYFALL_RELEASE);
        return finish_output();
    }
    /* The machine's openssl.cnf may forbid what is to be shown. */
    if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1) {
        (void)complaint_say(&why, "libssl can't start; is OpenSSL installed whole?");
        return complain(&why, STATUS_NO_SENSE);
    }
    if (wishes.command == COMMAND_LIST)
        return list();
    return wishes.command == COMMAND_GROUP ? agree(&wishes) : talk(&wishes);
}
