/*
 * stop.h - has the user asked us to stop?
 *
 * Ctrl-C (SIGINT) and SIGTERM must not leave half a recording behind. They are turned into
 * something that poll() sees, so that no code runs in the middle of other code.
 */
#ifndef KEYFALL_VICTIM_STOP_H
#define KEYFALL_VICTIM_STOP_H

#include <stdbool.h>

/* stop_open is a file descriptor that becomes readable when somebody asks; -1 when there is none.
 */
int stop_open(void);

/* stop_asked: somebody has. */
bool stop_asked(int fd);

#endif
