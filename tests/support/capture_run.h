/*
 * capture_run.h - running keyfall-capture as its user would, on traffic that the test makes itself.
 *
 * Others may use the loopback at the same time, so each case has ports of its own, picked by the
 * system, and filters for them.
 */
#ifndef KEYFALL_TESTS_SUPPORT_CAPTURE_RUN_H
#define KEYFALL_TESTS_SUPPORT_CAPTURE_RUN_H

#include <sys/types.h>

#include "tests/support/check.h"

struct stage;

enum { CAPTURE_RUN_NOBODY = 65534 };

struct capture_run {
    char *folder;
    char *recording; /* what -w names */
    char *out;       /* standard output goes there */
    char *errors;    /* and standard error */
    char *gate;      /* a FIFO: a command that reads from it ends when the test lets it */
    char *self;      /* this program */
    char *program;
    uint16_t port;      /* free for a conversation over TCP */
    char port_text[8];  /* the same */
    char filter[32];    /* matches it */
    int datagrams;      /* a socket that sends to itself */
    uint16_t to;        /* its port */
    char to_filter[32]; /* matches it */
    char *said;         /* standard error, once it has ended */
    int status;         /* exit status, or 128 + signal */
    uid_t uid;          /* whom it is started as */
    uint64_t max_file;  /* limit for the size of its files in bytes; 0: none */
};

/* ON_CAPTURE_RUN: a case with a fresh struct capture_run as its state. */
#define ON_CAPTURE_RUN(function)                                                                   \
    cmocka_unit_test_setup_teardown(function, capture_run_setup, capture_run_teardown)

int capture_run_setup(void **state);
int capture_run_teardown(void **state);

/* ARGS("-i", "lo") is a list of arguments as the functions below want them. */
#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* capture_start starts it; capture_is_ready waits until it records; capture_finish for its end. */
pid_t capture_start(const struct capture_run *r, const char *const *args);
void capture_is_ready(pid_t pid);
void capture_finish(struct capture_run *r, pid_t pid);

/* open_gate waits until a command reads from r->gate, which then ends. */
void open_gate(const struct capture_run *r);

/* capture_start and capture_finish in one. */
void capture_all(struct capture_run *r, const char *const *args);

/* become_capture is what the process between fork and the program does; for a test that forks. */
_Noreturn void become_capture(const struct capture_run *r, const char *const *args);

/* send_datagrams sends `num` packets of `len` bytes of payload to the run's own port. */
void send_datagrams(const struct capture_run *r, size_t num, size_t len);

/* pause_ms does nothing for so long. */
void pause_ms(unsigned ms);

/* assert_said fails with what was said on standard error when `part` is not in it. */
void assert_said(const struct capture_run *r, const char *part);

/* assert_refused: status 2, and a sentence with `part` in it behind the program's name. */
void assert_refused(const struct capture_run *r, const char *part);

/* assert_counted reads the final count, checks that it adds up, and fills what is not NULL. */
void assert_counted(const struct capture_run *r, uint64_t *written, uint64_t *dropped);

/* Recording needs a right that not everyone who runs the tests has. */
void skip_unless_permitted(void);

/* Some things only root can prepare. */
void skip_unless_root(void);

/* read_recording puts the file's packets through a reassembly and answers how many they were. */
size_t read_recording(struct stage *s, const char *path);

/* packets_in counts a file's packets, and fails when it can't be read to its last byte. */
size_t packets_in(const char *path);

/* process_line finds the line of /proc/PID/status that begins with `name`; free() it. */
char *process_line(pid_t pid, const char *name);

#endif
