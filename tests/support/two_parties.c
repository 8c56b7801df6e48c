#include "tests/support/two_parties.h"

#include "victim/resumption.h"

#include "tests/support/check.h"

void two_open(struct two_parties *s, const struct wishes *wishes)
{
    struct complaint why;

    *s = (struct two_parties){0};
    if (!scene_open(&s->scene, &why, wishes))
        fail_msg("%s", why.text);
}

void two_begin(struct two_parties *s)
{
    struct speech request = {0};

    party_free(s->client);
    party_free(s->server);
    script_request(&request, &s->scene.script);
    s->client = party_new_client(s->scene.client, ++s->number, &request, WORDS_HOST);
    s->server =
        party_new_server(s->scene.server, s->number, script_answer_customer, &s->scene.script);
    resumption_begin(s->client, s->scene.earlier);
    resumption_begin(s->server, s->scene.earlier);
}

bool two_carry(struct party *from, struct party *to)
{
    struct bytes said = party_output(from);

    if (said.len == 0)
        return false;
    party_input(to, said);
    party_output_sent(from, said.len);
    return true;
}

bool two_talk(struct two_parties *s)
{
    bool moved = true;

    while (moved) {
        moved = party_step(s->client);
        moved = two_carry(s->client, s->server) || moved;
        moved = party_step(s->server) || moved;
        moved = two_carry(s->server, s->client) || moved;
    }
    return s->client->stage == STAGE_DONE && s->server->stage == STAGE_DONE;
}

void two_hold(struct two_parties *s)
{
    two_begin(s);
    if (!two_talk(s))
        fail_msg("client: %s, server: %s", s->client->why.text, s->server->why.text);
    scene_held(&s->scene, s->client);
}

void two_fail(struct two_parties *s, const char *sentence)
{
    assert_false(two_talk(s));
    if (!strstr(s->client->why.text, sentence) && !strstr(s->server->why.text, sentence))
        fail_msg("client: %s, server: %s", s->client->why.text, s->server->why.text);
}

void two_clear(struct two_parties *s)
{
    struct complaint why;

    party_free(s->client);
    party_free(s->server);
    assert_true(scene_close(&s->scene, &why));
}
