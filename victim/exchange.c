#include "victim/exchange.h"

#include <unistd.h>

#include "victim/dialogue.h"
#include "victim/resumption.h"
#include "victim/stop.h"
#include "victim/wire.h"

static bool hold_one(struct scene *scene, struct complaint *why, const int fd[NUM_SIDES])
{
    struct endpoint client = wire_here(fd[SIDE_CLIENT]);
    struct endpoint server = wire_here(fd[SIDE_SERVER]);
    struct speech request = {0};
    struct tapped tapped;
    unsigned long number = scene_next(scene, &tapped, &client, &server);

    script_request(&request, &scene->script);

    struct dialogue c = {
        .party = {[SIDE_CLIENT] = party_new_client(scene->client, number, &request, WORDS_HOST),
                  [SIDE_SERVER] = party_new_server(scene->server, number, script_answer_customer,
                                                   &scene->script)},
        .fd = {[SIDE_CLIENT] = fd[SIDE_CLIENT], [SIDE_SERVER] = fd[SIDE_SERVER]},
        .recorder = scene->recorder,
        .tapped = &tapped,
    };

    c.party[SIDE_SERVER]->minutes = scene->minutes;
    resumption_begin(c.party[SIDE_CLIENT], scene->earlier);
    resumption_begin(c.party[SIDE_SERVER], scene->earlier);

    bool ok = dialogue_hold(&c, why);

    if (ok)
        scene_held(scene, c.party[SIDE_CLIENT]);
    party_free(c.party[SIDE_CLIENT]);
    party_free(c.party[SIDE_SERVER]);
    return ok;
}

static bool connect_and_hold_one(struct scene *scene, struct complaint *why, int listener)
{
    int fd[NUM_SIDES];

    if (!wire_pair(&fd[SIDE_CLIENT], &fd[SIDE_SERVER], listener, why))
        return false;

    bool ok = hold_one(scene, why, fd);

    (void)close(fd[SIDE_SERVER]);
    (void)close(fd[SIDE_CLIENT]);
    return ok;
}

bool exchange_run(struct scene *scene, struct complaint *why)
{
    uint64_t wanted = scene_wanted(scene);
    int listener = wire_listen("127.0.0.1:0", why);
    bool ok = listener >= 0;

    while (ok && scene->num_held < wanted && !stop_asked(scene->stop))
        ok = connect_and_hold_one(scene, why, listener);
    if (listener >= 0)
        (void)close(listener);
    return ok;
}
