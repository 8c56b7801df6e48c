#include "tests/support/preface.h"

#include "tests/support/check.h"

#define SAYS(side, text)                                                                           \
    {                                                                                              \
        side,                                                                                      \
        {                                                                                          \
            (const void *)(text), sizeof(text) - 1                                                 \
        }                                                                                          \
    }
#define CLIENT(text) SAYS(SIDE_CLIENT, text)
#define SERVER(text) SAYS(SIDE_SERVER, text)

#define MYSQL_GREETING                                                                             \
    "\x4a\0\0\0\x0a"                                                                               \
    "8.0.36\0"                                                                                     \
    "\x10\0\0\0"                                                                                   \
    "abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15"                                                     \
    "\0\0\0\0\0\0\0\0\0\0"                                                                         \
    "ijklmnopqrst\0"                                                                               \
    "caching_sha2_password\0"
#define MYSQL_SSL_REQUEST                                                                          \
    "\x20\0\0\x01"                                                                                 \
    "\x05\xae\x07\0"                                                                               \
    "\0\0\0\x01\x2d"                                                                               \
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

/* clang-format off */
const struct preface prefaces[NUM_PREFACES] = {
    {"SMTP", /* RFC 3207 */
     {SERVER("220 mail.example ESMTP\r\n"), CLIENT("EHLO me.example\r\n"),
      SERVER("250-mail.example\r\n250-SIZE 1000000\r\n250 STARTTLS\r\n"), CLIENT("STARTTLS\r\n"),
      SERVER("220 Go ahead\r\n")}, false},
    {"IMAP", /* RFC 9051 section 6.2.1 */
     {SERVER("* OK IMAP4rev1 ready\r\n"), CLIENT("a1 CAPABILITY\r\n"),
      SERVER("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK done\r\n"),
      CLIENT("a2 STARTTLS\r\n"), SERVER("a2 OK begin TLS now\r\n")}, false},
    {"POP3", /* RFC 2595 section 4 */
     {SERVER("+OK ready\r\n"), CLIENT("CAPA\r\n"), SERVER("+OK\r\nSTLS\r\nUIDL\r\n.\r\n"),
      CLIENT("STLS\r\n"), SERVER("+OK begin TLS\r\n")}, false},
    {"FTP", /* RFC 4217 */
     {SERVER("220 ftp.example\r\n"), CLIENT("AUTH TLS\r\n"), SERVER("234 Proceed\r\n")}, false},
    {"XMPP", /* RFC 6120 section 5 */
     {CLIENT("<?xml version='1.0'?><stream:stream to='example' version='1.0' xmlns='jabber:client' "
             "xmlns:stream='http://etherx.jabber.org/streams'>"),
      SERVER("<?xml version='1.0'?><stream:stream from='example' id='7' version='1.0' "
             "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
             "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/>"
             "</starttls></stream:features>"),
      CLIENT("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
      SERVER("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")}, false},
    {"LDAP", /* RFC 4511 section 4.14 */
     {CLIENT("\x30\x1d\x02\x01\x01\x77\x18\x80\x16" "1.3.6.1.4.1.1466.20037"),
      SERVER("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0")}, false},
    {"PostgreSQL", /* its manual, "SSL Session Encryption" */
     {CLIENT("\0\0\0\x08\x04\xd2\x16\x2f"), SERVER("S")}, false},
    {"MySQL", /* its manual, "Connection Phase" */
     {SERVER(MYSQL_GREETING), CLIENT(MYSQL_SSL_REQUEST)}, false},
    {"MySQL in a hurry", {SERVER(MYSQL_GREETING), CLIENT(MYSQL_SSL_REQUEST)}, true},
    {"HTTP CONNECT", /* RFC 9110 section 9.3.6 */
     {CLIENT("GET http://garden.example/ HTTP/1.1\r\nHost: garden.example\r\n\r\n"),
      SERVER("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nroses"),
      CLIENT("CONNECT kitchen.example:443 HTTP/1.1\r\nHost: kitchen.example:443\r\n\r\n"),
      SERVER("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
      CLIENT("CONNECT kitchen.example:443 HTTP/1.1\r\nHost: kitchen.example:443\r\n"
             "Proxy-Authorization: Basic bWU6cGFzcw==\r\n\r\n"),
      SERVER("HTTP/1.1 200 Connection established\r\n\r\n")}, false},
    {"SOCKS4",
     {CLIENT("\x04\x01\x01\xbb\x7f\0\0\x01me\0"), SERVER("\0\x5a\0\0\0\0\0\0")}, false},
    {"SOCKS5", /* RFC 1928 */
     {CLIENT("\x05\x01\0"), SERVER("\x05\0"), CLIENT("\x05\x01\0\x01\x7f\0\0\x01\x01\xbb"),
      SERVER("\x05\0\0\x01\x7f\0\0\x01\x01\xbb")}, false},
    {"SOCKS5 with a password", /* RFC 1929 */
     {CLIENT("\x05\x02\0\x02"), SERVER("\x05\x02"), CLIENT("\x01\x02me\x04pass"), SERVER("\x01\0"),
      CLIENT("\x05\x01\0\x03\x0fkitchen.example\x01\xbb"),
      SERVER("\x05\0\0\x01\x7f\0\0\x01\x01\xbb")}, false},
    {"RDP", /* MS-RDPBCGR 2.2.1.1, in X.224 */
     {CLIENT("\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0"),
      SERVER("\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\x1f\x08\0\x01\0\0\0")}, false},
};
/* clang-format on */

#define NUM_WITHOUT_DATA 3

static size_t first_with_data(const struct segments *list)
{
    size_t number = NUM_WITHOUT_DATA;

    while (list->at[number].payload.len == 0)
        number++;
    return number;
}

/* put_in_front lets the ClientHello's segment begin with these bytes. */
static void put_in_front(struct segments *list, struct bytes said)
{
    struct segment *hello = &list->at[first_with_data(list)];
    struct buffer whole = {0};

    buffer_append(&whole, said);
    buffer_append(&whole, buffer_view(&hello->payload));
    buffer_clear(&hello->payload);
    hello->payload = whole;
    hello->sequence -= (uint32_t)said.len;
}

void preface_put(struct segments *list, const struct preface *preface)
{
    struct segments out = {0};
    struct segment sides[2] = {list->at[NUM_WITHOUT_DATA - 1], list->at[1]};
    uint32_t said[2] = {0, 0};
    struct bytes last = {0};

    for (size_t i = 0; i < NUM_WITHOUT_DATA; i++)
        segments_add(&out, &list->at[i], buffer_view(&list->at[i].payload));
    sides[SIDE_SERVER].sequence++; /* behind its SYN */
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        sides[side].acknowledge = sides[side_other(side)].sequence;
        sides[side].flags = TCP_FLAG_ACK;
        sides[side].time_ns = sides[SIDE_CLIENT].time_ns;
    }
    for (size_t i = 0; i < PREFACE_MAX_TURNS && preface->turns[i].said.len > 0; i++) {
        enum side from = preface->turns[i].from;
        struct segment *segment = NULL;

        last = preface->turns[i].said;
        if (!preface->in_one_segment || preface->turns[i + 1].said.len > 0)
            segment = segments_add(&out, &sides[from], last);
        if (segment) {
            segment->sequence += said[from];
            segment->acknowledge += said[side_other(from)];
        }
        said[from] += (uint32_t)last.len;
    }
    for (size_t i = NUM_WITHOUT_DATA; i < list->num; i++) {
        bool client = segment_is_from_client(list, &list->at[i]);
        struct segment *segment =
            segments_add(&out, &list->at[i], buffer_view(&list->at[i].payload));

        segment->sequence += said[client ? SIDE_CLIENT : SIDE_SERVER];
        segment->acknowledge += said[client ? SIDE_SERVER : SIDE_CLIENT];
    }
    if (preface->in_one_segment)
        put_in_front(&out, last);
    segments_swap(list, &out);
    segments_clear(&out);
}
