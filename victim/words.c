#include "victim/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#define USER_AGENT "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

/* One line of filler: "000000000042 ...\n", its number in front. */
#define FILLER_LINE       "000000000000 The quick brown fox jumps over the lazy dog.\n"
#define FILLER_LINE_LEN   (sizeof(FILLER_LINE) - 1)
#define FILLER_NUMBER_LEN 12

#define CHOICE(list, dice) ((list)[dice_below((dice), sizeof(list) / sizeof(*(list)))])

void customer_draw(struct customer *customer, struct dice *dice)
{
    static const char *const users[] = {
        "alice.archer", "bob.baker",    "carol.carter",   "dave.dyer",
        "erin.eastman", "frank.fisher", "grace.gardener", "heidi.hunter",
    };
    static const char *const nouns[] = {
        "lantern", "harbour", "pepper", "violin", "glacier", "magnet", "walnut", "compass",
    };
    const char *first = CHOICE(nouns, dice);
    const char *second = CHOICE(nouns, dice);
    uint32_t bank = dice_below(dice, 1000000000);
    uint32_t number = dice_below(dice, 1000000000);

    customer->user = CHOICE(users, dice);
    (void)snprintf(customer->password, sizeof(customer->password), "%s-%s-%02" PRIu32, first,
                   second, dice_below(dice, 100));
    (void)snprintf(customer->account, sizeof(customer->account), "XX00%09" PRIu32 "%09" PRIu32,
                   bank, number);
    customer->balance_cents = 1000 + dice_below(dice, 5000000);
}

/* Appends `text`, which it takes. */
static void append(struct speech *speech, char *text)
{
    size_t len = strlen(text);

    buffer_append(&speech->text, bytes_of(text, len));
    OPENSSL_cleanse(text, len);
    free(text);
}

static void append_request_head(struct speech *speech, const char *method_and_path,
                                const char *host)
{
    append(speech, alloc_format("%s HTTP/1.1\r\n"
                                "Host: %s\r\n"
                                "User-Agent: " USER_AGENT "\r\n"
                                "Accept: application/json, text/html;q=0.9, */*;q=0.5\r\n"
                                "Connection: close\r\n",
                                method_and_path, host));
}

static void append_body(struct speech *speech, const char *content_type, struct bytes body)
{
    append(speech, alloc_format("Content-Type: %s\r\n"
                                "Content-Length: %zu\r\n"
                                "\r\n",
                                content_type, body.len));
    buffer_append(&speech->text, body);
}

/* As append_body, for a text; takes `body`. */
static void append_text_body(struct speech *speech, const char *content_type, char *body)
{
    append_body(speech, content_type, bytes_of(body, strlen(body)));
    OPENSSL_cleanse(body, strlen(body));
    free(body);
}

void words_login(struct speech *speech, const struct customer *customer, const char *host)
{
    append_request_head(speech, "POST /login", host);
    append_text_body(speech, "application/x-www-form-urlencoded",
                     alloc_format("user=%s&password=%s", customer->user, customer->password));
}

void words_account(struct speech *speech, const struct customer *customer, const char *host)
{
    uint8_t base64[128];
    char *pair = alloc_format("%s:%s", customer->user, customer->password);

    /* Four characters for three bytes, and pair has at most 40 bytes: fits, with its final zero. */
    (void)EVP_EncodeBlock(base64, (const uint8_t *)pair, (int)strlen(pair));
    append_request_head(speech, "GET /account", host);
    append(speech, alloc_format("Authorization: Basic %s\r\n\r\n", (const char *)base64));
    free(pair);
}

void words_message(struct speech *speech, struct bytes message, const char *host)
{
    append_request_head(speech, "POST /message", host);
    append_body(speech, "text/plain; charset=utf-8", message);
}

static void append_answer_head(struct speech *speech, uint64_t date_s)
{
    char date[64];
    struct tm utc;
    time_t seconds = (time_t)date_s;

    (void)gmtime_r(&seconds, &utc);
    /* The program never leaves the C locale, so these are the English names of RFC 9110, 5.6.7. */
    (void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &utc);
    append(speech, alloc_format("HTTP/1.1 200 OK\r\n"
                                "Date: %s\r\n"
                                "Server: keyfall-victim\r\n"
                                "Cache-Control: no-store\r\n"
                                "Connection: close\r\n",
                                date));
}

void words_balance(struct speech *speech, const struct customer *customer, uint64_t date_s)
{
    append_answer_head(speech, date_s);
    append_text_body(speech, "application/json",
                     alloc_format("{\"user\":\"%s\",\"account\":\"%s\",\"balance\":\"%" PRIu32
                                  ".%02" PRIu32 "\",\"currency\":\"EUR\"}\n",
                                  customer->user, customer->account, customer->balance_cents / 100,
                                  customer->balance_cents % 100));
}

void words_received(struct speech *speech, size_t len, uint64_t date_s)
{
    append_answer_head(speech, date_s);
    append_text_body(speech, "application/json",
                     alloc_format("{\"status\":\"received\",\"bytes\":%zu}\n", len));
}

void words_page(struct speech *speech, const char *version, const char *suite, uint64_t date_s)
{
    append_answer_head(speech, date_s);
    append_text_body(speech, "text/html; charset=utf-8",
                     alloc_format("<!doctype html>\n"
                                  "<html lang=\"en\">\n"
                                  "<title>" WORDS_HOST "</title>\n"
                                  "<h1>Welcome to " WORDS_HOST "</h1>\n"
                                  "<p>This page came to you by %s with %s.</p>\n"
                                  "<p>The question is who else will read it, and when.</p>\n"
                                  "</html>\n",
                                  version, suite));
}

void words_echo(struct speech *speech, struct bytes message, uint64_t date_s)
{
    append_answer_head(speech, date_s);
    append_body(speech, "text/plain; charset=utf-8", message);
}

void words_filler(struct speech *speech, uint64_t len, uint64_t date_s)
{
    append_answer_head(speech, date_s);
    append(speech, alloc_format("Content-Type: text/plain; charset=utf-8\r\n"
                                "Content-Length: %" PRIu64 "\r\n"
                                "\r\n",
                                len));
    speech->filler_len = len;
}

void words_head_only(struct speech *speech)
{
    static const char end_of_head[] = "\r\n\r\n";
    const uint8_t *end =
        memmem(speech->text.at, speech->text.len, end_of_head, sizeof(end_of_head) - 1);

    if (end)
        speech->text.len = (size_t)(end - speech->text.at) + sizeof(end_of_head) - 1;
    speech->filler_len = 0;
}

static void number_line(char line[static FILLER_NUMBER_LEN], uint64_t number)
{
    for (size_t i = FILLER_NUMBER_LEN; i > 0; i--, number /= 10)
        line[i - 1] = (char)('0' + number % 10);
}

static size_t next_filler(struct speech *speech, uint8_t *out, size_t room)
{
    uint64_t left = speech->filler_len - speech->filler_said;
    size_t wanted = left < room ? (size_t)left : room;
    size_t made = 0;
    char line[] = FILLER_LINE;

    while (made < wanted) {
        size_t column = (size_t)(speech->filler_said % FILLER_LINE_LEN);
        size_t n = FILLER_LINE_LEN - column;

        if (n > wanted - made)
            n = wanted - made;
        number_line(line, speech->filler_said / FILLER_LINE_LEN);
        memcpy(out + made, line + column, n);
        made += n;
        speech->filler_said += n;
    }
    return made;
}

size_t speech_next(struct speech *speech, uint8_t *out, size_t room)
{
    size_t n = speech->text.len - speech->text_said;

    if (n > room)
        n = room;
    if (n > 0) {
        memcpy(out, speech->text.at + speech->text_said, n);
        speech->text_said += n;
    }
    return n + next_filler(speech, out + n, room - n);
}

void speech_clear(struct speech *speech)
{
    if (speech->text.len > 0)
        OPENSSL_cleanse(speech->text.at, speech->text.len);
    buffer_clear(&speech->text);
    *speech = (struct speech){0};
}
