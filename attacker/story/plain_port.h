/*
 * plain_port.h - on which port would this have been said without TLS?
 *
 * Tools guess from the port what is spoken on it. So what was said to port 443 is written as said
 * to port 80, and so on.
 */
#ifndef KEYFALL_ATTACKER_STORY_PLAIN_PORT_H
#define KEYFALL_ATTACKER_STORY_PLAIN_PORT_H

#include <stdint.h>

/* plain_port is the port itself when it is none that is known for TLS. */
uint16_t plain_port(uint16_t port);

#endif
