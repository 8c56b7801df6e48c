#include "attacker/story/plain_port.h"

#include <stddef.h>

/* IANA's registry of service names and port numbers, and 8443, which is 8080's by custom. */
static const struct {
    uint16_t sealed;
    uint16_t plain;
} ports[] = {
    {443, 80},    /* https, http */
    {465, 25},    /* submissions, smtp */
    {563, 119},   /* nntps, nntp */
    {636, 389},   /* ldaps, ldap */
    {853, 53},    /* domain-s, domain */
    {989, 20},    /* ftps-data, ftp-data */
    {990, 21},    /* ftps, ftp */
    {992, 23},    /* telnets, telnet */
    {993, 143},   /* imaps, imap */
    {994, 194},   /* ircs, irc */
    {995, 110},   /* pop3s, pop3 */
    {2083, 1812}, /* radsec, radius */
    {3269, 3268}, /* msft-gc-ssl, msft-gc */
    {5061, 5060}, /* sips, sip */
    {5223, 5222}, /* XMPP, direct TLS by custom */
    {5671, 5672}, /* amqps, amqp */
    {5684, 5683}, /* coaps, coap */
    {6514, 514},  /* syslog-tls, syslog */
    {6697, 6667}, /* ircs-u, ircu */
    {8443, 8080}, /* http-alt */
    {8883, 1883}, /* secure-mqtt, mqtt */
};

uint16_t plain_port(uint16_t port)
{
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        if (ports[i].sealed == port)
            return ports[i].plain;
    }
    return port;
}
