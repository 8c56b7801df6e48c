/*
 * session_findings.h - what a session has come to know by its end, as the verdict wants it.
 */
#ifndef KEYFALL_ATTACKER_SESSION_FINDINGS_H
#define KEYFALL_ATTACKER_SESSION_FINDINGS_H

#include "attacker/session.h"

/* session_findings_take looks first at what has remained in hand: the beginning of a record, a
 * search that has not ended. What *out points to belongs to the session. */
void session_findings_take(struct session *s, struct findings *out);

#endif
