/*
 * layers.h - what stands between the link and the network packet?
 *
 * VLAN tags, PPPoE sessions, MPLS labels and whole inner Ethernet frames can stand behind each
 * other in any order that somebody's network happens to need. What they have in common: each knows
 * what it carries, by a number that can be named as an ether type. So one loop takes them off, one
 * row of a table a layer, until what is left is none of them.
 *
 * The ether types of layers that have none of their own (a frame of IEEE 802.3 names LLC by having
 * a length in the type's place) are numbers below 1536, which can't be types.
 */
#ifndef KEYFALL_CAPTURE_LAYERS_H
#define KEYFALL_CAPTURE_LAYERS_H

#include "capture/bytes.h"

/*
 * Layers that are taken off. Not fewer, because two VLAN tags, a PPPoE header with PPP in it, and a
 * pseudowire with an Ethernet frame and two tags of its own are seven; not more, because no network
 * has them, and whoever makes up frames of nothing but tags should not be paid for it in time.
 */
#define LAYERS_MAX 16

/* Labels of one MPLS stack: tunnels for detours, VPN and flow labels make six or so. */
#define LAYERS_MAX_LABELS 16

/* What a frame carries is named as on an Ethernet, whatever the link. IEEE 802, RFC 9542. */
enum ether_type {
    ETHER_TYPE_NONE = 0,          /* nothing that has an ether type */
    ETHER_TYPE_LLC = 1,           /* an IEEE 802.2 header */
    ETHER_TYPE_MAX_LENGTH = 1500, /* up to here it is no type, but the length of what follows */
    ETHER_TYPE_IPV4 = 0x0800,     /* RFC 894 */
    ETHER_TYPE_ETHERNET = 0x6558, /* a whole frame: transparent Ethernet bridging, RFC 1701 */
    ETHER_TYPE_VLAN = 0x8100,     /* IEEE 802.1Q */
    ETHER_TYPE_IPV6 = 0x86dd,     /* RFC 2464 */
    ETHER_TYPE_PPP = 0x880b,      /* RFC 7042 */
    ETHER_TYPE_MPLS = 0x8847,     /* RFC 5332 */
    ETHER_TYPE_MPLS_OTHER = 0x8848,
    ETHER_TYPE_PPPOE = 0x8864,       /* a session's packets, RFC 2516 */
    ETHER_TYPE_STACKED = 0x88a8,     /* IEEE 802.1ad: the outer of two VLAN tags */
    ETHER_TYPE_STACKED_OLD = 0x9100, /* the same before there was a standard */
};

struct link_frame {
    uint16_t ether_type;  /* an enum ether_type, or another value that no one here reads */
    struct bytes payload; /* a view into the frame; on short Ethernet frames padding is behind it */
};

enum layers_answer {
    LAYERS_READ,     /* the frame now is what stands behind the layers */
    LAYERS_TOO_MANY, /* more than LAYERS_MAX, or LAYERS_MAX_LABELS */
    LAYERS_CUT,      /* the frame ends inside of one */
};

/* layers_take_off makes `frame` what it carries behind all layers; it may be that already. */
enum layers_answer layers_take_off(struct link_frame *frame) MUST_CHECK;

/*
 * layers_read_by_version makes a frame of what must be an IP packet, from the version number in its
 * first four bits; one of another version has ETHER_TYPE_NONE. False when there is no first byte.
 */
bool layers_read_by_version(struct link_frame *out, struct bytes packet) MUST_CHECK;

#endif
