/*
 * command_line.h - what did the user type?
 *
 * One table names every option once: which commands take it, what it is called in --help, and where
 * its text goes. Here only what the words mean by themselves is checked (a number is a number);
 * whether they fit together is the question of choices.h.
 */
#ifndef KEYFALL_VICTIM_COMMAND_LINE_H
#define KEYFALL_VICTIM_COMMAND_LINE_H

#include <stdio.h>

#include "capture/bytes.h"
#include "capture/complaint.h"

enum command { COMMAND_EXCHANGE, COMMAND_SERVE, COMMAND_CONNECT, COMMAND_GROUP, COMMAND_LIST };
#define NUM_COMMANDS (COMMAND_LIST + 1)

/* What is asked for. A text that was not given is NULL; texts live in argv. */
struct wishes {
    enum command command;
    bool help;    /* for the command, or for all when has_command is false */
    bool version; /* print it, and that is all */
    bool has_command;

    const char *kx;
    const char *tls;
    const char *suite;
    const char *message;
    const char *message_file;
    const char *record;
    const char *leaks;
    const char *key;
    const char *cert;
    const char *key_type;
    const char *key_usage;
    const char *group;
    const char *psk;
    const char *resume;
    const char *psk_mode;
    const char *early_data;      /* its own name, since it takes no text */
    const char *reuse_ephemeral; /* likewise */
    const char *seed;
    const char *listen;
    const char *target; /* HOST:PORT of connect */
    const char *sessions_text;
    const char *size_text;
    const char *peers_text;
    bool quiet;

    uint64_t sessions; /* 0: not said */
    uint64_t size;     /* when size_text is given */
    uint64_t peers;    /* of an agreement */
};

/* command_line_read fills *wishes from main's arguments; false with *why when they make no sense.
 */
bool command_line_read(struct wishes *wishes, struct complaint *why, int argc,
                       char **argv) MUST_CHECK;

/* command_line_help prints the help that *wishes asks for. */
void command_line_help(const struct wishes *wishes, FILE *out);

#endif
