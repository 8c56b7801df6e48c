/*
 * exchange.h - the command `exchange`: client and server of this program talk to each other.
 */
#ifndef KEYFALL_VICTIM_EXCHANGE_H
#define KEYFALL_VICTIM_EXCHANGE_H

#include "victim/scene.h"

/* exchange_run holds all conversations; false with *why at the first that fails. */
bool exchange_run(struct scene *scene, struct complaint *why) MUST_CHECK;

#endif
