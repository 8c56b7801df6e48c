#include "tests/support/check.h"

#include "capture/tunnel.h"

#define FRAME "020000000001 020000000002 0800 45"

static const struct example {
    const char *name;
    uint8_t protocol;
    const char *hex;
    enum tunnel_answer answer;
    uint16_t ether_type; /* with TUNNEL_CARRIES, and the bytes inside */
    size_t inside_len;
} examples[] = {
    {"TCP", 6, "1234 01bb 0000", TUNNEL_NONE, 0, 0},
    {"IP in IP", 4, "4500", TUNNEL_CARRIES, ETHER_TYPE_IPV4, 2},
    {"IPv6 in IP", 41, "6000", TUNNEL_CARRIES, ETHER_TYPE_IPV6, 2},
    {"GRE", 47, "0000 0800 4500", TUNNEL_CARRIES, ETHER_TYPE_IPV4, 2},
    {"GRE of IPv6", 47, "0000 86dd 6000", TUNNEL_CARRIES, ETHER_TYPE_IPV6, 2},
    {"GRE of Ethernet", 47, "0000 6558 " FRAME, TUNNEL_CARRIES, ETHER_TYPE_ETHERNET, 15},
    {"GRE with a checksum", 47, "8000 0800 abcd0000 45", TUNNEL_CARRIES, ETHER_TYPE_IPV4, 1},
    {"GRE with a key", 47, "2000 0800 00000001 45", TUNNEL_CARRIES, ETHER_TYPE_IPV4, 1},
    {"GRE with a number", 47, "1000 0800 00000001 45", TUNNEL_CARRIES, ETHER_TYPE_IPV4, 1},
    {"GRE with all", 47, "b000 86dd abcd0000 00000001 00000002 60", TUNNEL_CARRIES, ETHER_TYPE_IPV6,
     1},
    {"GRE with a route", 47, "4000 0800 00000000 45", TUNNEL_UNREAD, 0, 0},
    {"PPTP", 47, "3001 880b 0004 0001 00000001 ff030021", TUNNEL_UNREAD, 0, 0},
    {"ERSPAN I", 47, "0000 88be " FRAME, TUNNEL_CARRIES, ETHER_TYPE_ETHERNET, 15},
    {"ERSPAN II", 47, "1000 88be 00000001 1001000100000000 " FRAME, TUNNEL_CARRIES,
     ETHER_TYPE_ETHERNET, 15},
    {"ERSPAN III", 47, "1000 22eb 00000001 200100010000000000000000 " FRAME, TUNNEL_UNREAD, 0, 0},
    {"VXLAN", 17, "1234 12b5 001f 0000 08 000000 000001 00 " FRAME, TUNNEL_CARRIES,
     ETHER_TYPE_ETHERNET, 15},
    {"VXLAN of Linux", 17, "1234 2118 001f 0000 08 000000 000001 00 " FRAME, TUNNEL_CARRIES,
     ETHER_TYPE_ETHERNET, 15},
    {"VXLAN with a policy", 17, "1234 12b5 001f 0000 88 000064 000001 00 " FRAME, TUNNEL_CARRIES,
     ETHER_TYPE_ETHERNET, 15},
    {"VXLAN without a network", 17, "1234 12b5 001f 0000 00 000000 000001 00 " FRAME, TUNNEL_NONE,
     0, 0},
    {"VXLAN of another port", 17, "12b5 1234 001f 0000 08 000000 000001 00 " FRAME, TUNNEL_NONE, 0,
     0},
};

static enum tunnel_answer answer_to(struct tunnel *out, const struct example *e, struct bytes bytes)
{
    struct ip_packet packet = {.family = 4, .protocol = e->protocol, .payload = bytes, .cut = 7};

    return tunnel_read(out, &packet);
}

static void every_kind_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        const struct example *e = &examples[i];
        struct bytes bytes = unhex(e->hex);
        struct tunnel out = {.cut = 99};

        if (answer_to(&out, e, bytes) != e->answer)
            fail_msg("%s: wrong answer", e->name);
        if (e->answer == TUNNEL_CARRIES) {
            if (out.inside.ether_type != e->ether_type || out.inside.payload.len != e->inside_len)
                fail_msg("%s: type %04x, %zu bytes", e->name, out.inside.ether_type,
                         out.inside.payload.len);
            assert_ptr_equal(out.inside.payload.at + e->inside_len, bytes.at + bytes.len);
            assert_int_equal(out.in_udp, e->protocol == 17);
            assert_int_equal(out.cut, e->protocol == 17 ? 0 : 7); /* UDP's own length tells */
        } else {
            assert_int_equal(out.cut, 99);
        }
        exact_free(bytes);
    }
}

static void a_cut_inside_of_a_header_is_never_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        const struct example *e = &examples[i];
        struct bytes whole = unhex(e->hex);
        bool gre = e->protocol == 47 && e->answer == TUNNEL_CARRIES;

        for (size_t len = 0; len < whole.len - e->inside_len; len++) {
            struct bytes cut = exact_copy(bytes_first(whole, len));
            struct tunnel out = {.cut = 99};
            enum tunnel_answer answer = answer_to(&out, e, cut);

            if (answer == TUNNEL_CARRIES || (gre && answer != TUNNEL_MALFORMED))
                fail_msg("%s: wrong answer to the first %zu bytes", e->name, len);
            assert_int_equal(out.cut, 99);
            exact_free(cut);
        }
        exact_free(whole);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_kind_is_told),
        CASE(a_cut_inside_of_a_header_is_never_taken),
    };

    return RUN(cases);
}
