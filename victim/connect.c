#include "victim/connect.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "victim/remote.h"
#include "victim/resumption.h"
#include "victim/stop.h"
#include "victim/wire.h"

/* How long a server may be silent: while it should answer, and after our farewell. */
#define HANDSHAKE_MS 10000
#define ANSWER_MS    3000
#define FAREWELL_MS  1000

/* Does what a stage's deadline asks for; true when the conversation is over. */
static bool heed_deadline(struct remote *remote)
{
    struct party *party = remote->party;
    uint64_t quiet_ms = remote_quiet_ms(remote);

    if (party->stage == STAGE_HEAR && quiet_ms > ANSWER_MS)
        party_close(party);
    else if (((party->stage == STAGE_EARLY || party->stage == STAGE_HANDSHAKE) &&
              quiet_ms > HANDSHAKE_MS) ||
             (party->stage == STAGE_FAREWELL && quiet_ms > FAREWELL_MS))
        party_lost(party);
    return party_over(party);
}

static bool hold(const struct scene *scene, struct remote *remote, struct complaint *why)
{
    while (!remote_step(remote) && !heed_deadline(remote)) {
        struct pollfd wait[] = {
            {.fd = scene->stop, .events = POLLIN},
            {.fd = remote->fd, .events = remote_events(remote)},
        };

        (void)poll(wait, 2, FAREWELL_MS / 4);
        if (stop_asked(scene->stop))
            return complaint_say(why, "stopped in the middle of a conversation");
    }
    if (remote->party->stage == STAGE_FAILED)
        *why = remote->party->why;
    return remote->party->stage != STAGE_FAILED;
}

/* The name to ask for: an address is none. RFC 6066 section 3. */
static const char *server_name(const char *host)
{
    bool is_address = strchr(host, ':') || strspn(host, "0123456789.") == strlen(host);

    return is_address ? NULL : host;
}

static bool hold_one(struct scene *scene, struct complaint *why)
{
    const char *where = scene->wishes->target;
    int fd = wire_connect(where, why);
    struct speech request = {0};
    struct remote remote;
    struct tapped tapped;
    char host[256];

    if (fd < 0)
        return false;

    struct endpoint client = wire_here(fd);
    struct endpoint server = wire_there(fd);
    unsigned long number = scene_next(scene, &tapped, &client, &server);

    wire_host(host, sizeof(host), where);
    script_inquiry(&request, &scene->script, where);

    struct party *party = party_new_client(scene->client, number, &request, server_name(host));

    party->minutes = scene->minutes;
    resumption_begin(party, scene->earlier);
    remote_init(&remote, fd, party, scene->recorder, &tapped);

    bool ok = hold(scene, &remote, why);

    if (ok)
        scene_held(scene, party);
    remote_clear(&remote);
    return ok;
}

bool connect_run(struct scene *scene, struct complaint *why)
{
    uint64_t wanted = scene_wanted(scene);
    bool ok = true;

    while (ok && scene->num_held < wanted && !stop_asked(scene->stop))
        ok = hold_one(scene, why);
    return ok;
}
