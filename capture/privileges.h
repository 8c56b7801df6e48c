/*
 * privileges.h - the right to record, and how to be rid of it.
 *
 * Opening an interface takes root or CAP_NET_RAW; reading from it afterwards takes nothing. So what
 * looks at packets, and writes them to a file, runs with the rights of an ordinary user.
 */
#ifndef KEYFALL_CAPTURE_PRIVILEGES_H
#define KEYFALL_CAPTURE_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "capture/complaint.h"

/* struct user is who the program goes on as. */
struct user {
    uid_t uid;
    gid_t gid;
};

/*
 * privileges_next_user finds out who to go on as: root becomes the user who called sudo; without
 * sudo `owner`, unless that is root as well; or else nobody. False when the program is not root:
 * then it stays who it is.
 */
bool privileges_next_user(struct user *out, uid_t owner);

/*
 * privileges_drop gives up root, all capabilities, and the way back to them, for good. `owner` is
 * as above. False with *why filled when that did not work; the program must not go on then.
 */
bool privileges_drop(uid_t owner, struct complaint *why);

#endif
