#include "tests/support/verdict_scene.h"

static const struct message A_MESSAGE = {.frame = 3};

/* As long as one that holds all of a session. */
static const uint8_t a_ticket[160];

struct handshake play(enum scene scene)
{
    static const struct {
        uint16_t suite, version, group;
        bool psk;
    } facts[] = {
        [NO_EXCHANGE] = {0x002f, TLS_1_2, 0, false},
        [RSA_EXCHANGE] = {0x002f, TLS_1_2, 0, false},
        [STATIC_DH] = {0x0031, TLS_1_2, 0, false},
        [DHE] = {0x0033, TLS_1_2, 0, false},
        [ECDHE] = {0xc02f, TLS_1_2, 0x0017, false},
        [PLAIN_PSK] = {0x008c, TLS_1_2, 0, false},
        [RSA_PSK] = {0x0094, TLS_1_2, 0, false},
        [ECDHE_PSK] = {0xc035, TLS_1_2, 0x0017, false},
        [BY_TICKET] = {0x002f, TLS_1_2, 0, false},
        [BY_SESSION_ID] = {0x002f, TLS_1_2, 0, false},
        [TLS13] = {0x1301, TLS_1_3, 0x001d, false},
        [TLS13_HYBRID] = {0x1301, TLS_1_3, 0x11ec, false},
        [TLS13_PSK] = {0x1301, TLS_1_3, 0, true},
        [TLS13_PSK_ECDHE] = {0x1301, TLS_1_3, 0x001d, true},
    };
    bool resumed = scene == BY_TICKET || scene == BY_SESSION_ID;
    struct handshake h = {0};

    if (scene == NOTHING)
        return h;
    h.client_hello = &A_MESSAGE;
    if (scene == HELLO_ALONE)
        return h;
    h.server_hello = &A_MESSAGE;
    h.suite = suite_find(facts[scene].suite);
    h.version = facts[scene].version;
    h.group = facts[scene].group;
    h.psk_chosen = facts[scene].psk;
    if (h.group)
        h.server_value = bytes_of("value", 5);
    if (scene == BY_TICKET)
        h.ticket_offered = bytes_of(a_ticket, sizeof(a_ticket));
    h.change_cipher_spec[SIDE_SERVER] = resumed;
    if (h.version < TLS_1_3 && !resumed && scene != NO_EXCHANGE) {
        h.server_hello_done = &A_MESSAGE;
        h.client_key_exchange = &A_MESSAGE;
    }
    return h;
}

struct verdict reach(const struct findings *f, const struct handshake *h,
                     const struct leaks_found *found)
{
    struct findings whole = *f;
    struct verdict v;

    whole.handshake = h;
    whole.leaks = found;
    verdict_reach(&v, &whole);
    return v;
}
