/*
 * connect.h - the command `connect`: a client for the reader's own server.
 */
#ifndef KEYFALL_VICTIM_CONNECT_H
#define KEYFALL_VICTIM_CONNECT_H

#include "victim/scene.h"

/*
 * connect_run holds all conversations; false with *why at the first that fails. A server that takes
 * the request and then says nothing (openssl s_server without -www) is left after some seconds.
 */
bool connect_run(struct scene *scene, struct complaint *why) MUST_CHECK;

#endif
