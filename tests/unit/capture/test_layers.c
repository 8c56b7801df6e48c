#include "tests/support/check.h"

#include <stdio.h>

#include "capture/layers.h"

#define ADDRESSES "020000000001 020000000002 "

/* What stands behind an Ethernet's addresses, and what is to be found in it. */
struct example {
    const char *name;
    const char *hex;
    uint16_t ether_type;
    size_t payload_len;
};

static const struct example examples[] = {
    {"no layer", "0800 4500", ETHER_TYPE_IPV4, 2},
    {"a tag", "8100 0064 86dd 60", ETHER_TYPE_IPV6, 1},
    {"two tags", "88a8 0064 8100 0065 0800 45", ETHER_TYPE_IPV4, 1},
    {"two tags of old", "9100 0064 8100 0065 0800 45", ETHER_TYPE_IPV4, 1},
    {"three tags", "9100 0064 88a8 0001 8100 0065 0800 45", ETHER_TYPE_IPV4, 1},
    {"a tag, LLC", "8100 0064 000a aaaa03 000000 0800 4500", ETHER_TYPE_IPV4, 2},
    {"LLC without SNAP", "0005 424203 0000", ETHER_TYPE_NONE, 5},
    {"SNAP of somebody", "0005 aaaa03 00000c 2000 0000", ETHER_TYPE_NONE, 10},
    {"PPPoE", "8864 11 00 0001 0004 0021 4500", ETHER_TYPE_IPV4, 2},
    {"PPPoE, control", "8864 11 00 0001 0004 c021 0101", ETHER_TYPE_NONE, 2},
    {"PPPoE, no data", "8864 11 a7 0001 0002 0000", ETHER_TYPE_NONE, 2},
    {"a tag, PPPoE", "8100 0007 8864 11 00 0001 0004 0057 6000", ETHER_TYPE_IPV6, 2},
    {"one label", "8847 00010140 45000000", ETHER_TYPE_IPV4, 4},
    {"three labels", "8847 00010040 00020040 00030140 60000000", ETHER_TYPE_IPV6, 4},
    {"labels, multicast", "8848 00010140 45000000", ETHER_TYPE_IPV4, 4},
    {"a tag, a label", "8100 0064 8847 00010140 45000000", ETHER_TYPE_IPV4, 4},
    {"a pseudowire", "8847 00010140 00000000 " ADDRESSES "0800 4500", ETHER_TYPE_IPV4, 2},
    {"a pseudowire without a word", "8847 00010140 " ADDRESSES "86dd 6000", ETHER_TYPE_IPV6, 2},
    {"all of them",
     "88a8 0064 8100 0065 8847 00010040 00010140 00000000 " ADDRESSES
     "8100 0001 8864 11 00 0001 0004 0021 4500",
     ETHER_TYPE_IPV4, 2},
    {"something else", "0806 0001", 0x0806, 2},
};

static struct bytes frame_of(const struct example *e)
{
    char hex[256];

    assert_in_range(snprintf(hex, sizeof(hex), ADDRESSES "%s", e->hex), 1, sizeof(hex) - 1);
    return unhex(hex);
}

static void every_layer_is_taken_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        const struct example *e = &examples[i];
        struct bytes whole = frame_of(e);
        struct link_frame frame = {ETHER_TYPE_ETHERNET, whole};

        if (layers_take_off(&frame) != LAYERS_READ)
            fail_msg("%s: is not read", e->name);
        if (frame.ether_type != e->ether_type || frame.payload.len != e->payload_len)
            fail_msg("%s: type %04x, %zu bytes", e->name, frame.ether_type, frame.payload.len);
        assert_ptr_equal(frame.payload.at + frame.payload.len, whole.at + whole.len);
        exact_free(whole);
    }
}

static enum layers_answer answer_to(struct bytes whole)
{
    struct bytes exact = exact_copy(whole);
    struct link_frame frame = {ETHER_TYPE_ETHERNET, exact};
    enum layers_answer answer = layers_take_off(&frame);

    exact_free(exact);
    return answer;
}

/* Behind labels the first four bytes of the packet are looked at, to tell what it is; of LLC that
 * is not SNAP, what stands behind its three bytes is not. */
static size_t least_len(const struct example *e, struct bytes whole)
{
    size_t header_len = whole.len - e->payload_len;

    if (strstr(e->name, "LLC without"))
        return header_len + 3;
    if (strstr(e->name, "SNAP of"))
        return header_len + 8;
    return strstr(e->name, "label") ? header_len + 4 : header_len;
}

static void each_cut_inside_of_a_layer_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        struct bytes whole = frame_of(&examples[i]);
        size_t least = least_len(&examples[i], whole);

        for (size_t len = 0; len <= whole.len; len++) {
            if (answer_to(bytes_first(whole, len)) != (len < least ? LAYERS_CUT : LAYERS_READ))
                fail_msg("%s: wrong answer to the first %zu bytes", examples[i].name, len);
        }
        exact_free(whole);
    }
}

/* Behind the addresses `start`, then `times` times `again`, and then `end`. */
static enum layers_answer answer_to_repeated(const char *start, const char *again, size_t times,
                                             const char *end)
{
    char text[1024];
    size_t len = (size_t)snprintf(text, sizeof(text), ADDRESSES "%s", start);

    for (size_t i = 0; i < times; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", again);
    assert_in_range(snprintf(text + len, sizeof(text) - len, "%s", end), 0, sizeof(text) - len - 1);

    struct bytes frame = unhex(text);
    enum layers_answer answer = answer_to(frame);

    exact_free(frame);
    return answer;
}

static void more_layers_than_any_network_has_are_left(void **state)
{
    (void)state;
    assert_int_equal(answer_to_repeated("", "8100 0001 ", LAYERS_MAX - 1, "0800"), LAYERS_READ);
    assert_int_equal(answer_to_repeated("", "8100 0001 ", LAYERS_MAX, "0800"), LAYERS_TOO_MANY);
}

static void more_labels_than_any_network_has_are_left(void **state)
{
    static const char last[] = "00010140 45000000";

    (void)state;
    assert_int_equal(answer_to_repeated("8847 ", "00010040 ", LAYERS_MAX_LABELS - 1, last),
                     LAYERS_READ);
    assert_int_equal(answer_to_repeated("8847 ", "00010040 ", LAYERS_MAX_LABELS, last),
                     LAYERS_TOO_MANY);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_layer_is_taken_off),
        CASE(each_cut_inside_of_a_layer_is_refused),
        CASE(more_layers_than_any_network_has_are_left),
        CASE(more_labels_than_any_network_has_are_left),
    };

    return RUN(cases);
}
