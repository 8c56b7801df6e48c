/*
 * interrupt.h - Ctrl-C: stop reading, but tell what was found so far.
 *
 * A file is not read any further. Standard input is read on to its end, which comes by itself when
 * the same Ctrl-C ends the recorder in front of the pipe. A second Ctrl-C ends the program at once.
 */
#ifndef KEYFALL_ATTACKER_INTERRUPT_H
#define KEYFALL_ATTACKER_INTERRUPT_H

#include <stdbool.h>

/* interrupt_arm begins to listen for SIGINT and SIGTERM. */
void interrupt_arm(void);

/* interrupt_came: one of them has arrived. */
bool interrupt_came(void);

#endif
