/*
 * tlcp.h - which suite is it, in TLCP?
 *
 * The Transport Layer Cryptography Protocol of GB/T 38636 is a TLS 1.1 with a version number of its
 * own, two certificates a side (one signs, one is encrypted to), and suites of SM2, SM3, SM4 and
 * SM9. IANA does not know these, so they are not in the suite table: they are named, and nothing
 * here computes any of them.
 */
#ifndef KEYFALL_ATTACKER_TLS_TLCP_H
#define KEYFALL_ATTACKER_TLS_TLCP_H

#include <stdint.h>

/* tlcp_suite_name returns the standard's name of a suite, NULL when it has none. */
const char *tlcp_suite_name(uint16_t id);

#endif
