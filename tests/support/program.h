/*
 * program.h - running the programs as a user would, and looking at what they print.
 */
#ifndef KEYFALL_TESTS_SUPPORT_PROGRAM_H
#define KEYFALL_TESTS_SUPPORT_PROGRAM_H

#include <jansson.h>

#include "capture/alloc.h"

/* What a run left behind; the texts end with a zero that is not counted. */
struct run_result {
    int status; /* exit status, or 128 + signal */
    struct buffer out;
    struct buffer err;
};

/* One line of a command, split at blanks; %s and %d as in printf. A first word that begins with
 * "keyfall-" is looked up in the build folder. An argument with blanks stands in single quotes. */
void run_line(struct run_result *result, const char *line, ...)
    __attribute__((format(printf, 2, 3)));

/* run_with_input does the same with a file as standard input. */
void run_with_input(struct run_result *result, const char *input, const char *line, ...)
    __attribute__((format(printf, 3, 4)));

void run_clear(struct run_result *result);

/* run_start runs a line of the shell in the background; run_stop ends it with a signal, and waits.
 * What stays there under another name is not reached: begin with "exec". */
pid_t run_start(const char *line);
void run_stop(pid_t pid, int signal);

/* run_out and run_err are what was printed, as text. */
const char *run_out(const struct run_result *result);
const char *run_err(const struct run_result *result);

/* assert_status fails with everything that was printed when the status is another one. */
void assert_status(const struct run_result *result, int status);

/* assert_says fails with `text` when `part` is not in it. */
void assert_says(const char *text, const char *part);

/* run_sessions takes NDJSON apart: an array of the session lines; *summary, if wanted, the last
 * line. The caller frees both with json_decref. */
json_t *run_sessions(const struct run_result *result, json_t **summary);

/* is_installed: is there such a program on the PATH? */
bool is_installed(const char *program);

/* scratch_new makes an empty folder; scratch_free removes it with everything in it, and the name.
 */
char *scratch_new(void);
void scratch_free(char *folder);

/* IN_FOLDER is a case that works in a scratch folder of its own, which is its state. */
#define IN_FOLDER(function)                                                                        \
    cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* file_read reads a whole file; fails the test when it can't. buffer_clear is the caller's. */
struct buffer file_read(const char *path);

/* file_write makes a file of these bytes. */
void file_write(const char *path, struct bytes content);

#endif
