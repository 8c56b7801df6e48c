/*
 * wire.h - how do bytes get from here to there? Over a TCP socket that never blocks.
 *
 * A thin layer over the system's sockets, with sentences for people and struct endpoint for
 * addresses. Next: dialogue.h and remote.h, which use it.
 */
#ifndef KEYFALL_VICTIM_WIRE_H
#define KEYFALL_VICTIM_WIRE_H

#include "capture/bytes.h"
#include "capture/complaint.h"
#include "capture/endpoint.h"

/* wire_listen listens at "ADDR:PORT" ("[::1]:443"; port 0 is any); -1 with *why. To be closed. */
int wire_listen(const char *where, struct complaint *why) MUST_CHECK;

/* wire_connect connects to "HOST:PORT", waiting until it is done; -1 with *why. To be closed. */
int wire_connect(const char *where, struct complaint *why) MUST_CHECK;

/* wire_pair connects a client and a server of this process by way of `listener`; false with *why.
 */
bool wire_pair(int *client, int *server, int listener, struct complaint *why) MUST_CHECK;

/* wire_accept takes a waiting connection; -1 when there is none (any more). To be closed. */
int wire_accept(int listener);

/* wire_here and wire_there are the two addresses of a socket; zero when it has none. */
struct endpoint wire_here(int fd);
struct endpoint wire_there(int fd);

/* wire_host copies the HOST of "HOST:PORT"; it is "" when there is no such part. */
void wire_host(char *host, size_t room, const char *where);

enum wire { WIRE_MOVED, WIRE_LATER, WIRE_ENDED };

/*
 * wire_send and wire_receive move what can be moved at once, *moved bytes. LATER: nothing now, ask
 * poll(). ENDED: the other end has closed (or is gone), or *moved is 0 for that reason.
 */
enum wire wire_send(int fd, size_t *moved, struct bytes bytes) MUST_CHECK;
enum wire wire_receive(int fd, size_t *moved, uint8_t *out, size_t room) MUST_CHECK;

/* What arrives of wire_carry's bytes, piece by piece. */
typedef void wire_arrived(void *context, struct bytes bytes);

/*
 * wire_carry moves bytes from one socket of this process to another one, which is its other end,
 * and waits until all of them have arrived. False when the connection has broken off.
 */
bool wire_carry(int from, int to, struct bytes bytes, wire_arrived *arrived,
                void *context) MUST_CHECK;

#endif
