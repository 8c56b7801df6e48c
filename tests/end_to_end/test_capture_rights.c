/*
 * keyfall-capture and the rights that it has, lacks and gives up. The program is copied into the
 * run's folder first, where everyone can reach it.
 */
#include "tests/support/capture_run.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/support/program.h"

/* copy_program makes `name` in the run's folder the program that is run. */
static void copy_program(struct capture_run *r, const char *name)
{
    char *copy = alloc_format("%s/%s", r->folder, name);
    struct buffer content = file_read(r->program);

    file_write(copy, buffer_view(&content));
    assert_int_equal(chmod(copy, 0755), 0);
    buffer_clear(&content);
    free(r->program);
    r->program = copy;
}

/* give_capabilities does what `setcap cap_net_raw,cap_net_admin=eip` does. */
static void give_capabilities(const struct capture_run *r)
{
    const uint32_t rights = 1U << CAP_NET_RAW | 1U << CAP_NET_ADMIN;
    const struct vfs_cap_data data = {
        .magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
        .data = {{.permitted = rights, .inheritable = rights}},
    };

    if (setxattr(r->program, "security.capability", &data, sizeof(data), 0) != 0) {
        print_message("skipped: no rights can be given to a program here: %s\n", strerror(errno));
        skip();
    }
}

static void assert_line(pid_t pid, const char *name, const char *expected)
{
    char *line = process_line(pid, name);
    char *whole = alloc_format("%s\t%s\n", name, expected);

    assert_string_equal(line, whole);
    free(whole);
    free(line);
}

/* assert_without_rights looks at what the kernel knows of a process. */
static void assert_without_rights(pid_t pid)
{
    assert_line(pid, "CapInh:", "0000000000000000");
    assert_line(pid, "CapPrm:", "0000000000000000");
    assert_line(pid, "CapEff:", "0000000000000000");
    assert_line(pid, "CapAmb:", "0000000000000000");
    assert_line(pid, "NoNewPrivs:", "1");
}

static void end(struct capture_run *r, pid_t pid)
{
    assert_int_equal(kill(pid, SIGINT), 0);
    capture_finish(r, pid);
    assert_int_equal(r->status, 0);
}

static void who_may_not_record_is_told_the_command_that_helps(void **state)
{
    struct capture_run *r = *state;
    char *expected;

    copy_program(r, "keyfall-capture");
    if (getuid() == 0)
        r->uid = CAPTURE_RUN_NOBODY;
    expected = alloc_format("keyfall-capture: lo: recording takes a right that you don't have; "
                            "give it to the program once, with: sudo setcap "
                            "cap_net_raw,cap_net_admin=eip %s\n",
                            r->program);
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-d", "0.1"));
    assert_int_equal(r->status, 2);
    assert_string_equal(r->said, expected);
    assert_int_not_equal(access(r->recording, F_OK), 0);
    free(expected);
}

/* The command can be typed as it is told, whatever the folders are called. */
static void the_command_that_helps_is_quoted_for_the_shell(void **state)
{
    struct capture_run *r = *state;
    char *expected;

    copy_program(r, "it's \"my\" $program");
    if (getuid() == 0)
        r->uid = CAPTURE_RUN_NOBODY;
    expected = alloc_format("=eip %s/it\\'s\\ \\\"my\\\"\\ \\$program\n", r->folder);
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-d", "0.1"));
    assert_refused(r, expected);
    free(expected);
}

static void root_goes_on_as_nobody_without_any_rights(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    skip_unless_root();

    pid_t pid = capture_start(r, ARGS("-i", "lo", "-w", r->recording));

    capture_is_ready(pid);
    assert_line(pid, "Uid:", "65534\t65534\t65534\t65534");
    assert_line(pid, "Gid:", "65534\t65534\t65534\t65534");
    assert_line(pid, "Groups:", " ");
    assert_without_rights(pid);
    end(r, pid);
}

static void with_sudo_it_goes_on_as_the_caller(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    skip_unless_root();
    assert_int_equal(setenv("SUDO_UID", "4711", 1), 0);
    assert_int_equal(setenv("SUDO_GID", "4712", 1), 0);

    pid_t pid = capture_start(r, ARGS("-i", "lo", "-w", r->recording));

    assert_int_equal(unsetenv("SUDO_UID"), 0);
    assert_int_equal(unsetenv("SUDO_GID"), 0);
    capture_is_ready(pid);
    assert_line(pid, "Uid:", "4711\t4711\t4711\t4711");
    assert_line(pid, "Gid:", "4712\t4712\t4712\t4712");
    assert_line(pid, "Groups:", " ");
    assert_without_rights(pid);
    end(r, pid);
}

/* What setcap gave is given up as well; a ring needs none of it. */
static void a_program_with_capabilities_gives_them_up(void **state)
{
    struct capture_run *r = *state;
    char *first = alloc_format("%s/recording-00001.pcap", r->folder);

    skip_unless_root();
    copy_program(r, "keyfall-capture");
    give_capabilities(r);
    r->uid = CAPTURE_RUN_NOBODY;

    pid_t pid =
        capture_start(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "-C", "1k"));

    capture_is_ready(pid);
    assert_line(pid, "Uid:", "65534\t65534\t65534\t65534");
    assert_without_rights(pid);
    send_datagrams(r, 10, 200);
    end(r, pid);
    assert_said(r, "10 packets seen, 10 written, 0 dropped by the kernel\n");
    assert_int_equal(packets_in(first), 3);
    free(first);
}

/* --- Whose the file is ------------------------------------------------------------------------ */

/* record_with_sudo records for a moment, as if the user 4711 had called sudo. */
static void record_with_sudo(struct capture_run *r, const char *path)
{
    assert_int_equal(setenv("SUDO_UID", "4711", 1), 0);
    assert_int_equal(setenv("SUDO_GID", "4712", 1), 0);
    capture_all(r, ARGS("-i", "lo", "-w", path, "-f", r->to_filter, "-d", "0.1"));
    assert_int_equal(unsetenv("SUDO_UID"), 0);
    assert_int_equal(unsetenv("SUDO_GID"), 0);
    assert_int_equal(r->status, 0);
}

static void assert_owner(const char *path, uid_t uid, gid_t gid)
{
    struct stat about;

    assert_int_equal(lstat(path, &about), 0);
    assert_int_equal(about.st_uid, uid);
    assert_int_equal(about.st_gid, gid);
}

static void sudo_gives_its_caller_the_file_that_it_makes(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    skip_unless_root();
    record_with_sudo(r, r->recording);
    assert_owner(r->recording, 4711, 4712);
    assert_int_equal(packets_in(r->recording), 0);
}

/* Such a one as /dev/null, but for this case alone. */
static void a_device_is_not_given_away(void **state)
{
    struct capture_run *r = *state;
    const dev_t null = makedev(1, 3);
    char *device = alloc_format("%s/null", r->folder);

    skip_unless_permitted();
    skip_unless_root();
    if (mknod(device, S_IFCHR | 0666, null) != 0 || access(device, W_OK) != 0) {
        print_message("skipped: not even root may make a device here\n");
        skip();
    }
    record_with_sudo(r, device);
    assert_owner(device, 0, 0);
    free(device);
}

/* It is written anew, as by any program, and stays whose it is. */
static void a_file_that_was_there_is_not_given_away(void **state)
{
    struct capture_run *r = *state;
    const char *content = "longer than the header of a capture file, which is 24 bytes";

    skip_unless_permitted();
    skip_unless_root();
    file_write(r->recording, bytes_of(content, strlen(content)));
    record_with_sudo(r, r->recording);
    assert_owner(r->recording, 0, 0);
    assert_int_equal(packets_in(r->recording), 0);
    assert_int_equal(chown(r->recording, 1147, 1148), 0);
    record_with_sudo(r, r->recording);
    assert_owner(r->recording, 1147, 1148);
}

static void what_a_link_leads_to_is_not_given_away(void **state)
{
    struct capture_run *r = *state;
    char *link = alloc_format("%s/link", r->folder);

    skip_unless_permitted();
    skip_unless_root();
    assert_int_equal(symlink(r->recording, link), 0);
    record_with_sudo(r, link); /* nothing is there yet, and it may be anywhere */
    assert_owner(r->recording, 0, 0);
    record_with_sudo(r, link);
    assert_owner(r->recording, 0, 0);
    assert_owner(link, 0, 0);
    assert_int_equal(packets_in(r->recording), 0);
    free(link);
}

/* --- Signals ---------------------------------------------------------------------------------- */

static void closing_the_terminal_leaves_a_clean_file(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();

    pid_t pid = capture_start(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter));

    capture_is_ready(pid);
    send_datagrams(r, 5, 200);
    assert_int_equal(kill(pid, SIGHUP), 0);
    capture_finish(r, pid);
    assert_int_equal(r->status, 0);
    assert_said(r, "5 packets seen, 5 written, 0 dropped by the kernel\n");
    assert_int_equal(packets_in(r->recording), 5);
}

static void with_nohup_it_goes_on_when_the_terminal_is_closed(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    assert_true(signal(SIGHUP, SIG_IGN) != SIG_ERR); /* inherited, as from nohup */

    pid_t pid = capture_start(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter));

    assert_true(signal(SIGHUP, SIG_DFL) != SIG_ERR);
    capture_is_ready(pid);
    assert_int_equal(kill(pid, SIGHUP), 0);
    pause_ms(500); /* for longer than it takes to end */
    send_datagrams(r, 5, 200);
    end(r, pid);
    assert_int_equal(packets_in(r->recording), 5);
}

/*
 * What the recorder ignores for its own sake, the command gets as it always is. Whoever runs this
 * may ignore signals too, and those that the C library keeps to itself (32 and 33) can't be reset
 * from here, so the command is held against this very process.
 */
static void the_command_has_its_signals(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    for (int signo = 1; signo < SIGRTMIN; signo++)
        (void)signal(signo, SIG_DFL);

    char *blocked = process_line(getpid(), "SigBlk:");
    char *ignored = process_line(getpid(), "SigIgn:");
    char *both = alloc_format("%s%s", blocked, ignored);

    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "--", "sh", "-c",
                        "grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status >&2"));
    assert_int_equal(r->status, 0);
    assert_said(r, both);
    free(both);
    free(ignored);
    free(blocked);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_CAPTURE_RUN(who_may_not_record_is_told_the_command_that_helps),
        ON_CAPTURE_RUN(the_command_that_helps_is_quoted_for_the_shell),
        ON_CAPTURE_RUN(root_goes_on_as_nobody_without_any_rights),
        ON_CAPTURE_RUN(with_sudo_it_goes_on_as_the_caller),
        ON_CAPTURE_RUN(a_program_with_capabilities_gives_them_up),
        ON_CAPTURE_RUN(sudo_gives_its_caller_the_file_that_it_makes),
        ON_CAPTURE_RUN(a_device_is_not_given_away),
        ON_CAPTURE_RUN(a_file_that_was_there_is_not_given_away),
        ON_CAPTURE_RUN(what_a_link_leads_to_is_not_given_away),
        ON_CAPTURE_RUN(closing_the_terminal_leaves_a_clean_file),
        ON_CAPTURE_RUN(with_nohup_it_goes_on_when_the_terminal_is_closed),
        ON_CAPTURE_RUN(the_command_has_its_signals),
    };

    return RUN(cases);
}
