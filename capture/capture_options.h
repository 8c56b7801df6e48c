/*
 * capture_options.h - what does the user want recorded?
 */
#ifndef KEYFALL_CAPTURE_CAPTURE_OPTIONS_H
#define KEYFALL_CAPTURE_CAPTURE_OPTIONS_H

#include <stdint.h>

#include "capture/complaint.h"

enum capture_action { CAPTURE_RECORD, CAPTURE_LIST, CAPTURE_HELP, CAPTURE_VERSION };

struct capture_options {
    enum capture_action action;
    const char *interface;
    const char *file;   /* "-" is standard output */
    const char *filter; /* NULL: everything */
    int snaplen;
    int buffer_size;      /* of the kernel, in bytes */
    bool promiscuous;     /* record frames for other stations, too */
    uint64_t max_packets; /* 0: no limit */
    uint64_t duration_ns; /* 0: no limit */
    uint64_t file_size;   /* bytes, from which on the next file begins; 0: no limit */
    uint64_t file_ns;     /* and the time after which it does; 0: no limit */
    uint64_t num_files;   /* the oldest of more are deleted; 0: no limit */
    bool fail_on_drop;
    char **command; /* ends with NULL, as execvp wants it; NULL: none */
};

/* The longest packet that libpcap reads back; loopback segments reach 64 KB. */
#define CAPTURE_MAX_SNAPLEN 262144

/*
 * capture_options_read reads the command line; strings are borrowed from argv. False with *why
 * filled when it makes no sense.
 */
bool capture_options_read(struct capture_options *o, int argc, char **argv, struct complaint *why);

/* capture_options_help is the text of --help. */
extern const char capture_options_help[];

#endif
