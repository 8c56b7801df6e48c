#include "victim/scene.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "victim/group_choices.h"
#include "victim/resume_choices.h"
#include "victim/resumption.h"
#include "victim/stop.h"

/* Where a seeded client's ports are taken from: Linux's own range. */
#define FIRST_PORT 32768
#define NUM_PORTS  28232
#define HTTPS_PORT 443

static bool read_message(struct buffer *message, struct complaint *why, const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    uint8_t chunk[64 * 1024];
    size_t n;

    if (!file)
        return complaint_say(why, "%s: %s; name a file that can be read", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
        buffer_append(message, bytes_of(chunk, n));

    bool failed = ferror(file) != 0;

    if (failed)
        (void)complaint_say(why, "%s: %s; name a file that can be read", path, strerror(errno));
    if (file != stdin)
        (void)fclose(file);
    return !failed;
}

static bool open_message(struct scene *s, struct complaint *why)
{
    const struct wishes *w = s->wishes;

    if (w->message)
        buffer_append(&s->message, bytes_of(w->message, strlen(w->message)));
    if (w->message_file && !read_message(&s->message, why, w->message_file))
        return false;
    s->script = (struct script){
        .has_message = w->message || w->message_file,
        .message = buffer_view(&s->message),
        .has_size = w->size_text != NULL,
        .size = w->size,
    };
    return true;
}

static bool open_psk(struct scene *s, struct complaint *why)
{
    if (!s->choices.has_psk)
        return true;
    seed_label(&s->seed, "pre-shared key");
    if (!s->wishes->psk && s->wishes->command == COMMAND_CONNECT)
        return complaint_say(why,
                             "--kx %s: the server has a key that this end must know as well; "
                             "give it with --psk",
                             s->wishes->kx ? s->wishes->kx : kx_name(s->choices.kx));
    return s->wishes->psk ? preshared_read(&s->psk, why, s->wishes->psk)
                          : preshared_make(&s->psk, why);
}

/* Reads what the user brought, decides, and makes what is missing. */
static bool open_choices(struct scene *s, struct complaint *why)
{
    const struct wishes *w = s->wishes;
    bool has_server = w->command != COMMAND_CONNECT;

    if (w->key && w->cert && !credentials_load(&s->credentials, why, w->key, w->cert))
        return false;
    if (!suite_list_ask(&s->list, why) ||
        !choices_make(&s->choices, why, w, s->credentials.type, &s->list) || !open_psk(s, why))
        return false;
    if (has_server && s->choices.key_type != KEY_NONE && !s->credentials.key &&
        !credentials_make(&s->credentials, why, s->choices.key_type, s->choices.key_usage, &s->seed,
                          timeline_seconds(&s->timeline)))
        return false;
    seed_label(&s->seed, "ticket key");
    if (RAND_priv_bytes(s->ticket_key, TICKET_KEY_SIZE) != 1)
        return complaint_say(why, "libcrypto has no random numbers; is the system still starting?");
    return true;
}

static bool open_leaks(struct scene *s, struct complaint *why)
{
    const struct wishes *w = s->wishes;
    bool has_server = w->command != COMMAND_CONNECT;

    if (!w->leaks)
        return true;
    s->leaks = leak_files_open(w->leaks, has_server, why);
    if (!s->leaks)
        return false;
    if (s->seed.given)
        leak_files_mark(s->leaks);
    if (has_server) {
        leak_files_credentials(s->leaks, &s->credentials);
        leak_files_ticket_key(s->leaks, s->ticket_key);
    }
    if (s->choices.has_psk)
        leak_files_preshared(s->leaks, &s->psk);
    if (s->script.has_message)
        leak_files_said(s->leaks, s->script.message);
    else
        s->minutes = s->leaks;
    return true;
}

/*
 * setting_label names a purpose within what is negotiated here. Recordings of one seed share their
 * keys, words and hosts, but no ephemeral key, port or sequence number: they are conversations of
 * their own, which can be read together.
 */
static char *setting_label(const struct scene *s, const char *purpose, unsigned long number)
{
    const char *version = tls_version_name(s->choices.version);
    char *beginning = resume_choices_name(&s->choices);
    char *group = group_choices_name(&s->choices);
    const char *again = s->choices.reuses_ephemeral ? "+x" : "";
    char *label;

    /* With more to say the suite's number must do: seed_label has room for 63 characters. */
    if ((beginning[0] || group[0] || again[0]) && s->wishes->command == COMMAND_EXCHANGE)
        label = alloc_format("%s %lu%s%s%s of %s %04x", purpose, number, beginning, group, again,
                             version, s->choices.allowed[0].id);
    else
        label = alloc_format("%s %lu of %s %s", purpose, number, version,
                             s->choices.num_allowed > 0 ? s->choices.allowed[0].iana_name : "any");
    free(beginning);
    free(group);
    return label;
}

static bool open_contexts(struct scene *s, struct complaint *why)
{
    enum command command = s->wishes->command;

    s->backstage = (struct backstage){
        .choices = &s->choices,
        .credentials = &s->credentials,
        .psk = &s->psk,
        .ticket_key = s->ticket_key,
        .withholds_tickets = command == COMMAND_SERVE && s->choices.resume == RESUME_NONE,
        .timeline = &s->timeline,
        .leaks = s->leaks,
    };
    if (s->choices.reuses_ephemeral) {
        s->reuse = (struct ephemeral_reuse){.seed = &s->seed,
                                            .label = setting_label(s, "reused ephemeral key", 0)};
        s->backstage.reuse = &s->reuse;
    }
    if (command != COMMAND_SERVE && !(s->client = context_client(&s->backstage, why)))
        return false;
    if (command != COMMAND_CONNECT && !(s->server = context_server(&s->backstage, why)))
        return false;
    /* A client knows all that a server does, and of RSA the premaster secret besides. */
    context_log_keys(s->client ? s->client : s->server);
    return true;
}

bool scene_open(struct scene *scene, struct complaint *why, const struct wishes *wishes)
{
    *scene = (struct scene){.wishes = wishes, .stop = -1};
    if (!seed_init(&scene->seed, wishes->seed))
        return complaint_say(why, "libcrypto has no random numbers; is the system still starting?");
    seed_govern(&scene->seed);
    if (scene->seed.given && !wishes->quiet)
        (void)fputs("keyfall-victim: with --seed every secret follows from that text: for "
                    "demonstration only\n",
                    stderr);
    timeline_init(&scene->timeline, &scene->seed);
    if (!open_choices(scene, why) || !open_message(scene, why) || !open_leaks(scene, why) ||
        !open_contexts(scene, why))
        return false;
    if (wishes->record && !(scene->recorder = recorder_open(wishes->record, &scene->timeline, why)))
        return false;
    scene->stop = stop_open();
    return true;
}

static void draw_for_setting(struct dice *dice, const struct scene *s, const char *purpose)
{
    char *label = setting_label(s, purpose, 0);

    dice_init(dice, &s->seed, label);
    free(label);
}

/* With a seed, the story's addresses: the https port, and a client's port of its own each time. */
static void draw_ports(const struct scene *s, struct endpoint *client, struct endpoint *server)
{
    struct dice dice;

    if (s->wishes->command != COMMAND_EXCHANGE || !s->seed.given)
        return;
    draw_for_setting(&dice, s, "ports");
    client->port =
        (uint16_t)(FIRST_PORT + (dice_below(&dice, NUM_PORTS) + s->num_begun) % NUM_PORTS);
    server->port = HTTPS_PORT;
}

uint64_t scene_wanted(const struct scene *scene)
{
    if (scene->wishes->sessions > 0)
        return scene->wishes->sessions;
    return scene->choices.resume == RESUME_NONE ? 1 : 2;
}

unsigned long scene_next(struct scene *scene, struct tapped *tapped, const struct endpoint *client,
                         const struct endpoint *server)
{
    struct endpoint from = *client;
    struct endpoint to = *server;
    struct dice words;
    char label[48];

    draw_ports(scene, &from, &to);
    scene->num_begun++;
    timeline_next_conversation(&scene->timeline);

    char *connection = setting_label(scene, "connection", scene->num_begun);
    char *session = setting_label(scene, "session", scene->num_begun);

    tapped_init(tapped, &from, &to, &scene->seed, connection);
    (void)snprintf(label, sizeof(label), "customer %lu", scene->num_begun);
    dice_init(&words, &scene->seed, label);
    customer_draw(&scene->script.customer, &words);
    seed_label(&scene->seed, "%s", session);
    free(connection);
    free(session);
    return scene->num_begun;
}

void scene_held(struct scene *scene, const struct party *party)
{
    const SSL_CIPHER *cipher = SSL_get_current_cipher(party->ssl);

    scene->num_held++;
    SSL_SESSION_free(scene->earlier);
    scene->earlier = party->side == SIDE_CLIENT ? resumption_keep(party) : NULL;
    if (cipher)
        scene->suite_name = SSL_CIPHER_standard_name(cipher);
}

void scene_sum_up(const struct scene *scene)
{
    const struct wishes *w = scene->wishes;

    if (w->quiet)
        return;
    (void)fprintf(stderr, "%lu conversation%s", scene->num_held, scene->num_held == 1 ? "" : "s");
    if (scene->suite_name)
        (void)fprintf(stderr, " in %s, %s", tls_version_name(scene->choices.version),
                      scene->suite_name);
    if (w->record)
        (void)fprintf(stderr, "\n  %llu packets in %s",
                      (unsigned long long)recorder_packets(scene->recorder),
                      strcmp(w->record, "-") == 0 ? "standard output" : w->record);
    if (w->leaks)
        (void)fprintf(stderr, "\n  what a thief could steal is in %s", w->leaks);
    (void)fputc('\n', stderr);
}

bool scene_close(struct scene *scene, struct complaint *why)
{
    bool whole = recorder_close(scene->recorder, why);
    struct complaint second;

    if (!leak_files_close(scene->leaks, &second)) {
        if (whole)
            *why = second;
        whole = false;
    }
    if (scene->stop >= 0)
        (void)close(scene->stop);
    SSL_SESSION_free(scene->earlier);
    SSL_CTX_free(scene->client);
    SSL_CTX_free(scene->server);
    free(scene->reuse.label);
    credentials_clear(&scene->credentials);
    preshared_clear(&scene->psk);
    OPENSSL_cleanse(scene->ticket_key, sizeof(scene->ticket_key));
    choices_clear(&scene->choices);
    suite_list_clear(&scene->list);
    buffer_clear(&scene->message);
    seed_release(&scene->seed);
    seed_clear(&scene->seed);
    *scene = (struct scene){.stop = -1};
    return whole;
}
