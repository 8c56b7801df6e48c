#include "attacker/story/server_label.h"

#include <stdlib.h>

#include "tests/support/check.h"

/* of_port is a session with a server at 192.0.2.1 that has said nothing. */
static struct session of_port(uint16_t port)
{
    return (struct session){
        .connection.server = {.address = {192, 0, 2, 1}, .family = 4, .port = port}};
}

static void check(struct remembered *certificates, const struct session *s, const char *expected)
{
    char *label = server_label_new(certificates, s);

    assert_string_equal(label, expected);
    free(label);
}

static void a_name_goes_before_a_certificate_and_that_before_an_address(void **state)
{
    struct remembered *certificates = server_label_memory_new();
    struct session s = of_port(443);
    struct certificate *c = &s.handshake.certificate;

    (void)state;
    check(certificates, &s, "192.0.2.1:443");
    c->seen = true;
    memset(c->sha256, 0xa5, sizeof(c->sha256));
    check(certificates, &s,
          "sha256:a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5");
    memcpy(c->subject, "CN=kitchen", 11);
    check(certificates, &s, "CN=kitchen");
    s.handshake.server_name = bytes_of("kitchen.example", 15);
    check(certificates, &s, "kitchen.example");
    remembered_free(certificates);
}

static void an_address_is_called_by_the_latest_certificate_from_there(void **state)
{
    struct remembered *certificates = server_label_memory_new();
    struct session first = of_port(443);
    struct session other = of_port(444);
    const struct session resumed = of_port(443);

    (void)state;
    first.handshake.certificate.seen = true;
    memcpy(first.handshake.certificate.subject, "CN=a", 5);
    check(certificates, &first, "CN=a");
    check(certificates, &resumed, "CN=a");
    check(certificates, &other, "192.0.2.1:444");
    memcpy(first.handshake.certificate.subject, "CN=b", 5);
    check(certificates, &first, "CN=b");
    check(certificates, &resumed, "CN=b");
    remembered_free(certificates);
}

static void a_name_from_the_wire_is_cut_and_escaped(void **state)
{
    struct remembered *certificates = server_label_memory_new();
    struct session s = of_port(443);
    char name[SERVER_LABEL_MAX_NAME + 10];
    char *label;

    (void)state;
    s.handshake.server_name = bytes_of("a\033[2Jb", 6);
    check(certificates, &s, "a\\x1b[2Jb");
    memset(name, 'x', sizeof(name));
    s.handshake.server_name = bytes_of(name, sizeof(name));
    label = server_label_new(certificates, &s);
    assert_int_equal(strlen(label), SERVER_LABEL_MAX_NAME);
    free(label);
    remembered_free(certificates);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_name_goes_before_a_certificate_and_that_before_an_address),
        CASE(an_address_is_called_by_the_latest_certificate_from_there),
        CASE(a_name_from_the_wire_is_cut_and_escaped),
    };

    return RUN(cases);
}
