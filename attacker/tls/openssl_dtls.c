#include "attacker/tls/openssl_dtls.h"

#include "attacker/tls/dtls_messages.h"
#include "attacker/tls/version.h"

/* A ClientHello of that time and the request have some hundred bytes; this is not counted as what
 * the session holds. */
#define MAX_BEFORE_COOKIE 4096

bool openssl_dtls_is_spoken(const struct handshake *h)
{
    return h->datagrams && h->client_version == DTLS_1_0_OPENSSL;
}

/* behind_header is a message of DTLS without the header. */
static struct bytes behind_header(struct bytes whole)
{
    struct reader r = reader_of(whole);

    return reader_skip(&r, DTLS_MESSAGE_HEADER_LEN) ? r.left : (struct bytes){0};
}

struct bytes openssl_dtls_hashed(const struct handshake *h, const struct message *m)
{
    return openssl_dtls_is_spoken(h) ? behind_header(m->whole) : m->whole;
}

void openssl_dtls_start_over(struct handshake *h, struct bytes request)
{
    struct buffer before = {0};

    if (openssl_dtls_is_spoken(h) && h->num_bytes + request.len <= MAX_BEFORE_COOKIE) {
        buffer_append(&before, behind_header(h->client_hello->whole));
        buffer_append(&before, request);
    }
    handshake_start_over(h);
    h->before_cookie = before;
}
