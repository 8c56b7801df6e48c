#include "tests/support/rewriter_tshark.h"

#include "tests/support/check.h"
#include "tests/support/program.h"

/* take_line adds what a line of hex digits stands for; the second side's lines begin with a tab. */
static void take_line(struct buffer said[2], const char *line)
{
    struct buffer *to = &said[line[0] == '\t'];
    size_t len = strlen(line += line[0] == '\t');
    struct bytes content;

    if (len == 0 || strspn(line, "0123456789abcdef") != len)
        return; /* the frame around it */
    content = unhex(line);
    buffer_append(to, content);
    exact_free(content);
}

static void follow(struct buffer said[2], const char *recording, const char *options,
                   const char *what)
{
    struct run_result result;
    char *rest = NULL;

    said[0] = said[1] = (struct buffer){0};
    run_line(&result,
             "tshark -r %s -o tcp.reassemble_out_of_order:TRUE %s -q -z "
             "follow,%s,raw,0",
             recording, options, what);
    assert_status(&result, 0);
    for (char *line = strtok_r((char *)result.out.at, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest))
        take_line(said, line);
    run_clear(&result);
}

/* Where tshark begins to say what it has followed. */
struct section {
    struct talks *to; /* NULL: nothing has begun */
    char *endpoint;
    struct buffer said[2];
};

static void end_section(struct section *s)
{
    if (s->to && s->endpoint)
        talks_add(s->to, s->endpoint, s->said);
    free(s->endpoint);
    *s = (struct section){0};
}

void tshark_follow_all(struct talks *carried, struct talks *opened, const char *recording,
                       const char *options, size_t num)
{
    struct section section = {0};
    struct run_result result;
    char *rest = NULL;
    char *script = alloc_format("%s.sh", recording); /* there are too many words for a line */
    char *line = alloc_format("exec tshark -r %s -o tcp.reassemble_out_of_order:TRUE %s -q",
                              recording, options);
    struct buffer command = {0};

    buffer_append(&command, bytes_of(line, strlen(line)));
    free(line);
    for (size_t i = 0; i < num; i++) {
        line = alloc_format(" -z follow,tcp,raw,%zu -z follow,tls,raw,%zu", i, i);
        buffer_append(&command, bytes_of(line, strlen(line)));
        free(line);
    }
    file_write(script, buffer_view(&command));
    run_line(&result, "sh %s", script);
    assert_status(&result, 0);
    for (line = strtok_r((char *)result.out.at, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        if (strncmp(line, "Follow: ", 8) == 0) {
            end_section(&section);
            section.to = strncmp(line + 8, "tls", 3) == 0 ? opened : carried;
        } else if (strncmp(line, "Node 0: ", 8) == 0 && line[8] != ':') {
            section.endpoint = alloc_text(line + 8);
        } else {
            take_line(section.said, line);
        }
    }
    end_section(&section);
    run_clear(&result);
    buffer_clear(&command);
    free(script);
}

void tshark_follow(struct buffer said[2], const char *recording, const char *options)
{
    follow(said, recording, options, "tls");
}

void tshark_follow_plain(struct buffer said[2], const char *recording)
{
    follow(said, recording, "", "tcp");
}
