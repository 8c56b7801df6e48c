#include "capture/arrival.h"

#include <stdlib.h>
#include <string.h>

#include "capture/alloc.h"
#include "capture/checksum.h"
#include "capture/link.h"
#include "capture/tunnel.h"

struct arrivals {
    struct arrival_counts *counts;
    struct datagram_flows *datagrams; /* NULL: nobody wants them */
    bool verify_checksums;
    /* One for each depth, because what is put together outside is still read inside. NULL until
     * there is a fragment. */
    struct fragments *fragments[ARRIVAL_MAX_TUNNELS + 1];
};

struct arrivals *arrivals_new(struct arrival_counts *counts, bool verify_checksums)
{
    struct arrivals *a = alloc_zero(sizeof(*a));

    a->counts = counts;
    a->verify_checksums = verify_checksums;
    return a;
}

void arrivals_want_datagrams(struct arrivals *a, struct datagram_flows *datagrams)
{
    a->datagrams = datagrams;
}

void arrivals_finish(struct arrivals *a)
{
    for (size_t depth = 0; depth <= ARRIVAL_MAX_TUNNELS; depth++) {
        if (a->fragments[depth])
            fragments_finish(a->fragments[depth]);
    }
}

void arrivals_free(struct arrivals *a)
{
    if (!a)
        return;
    for (size_t depth = 0; depth <= ARRIVAL_MAX_TUNNELS; depth++)
        fragments_free(a->fragments[depth]);
    free(a);
}

/* left_out counts a packet that is no segment. */
static bool left_out(uint64_t *count)
{
    (*count)++;
    return false;
}

/* read_behind_layers answers false to what does not end in a network packet, and counts it. */
static bool read_behind_layers(struct arrivals *a, enum layers_answer answer)
{
    switch (answer) {
    case LAYERS_READ:
        return true;
    case LAYERS_TOO_MANY:
        return left_out(&a->counts->too_deep);
    case LAYERS_CUT:
        break;
    }
    return left_out(&a->counts->malformed);
}

/* put_together makes `ip`, a fragment, its whole datagram; false as long as others are missing. */
static bool put_together(struct arrivals *a, struct ip_packet *ip, size_t depth, uint64_t time_ns)
{
    if (!a->fragments[depth])
        a->fragments[depth] = fragments_new(&a->counts->fragments);
    switch (fragments_add(a->fragments[depth], ip, time_ns)) {
    case FRAGMENTS_COMPLETE:
        break;
    case FRAGMENTS_WAITING:
        return false;
    case FRAGMENTS_MALFORMED:
        return left_out(&a->counts->malformed);
    }
    /* Other headers can stand in front of what was cut into fragments, but not fragments again. */
    return ip_read_extensions(ip) == IP_WHOLE || left_out(&a->counts->malformed);
}

/* read_whole finds a whole IP packet; false, counted, where there is none, or none yet. */
static bool read_whole(struct arrivals *a, struct ip_packet *ip, const struct tunnel *in,
                       size_t depth, uint64_t time_ns)
{
    enum ip_answer answer = ip_read(ip, &in->inside, in->cut);

    if (answer == IP_NOT_IP)
        return left_out(&a->counts->not_tcp);
    if (answer == IP_MALFORMED)
        return left_out(&a->counts->malformed);
    if (a->verify_checksums && !checksum_header_ok(ip))
        return left_out(&a->counts->bad_checksums);
    return answer == IP_WHOLE || put_together(a, ip, depth, time_ns);
}

static struct endpoint endpoint_of(uint8_t family, const uint8_t address[static 16], uint16_t port)
{
    struct endpoint e = {.family = family, .port = port};

    memcpy(e.address, address, sizeof(e.address));
    return e;
}

/* hand_on_datagram does so with the UDP datagram in `ip`; a checksum of 0 says that the sender made
 * none, RFC 768. */
static void hand_on_datagram(struct arrivals *a, const struct arrival *at,
                             const struct ip_packet *ip)
{
    struct udp_datagram udp;

    if (ip->protocol != IP_PROTOCOL_UDP || !a->datagrams)
        return;
    if (!udp_read(&udp, ip->payload, ip->cut)) {
        a->counts->malformed++;
        return;
    }
    if (a->verify_checksums && udp.checksum != 0 && !checksum_payload_ok(ip, udp.whole)) {
        a->counts->bad_checksums++;
        return;
    }
    datagram_flows_take(
        a->datagrams,
        &(struct datagram_arrival){endpoint_of(ip->family, ip->source, udp.source_port),
                                   endpoint_of(ip->family, ip->destination, udp.destination_port),
                                   {udp.payload, at->time_ns, at->frame},
                                   udp.cut});
}

static bool read_segment(struct arrivals *a, struct arrival *out, const struct ip_packet *ip)
{
    if (ip->protocol != IP_PROTOCOL_TCP) {
        hand_on_datagram(a, out, ip);
        return left_out(&a->counts->not_tcp);
    }
    if (a->verify_checksums && !checksum_payload_ok(ip, ip->payload))
        return left_out(&a->counts->bad_checksums);
    if (!tcp_read(&out->segment, ip->payload, ip->cut))
        return left_out(&a->counts->malformed);
    out->source = endpoint_of(ip->family, ip->source, out->segment.source_port);
    out->destination = endpoint_of(ip->family, ip->destination, out->segment.destination_port);
    return true;
}

/* A checksum of 0 says that the sender made none. RFC 768. */
static bool tunnel_as_sent(const struct arrivals *a, const struct tunnel *t,
                           const struct ip_packet *ip)
{
    return !a->verify_checksums || !t->in_udp || t->udp.checksum == 0 ||
           checksum_payload_ok(ip, t->udp.whole);
}

/* enter looks for a tunnel in `ip` and makes *at its inside; *entered is false where there is none.
 */
static bool enter(struct arrivals *a, struct tunnel *at, const struct ip_packet *ip, size_t depth,
                  bool *entered)
{
    *entered = false;
    switch (tunnel_read(at, ip)) {
    case TUNNEL_NONE:
        return true;
    case TUNNEL_UNREAD:
        return left_out(&a->counts->tunnels_unread);
    case TUNNEL_MALFORMED:
        return left_out(&a->counts->malformed);
    case TUNNEL_CARRIES:
        break;
    }
    if (depth == ARRIVAL_MAX_TUNNELS)
        return left_out(&a->counts->too_deep);
    if (!tunnel_as_sent(a, at, ip))
        return left_out(&a->counts->bad_checksums);
    *entered = true;
    return read_behind_layers(a, layers_take_off(&at->inside));
}

bool arrivals_read(struct arrivals *a, struct arrival *out, const struct packet *packet)
{
    struct tunnel at = {
        .cut = packet->wire_len > packet->data.len ? packet->wire_len - packet->data.len : 0,
    };
    struct ip_packet ip;
    bool deeper = true;

    out->time_ns = packet->time_ns;
    out->frame = packet->frame;
    if (!read_behind_layers(a, link_read(&at.inside, packet->link_type, packet->data)))
        return false;
    for (size_t depth = 0; deeper; depth++) {
        if (!read_whole(a, &ip, &at, depth, packet->time_ns) || !enter(a, &at, &ip, depth, &deeper))
            return false;
    }
    return read_segment(a, out, &ip);
}
