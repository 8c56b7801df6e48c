#include "victim/serve.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "victim/remote.h"
#include "victim/resumption.h"
#include "victim/stop.h"
#include "victim/wire.h"

#define DEFAULT_ADDRESS "127.0.0.1:4433"

/* More visitors than a lesson has; more would only wait for their turn to be accepted. */
#define MAX_VISITORS 256

/* A visitor who does not answer our farewell has left. */
#define FAREWELL_MS 5000

#define WAKE_MS 500 /* how often deadlines are looked at */

struct service {
    struct scene *scene;
    int listener;
    struct remote visitors[MAX_VISITORS];
    size_t num_visitors;
};

static void announce(const struct service *service)
{
    const char *record = service->scene->wishes->record;
    FILE *out = record && strcmp(record, "-") == 0 ? stderr : stdout;
    struct endpoint here = wire_here(service->listener);
    char text[ENDPOINT_TEXT_SIZE];

    (void)fprintf(out, "https://%s/\n", endpoint_text(&here, text));
    (void)fflush(out);
}

static void welcome(struct service *service)
{
    struct scene *scene = service->scene;
    int fd;

    while (service->num_visitors < MAX_VISITORS && (fd = wire_accept(service->listener)) >= 0) {
        struct endpoint client = wire_there(fd);
        struct endpoint server = wire_here(fd);
        struct tapped tapped;

        if (client.family != server.family) { /* it left before it could be asked who it is */
            (void)close(fd);
            continue;
        }

        unsigned long number = scene_next(scene, &tapped, &client, &server);
        struct party *party =
            party_new_server(scene->server, number, script_answer_visitor, &scene->script);

        party->minutes = scene->minutes;
        resumption_begin(party, NULL); /* that is for the visitor to say */
        remote_init(&service->visitors[service->num_visitors++], fd, party, scene->recorder,
                    &tapped);
    }
}

static void tell(const struct service *service, const struct remote *visitor)
{
    const struct party *party = visitor->party;
    char text[ENDPOINT_TEXT_SIZE];

    if (service->scene->wishes->quiet)
        return;
    if (party->stage == STAGE_FAILED)
        (void)fprintf(stderr, "keyfall-victim: %s\n", party->why.text);
    else if (SSL_is_init_finished(party->ssl))
        (void)fprintf(stderr, "conversation %lu: %s, %s, %s\n", party->number,
                      endpoint_text(&visitor->tapped.endpoint[SIDE_CLIENT], text),
                      tls_version_name(SSL_version(party->ssl)),
                      SSL_CIPHER_standard_name(SSL_get_current_cipher(party->ssl)));
}

/* Serves one visitor; true when that is over. */
static bool attend(struct service *service, struct remote *visitor)
{
    bool over = remote_step(visitor);

    if (!over && visitor->party->stage == STAGE_FAREWELL &&
        remote_quiet_ms(visitor) > FAREWELL_MS && party_output(visitor->party).len == 0)
        over = true;
    if (over) {
        tell(service, visitor);
        if (visitor->party->stage != STAGE_FAILED)
            scene_held(service->scene, visitor->party);
    }
    return over;
}

static void attend_all(struct service *service)
{
    for (size_t i = 0; i < service->num_visitors;) {
        if (attend(service, &service->visitors[i])) {
            remote_clear(&service->visitors[i]);
            service->visitors[i] = service->visitors[--service->num_visitors];
        } else {
            i++;
        }
    }
}

static void wait_for_something(const struct service *service)
{
    struct pollfd wait[MAX_VISITORS + 2];
    nfds_t n = 0;

    wait[n++] = (struct pollfd){.fd = service->scene->stop, .events = POLLIN};
    wait[n++] = (struct pollfd){.fd = service->num_visitors < MAX_VISITORS ? service->listener : -1,
                                .events = POLLIN};
    for (size_t i = 0; i < service->num_visitors; i++)
        wait[n++] = (struct pollfd){.fd = service->visitors[i].fd,
                                    .events = remote_events(&service->visitors[i])};
    (void)poll(wait, n, WAKE_MS);
}

static bool goes_on(const struct scene *scene)
{
    uint64_t wanted = scene->wishes->sessions;

    return (wanted == 0 || scene->num_held < wanted) && !stop_asked(scene->stop) &&
           !recorder_failed(scene->recorder);
}

bool serve_run(struct scene *scene, struct complaint *why)
{
    struct service *service = alloc_zero(sizeof(*service));
    const char *where = scene->wishes->listen ? scene->wishes->listen : DEFAULT_ADDRESS;

    service->scene = scene;
    service->listener = wire_listen(where, why);
    if (service->listener < 0) {
        free(service);
        return false;
    }
    announce(service);
    while (goes_on(scene)) {
        wait_for_something(service);
        welcome(service);
        attend_all(service);
    }
    for (size_t i = 0; i < service->num_visitors; i++)
        remote_clear(&service->visitors[i]);
    (void)close(service->listener);
    free(service);
    return true;
}
