/*
 * scene.h - is everything in its place before anybody speaks, and is it put away afterwards?
 *
 * What exchange, serve and connect have in common: the user's wishes become choices, keys,
 * contexts, open files; the end of the run closes them and sums up. Next: exchange.h, serve.h,
 * connect.h.
 */
#ifndef KEYFALL_VICTIM_SCENE_H
#define KEYFALL_VICTIM_SCENE_H

#include "victim/command_line.h"
#include "victim/script.h"

/* Zero is a scene in which nothing is open. */
struct scene {
    const struct wishes *wishes;
    struct seed seed;
    struct timeline timeline;
    struct suite_list list;
    struct choices choices;
    struct credentials credentials;
    struct preshared psk;
    uint8_t ticket_key[TICKET_KEY_SIZE];
    struct ephemeral_reuse reuse;
    struct backstage backstage;
    SSL_CTX *client; /* NULL for serve */
    SSL_CTX *server; /* NULL for connect */
    struct buffer message;
    struct script script;
    struct leak_files *leaks;   /* NULL without --leaks */
    struct leak_files *minutes; /* the same, or NULL when the words are the user's own */
    struct recorder *recorder;  /* NULL without --record */
    int stop;                   /* see stop.h; -1 is none */

    unsigned long num_begun; /* conversations; the next one has the number after it */
    unsigned long num_held;  /* to their end */
    SSL_SESSION *earlier;    /* that the next one resumes, as our client knows it, or NULL */
    const char *suite_name;  /* that the last of them negotiated, in IANA's words, or NULL */
};

/*
 * scene_open prepares all of it; false with *why when the wishes can't be granted. `wishes` must
 * outlive the scene. scene_close is due in either case.
 */
bool scene_open(struct scene *scene, struct complaint *why, const struct wishes *wishes) MUST_CHECK;

/* scene_wanted is how many conversations our client holds. */
uint64_t scene_wanted(const struct scene *scene);

/*
 * scene_next begins a conversation: its number, from 1, labels the randomness, and `tapped` takes
 * the addresses, which are real ones unless a seed decides.
 */
unsigned long scene_next(struct scene *scene, struct tapped *tapped, const struct endpoint *client,
                         const struct endpoint *server);

/*
 * scene_held notes that a conversation came to its end, as `party` knows it: our client, where
 * there is one.
 */
void scene_held(struct scene *scene, const struct party *party);

/* scene_sum_up says on standard error what came of the run. */
void scene_sum_up(const struct scene *scene);

/* scene_close closes files and wipes keys; false with *why when a file is not whole. */
bool scene_close(struct scene *scene, struct complaint *why) MUST_CHECK;

#endif
