#include "tests/support/terminal.h"

#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/check.h"

void terminal_type(int terminal, const char *keys)
{
    assert_int_equal(write(terminal, keys, strlen(keys)), strlen(keys));
}

static int64_t now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void terminate(struct buffer *shown)
{
    static const uint8_t end = 0;

    buffer_append(shown, bytes_of(&end, 1));
    shown->len--;
}

void terminal_read(int terminal, struct buffer *shown, const char *text, int ms)
{
    struct pollfd polled = {.fd = terminal, .events = POLLIN};
    int64_t until = now_ms() + ms;
    int64_t now;
    uint8_t piece[4096];

    terminate(shown);
    while ((now = now_ms()) < until && poll(&polled, 1, (int)(until - now)) > 0) {
        ssize_t len = read(terminal, piece, sizeof(piece));

        if (len <= 0)
            break;
        buffer_append(shown, bytes_of(piece, (size_t)len));
        terminate(shown);
        if (text && strstr((const char *)shown->at, text))
            break;
    }
}
