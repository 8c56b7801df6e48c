/*
 * serve.h - the command `serve`: a server for the reader's own browser, curl or openssl s_client.
 *
 * Browsers open several connections at once and leave some of them idle, so all of them are served
 * in turn, by one loop around poll().
 */
#ifndef KEYFALL_VICTIM_SERVE_H
#define KEYFALL_VICTIM_SERVE_H

#include "victim/scene.h"

/*
 * serve_run prints where it listens on standard output (on standard error when the recording goes
 * there) and serves until it is asked to stop or has held the wanted number of conversations. One
 * that fails is told and does not end the run. False with *why when it can't listen.
 */
bool serve_run(struct scene *scene, struct complaint *why) MUST_CHECK;

#endif
