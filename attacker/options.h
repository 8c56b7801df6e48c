/*
 * options.h - what was asked for on the command line.
 */
#ifndef KEYFALL_ATTACKER_OPTIONS_H
#define KEYFALL_ATTACKER_OPTIONS_H

#include "attacker/opened_by.h"
#include "capture/bytes.h"
#include "capture/complaint.h"

/* A list of file names, or of other words; they point into argv. */
struct paths {
    const char **names;
    size_t num;
};

enum wish { WISH_ATTACK, WISH_HELP, WISH_VERSION };

struct options {
    enum wish wish;
    struct paths keys;
    struct paths ticket_keys;
    struct paths ephemerals;
    struct paths psks; /* --psk: [ID:]HEX */
    struct paths keylogs;
    const char *passphrase_file;
    const char *discrete_log_time; /* as it was given; NULL when it was not */
    uint64_t discrete_log_ns;      /* 0: not to be tried */
    bool json;
    bool quiet;
    bool audit;
    const char *fail_on;  /* --fail-on: this name, */
    enum opened_by fatal; /* and the leak that it is */
    const char *extract_folder;
    const char *keylog_out;     /* --write-keylog */
    const char *plain_out;      /* --write-pcap */
    const char *annotated_out;  /* --annotate */
    bool standard_output_taken; /* one of these three is "-" */
    bool verify_checksums;
    struct paths captures;
};

/* options_read takes the command line apart; false with *why when it makes no sense. The caller
 * clears *out in either case. */
bool options_read(struct options *out, int argc, char **argv, struct complaint *why) MUST_CHECK;

/* options_help is the text of --help. */
const char *options_help(void);

void options_clear(struct options *options);

#endif
