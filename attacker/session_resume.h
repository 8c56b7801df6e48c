/*
 * session_resume.h - what a session leaves behind for those that take it up again. Called by the
 * other files of the session alone; what becomes of it is leaks/resumable.h.
 */
#ifndef KEYFALL_ATTACKER_SESSION_RESUME_H
#define KEYFALL_ATTACKER_SESSION_RESUME_H

#include "attacker/session.h"

/* session_resume_named: the server has said all by which a later session can name this one, TLS 1.2
 * and before. It is noted without its secret, which has yet to be proven. */
void session_resume_named(struct session *s);

/* session_resume_proven notes it with its secret, once: a record of it has opened. */
void session_resume_proven(struct session *s);

#endif
