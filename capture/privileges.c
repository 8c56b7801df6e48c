#include "capture/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534 }; /* where the system has no user of that name */

/* sudo leaves the caller's numbers in the environment. 0 is no answer: that is root again. */
static bool read_id(unsigned *out, const char *variable)
{
    const char *text = getenv(variable);
    char *end;

    if (!text || !*text || strspn(text, "0123456789") != strlen(text))
        return false;

    unsigned long id = strtoul(text, &end, 10);

    *out = (unsigned)id;
    return *end == '\0' && id > 0 && id < UINT32_MAX;
}

bool privileges_next_user(struct user *out, uid_t owner)
{
    const struct passwd *next;

    if (geteuid() != 0)
        return false;
    if (read_id(&out->uid, "SUDO_UID") && read_id(&out->gid, "SUDO_GID"))
        return true;
    next = getpwnam("nobody");
    out->uid = next ? next->pw_uid : NOBODY;
    out->gid = next ? next->pw_gid : NOBODY;
    if (owner == 0)
        return true;
    next = getpwuid(owner);
    out->uid = owner;
    /* Who has no name here may be somebody of the machine around a container. */
    if (next && next->pw_gid != 0)
        out->gid = next->pw_gid;
    return true;
}

/* What `setcap` gave to the file, an ordinary user's process has without being root. */
static bool drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

    return syscall(SYS_capset, &header, none) == 0;
}

bool privileges_drop(uid_t owner, struct complaint *why)
{
    struct user user;

    if (privileges_next_user(&user, owner) &&
        (setgroups(0, NULL) != 0 || setresgid(user.gid, user.gid, user.gid) != 0 ||
         setresuid(user.uid, user.uid, user.uid) != 0))
        return complaint_say(why, "can't give up the rights of root: %s", strerror(errno));
    if (!drop_capabilities() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return complaint_say(why, "can't give up capabilities: %s", strerror(errno));
    if (geteuid() == 0 || setuid(0) == 0)
        return complaint_say(why, "giving up the rights of root had no effect");
    return true;
}
