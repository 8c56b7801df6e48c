#include "tests/support/program.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"

#define MAX_WORDS 64

extern char **environ;

/* split cuts a line into words, in place; there is always one, if only an empty one. */
static void split(char *line, char **words)
{
    size_t num_words = 0;

    words[0] = line;
    while (*line) {
        line += strspn(line, " ");
        if (!*line)
            break;

        char end = *line == '\'' ? '\'' : ' ';
        line += end == '\'';
        assert_true(num_words < MAX_WORDS - 1);
        words[num_words++] = line;
        line += strcspn(line, end == '\'' ? "'" : " ");
        if (*line)
            *line++ = '\0';
    }
    words[num_words > 0 ? num_words : 1] = NULL;
}

static char *find_program(const char *name)
{
    const char *build = getenv("KEYFALL_BUILD");

    if (strncmp(name, "keyfall-", 8) != 0)
        return alloc_text(name);
    return alloc_format("%s/%s", build ? build : "build", name);
}

static void terminate(struct buffer *text)
{
    static const uint8_t end = 0;

    buffer_append(text, bytes_of(&end, 1));
    text->len--;
}

/* take_file reads what a run printed into an unlinked temporary file. */
static void take_file(struct buffer *out, FILE *file)
{
    uint8_t piece[65536];
    size_t len;

    rewind(file);
    while ((len = fread(piece, 1, sizeof(piece), file)) > 0)
        buffer_append(out, bytes_of(piece, len));
    (void)fclose(file);
    terminate(out);
}

static void run_words(struct run_result *result, const char *input, char **words)
{
    posix_spawn_file_actions_t actions;
    FILE *out = tmpfile();
    FILE *err = tmpfile();
    char *program = find_program(words[0]);
    pid_t pid;
    int status;

    *result = (struct run_result){0};
    assert_non_null(out);
    assert_non_null(err);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    (void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0);
    (void)posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, fileno(err), STDERR_FILENO);

    int error = posix_spawnp(&pid, program, &actions, NULL, words, environ);
    if (error != 0)
        fail_msg("%s: %s", program, strerror(error));
    while (waitpid(pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    result->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    take_file(&result->out, out);
    take_file(&result->err, err);
    (void)posix_spawn_file_actions_destroy(&actions);
    free(program);
}

static void run_text(struct run_result *result, const char *input, const char *line, va_list list)
    __attribute__((format(printf, 3, 0)));

static void run_text(struct run_result *result, const char *input, const char *line, va_list list)
{
    char *words[MAX_WORDS];
    char *text = NULL;

    assert_true(vasprintf(&text, line, list) >= 0);
    split(text, words);
    run_words(result, input, words);
    free(text);
}

void run_line(struct run_result *result, const char *line, ...)
{
    va_list list;

    va_start(list, line);
    run_text(result, "/dev/null", line, list);
    va_end(list);
}

void run_with_input(struct run_result *result, const char *input, const char *line, ...)
{
    va_list list;

    va_start(list, line);
    run_text(result, input, line, list);
    va_end(list);
}

pid_t run_start(const char *line)
{
    char *words[] = {unconst("sh"), unconst("-c"), unconst(line), NULL};
    pid_t pid;

    assert_int_equal(posix_spawnp(&pid, "sh", NULL, NULL, words, environ), 0);
    return pid;
}

void run_stop(pid_t pid, int signal)
{
    int status;

    (void)kill(pid, signal);
    (void)waitpid(pid, &status, 0);
}

void run_clear(struct run_result *result)
{
    buffer_clear(&result->out);
    buffer_clear(&result->err);
}

const char *run_out(const struct run_result *result)
{
    return (const char *)result->out.at;
}

const char *run_err(const struct run_result *result)
{
    return (const char *)result->err.at;
}

void assert_status(const struct run_result *result, int status)
{
    if (result->status != status)
        fail_msg("status %d instead of %d\n%.4000s\n%.4000s", result->status, status,
                 run_out(result), run_err(result));
}

void assert_says(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not said in:\n%.4000s", part, text);
}

json_t *run_sessions(const struct run_result *result, json_t **summary)
{
    json_t *sessions = json_array();
    char *lines = alloc_text(run_out(result));
    char *rest = NULL;
    bool ended = false;

    for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        json_error_t error;
        json_t *object = json_loads(line, 0, &error);

        if (!object)
            fail_msg("no JSON: %s: %.200s", error.text, line);
        assert_false(ended); /* the summary is the last line */
        ended = strcmp(json_string_value(json_object_get(object, "type")), "summary") == 0;
        if (!ended)
            json_array_append(sessions, object);
        else if (summary)
            *summary = json_incref(object);
        json_decref(object);
    }
    if (!ended)
        fail_msg("no summary line in:\n%.4000s\n%.4000s", run_out(result), run_err(result));
    free(lines);
    return sessions;
}

bool is_installed(const char *program)
{
    char *path = alloc_text(getenv("PATH") ? getenv("PATH") : "");
    char *rest = NULL;
    bool found = false;

    for (char *folder = strtok_r(path, ":", &rest); folder && !found;
         folder = strtok_r(NULL, ":", &rest)) {
        char *file = alloc_format("%s/%s", folder, program);

        found = access(file, X_OK) == 0;
        free(file);
    }
    free(path);
    return found;
}

char *scratch_new(void)
{
    const char *parent = getenv("TMPDIR");
    char *folder = alloc_format("%s/keyfall-test-XXXXXX", parent ? parent : "/tmp");

    assert_non_null(mkdtemp(folder));
    return folder;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

void scratch_free(char *folder)
{
    (void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
}

int scratch_setup(void **state)
{
    *state = scratch_new();
    return 0;
}

int scratch_teardown(void **state)
{
    scratch_free(*state);
    return 0;
}

static FILE *open_or_fail(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);

    if (!file) {
        fail_msg("%s: %s", path, strerror(errno));
        abort(); /* not reached: cmocka has left the case */
    }
    return file;
}

struct buffer file_read(const char *path)
{
    struct buffer content = {0};
    FILE *file = open_or_fail(path, "rb");

    take_file(&content, file);
    return content;
}

void file_write(const char *path, struct bytes content)
{
    FILE *file = open_or_fail(path, "wb");

    if (content.len > 0)
        assert_int_equal(fwrite(content.at, 1, content.len, file), content.len);
    assert_int_equal(fclose(file), 0);
}
