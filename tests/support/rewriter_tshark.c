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

void tshark_follow(struct buffer said[2], const char *recording, const char *options)
{
    struct run_result result;
    char *rest = NULL;

    said[0] = said[1] = (struct buffer){0};
    run_line(&result, "tshark -r %s -o tcp.reassemble_out_of_order:TRUE %s -q -z follow,tls,raw,0",
             recording, options);
    assert_status(&result, 0);
    for (char *line = strtok_r((char *)result.out.at, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest))
        take_line(said, line);
    run_clear(&result);
}
