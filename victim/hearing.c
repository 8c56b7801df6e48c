#include "victim/hearing.h"

#include <strings.h>

static bool find(struct bytes in, size_t *at, const char *what)
{
    const uint8_t *found = in.len > 0 ? memmem(in.at, in.len, what, strlen(what)) : NULL;

    if (found)
        *at = (size_t)(found - in.at);
    return found != NULL;
}

/*
 * Where the head ends: behind its empty line. People who type a request into `openssl s_client` end
 * their lines with LF alone, which RFC 9112 section 2.2 lets a server take.
 */
static bool find_end(struct bytes in, size_t *end)
{
    size_t with_cr = SIZE_MAX;
    size_t bare = SIZE_MAX;

    if (find(in, &with_cr, "\r\n\r\n"))
        with_cr += 4;
    if (find(in, &bare, "\n\n"))
        bare += 2;
    *end = with_cr < bare ? with_cr : bare;
    return *end != SIZE_MAX;
}

/* The number in "Content-Length: 42"; false when the line is another field or no number. */
static bool content_length(struct bytes line, uint64_t *len)
{
    static const char name[] = "content-length:";
    struct reader r = reader_of(line);
    struct bytes found;
    uint64_t n = 0;
    bool any_digit = false;
    uint8_t c;

    if (!reader_bytes(&r, &found, sizeof(name) - 1) ||
        strncasecmp((const char *)found.at, name, found.len) != 0)
        return false;
    while (reader_u8(&r, &c)) {
        if (c == ' ' || c == '\t' || c == '\r')
            continue;
        if (c < '0' || c > '9' || n > (UINT64_MAX - 9) / 10)
            return false;
        n = 10 * n + (uint64_t)(c - '0');
        any_digit = true;
    }
    *len = n;
    return any_digit;
}

static void read_head(struct hearing *h, struct bytes head)
{
    static const char method[] = "HEAD ";
    struct reader r = reader_of(head);
    struct bytes line;
    size_t line_len;

    h->is_head_request =
        bytes_equal(bytes_first(head, sizeof(method) - 1), bytes_of(method, sizeof(method) - 1));
    while (find(r.left, &line_len, "\n") && reader_bytes(&r, &line, line_len) && reader_skip(&r, 1))
        (void)content_length(line, &h->body_left);
}

enum progress hearing_add(struct hearing *h, struct bytes more)
{
    size_t arrived = h->head.len + more.len;
    size_t body = more.len;
    size_t end;

    if (!h->is_head_whole) {
        buffer_append(&h->head, bytes_first(more, HEARING_HEAD_MAX - h->head.len));
        if (!find_end(buffer_view(&h->head), &end))
            return h->head.len < HEARING_HEAD_MAX ? PROGRESS_NEED_MORE : PROGRESS_MALFORMED;
        h->is_head_whole = true;
        read_head(h, bytes_first(buffer_view(&h->head), end));
        body = arrived - end; /* what has come of it already */
    }
    h->body_left -= body < h->body_left ? body : h->body_left;
    return h->body_left == 0 ? PROGRESS_DONE : PROGRESS_NEED_MORE;
}

void hearing_clear(struct hearing *h)
{
    buffer_clear(&h->head);
    *h = (struct hearing){0};
}
