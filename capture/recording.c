#include "capture/recording.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "capture/status_line.h"

/*
 * When the command has ended, its connections may still be closing. Recording goes on until nothing
 * came for the first of these times, yet on a busy interface no longer than the second.
 */
static const uint64_t QUIET_NS = 200000000;
static const uint64_t QUIET_WAIT_NS = 2000000000;

/* After this time the kernel has handed over each packet that was there. It looks once in
 * LIVE_BLOCK_MS whether a block was there when it looked before; the third is for what takes time.
 */
static const uint64_t HANDING_OVER_NS = UINT64_C(3) * LIVE_BLOCK_MS * 1000000;

static const uint64_t NEVER = UINT64_MAX;
static const uint64_t NS_PER_SECOND = 1000000000;
static const uint64_t NS_PER_MS = 1000000;

/* Packets in one go, between two looks at the clock and the signals. */
enum { BATCH = 1024 };

struct recording {
    struct live *live;
    struct series *to;
    struct command *command; /* NULL: none */
    int signals;
    uint64_t packets_left;
    uint64_t stop_at;  /* the end, whatever happens */
    uint64_t quiet_at; /* the end, unless a packet comes before; NEVER while the command runs */
    struct status_line status_line;
    bool stopped;
};

static uint64_t now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_SECOND + (uint64_t)t.tv_nsec;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Whoever starts us with nohup wants us to go on when the terminal is closed. */
static bool is_to_outlive_terminal(void)
{
    struct sigaction hangup;

    return sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler == SIG_IGN;
}

static sigset_t ending_signals(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGCHLD);
    if (!is_to_outlive_terminal())
        (void)sigaddset(&set, SIGHUP);
    return set;
}

static int open_signals(void)
{
    sigset_t set = ending_signals();

    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool recording_hold_signals(sigset_t *before, struct complaint *why)
{
    sigset_t set = ending_signals();

    /* That a reader of our standard output has gone away, or that the file may not grow any more,
     * is found out by the write that fails. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGXFSZ, SIG_IGN) == SIG_ERR ||
        signal(SIGCHLD, SIG_DFL) == SIG_ERR || sigprocmask(SIG_BLOCK, &set, before) != 0)
        return complaint_say(why, "can't hold signals: %s", strerror(errno));
    return true;
}

/* The command has ended: what is on its way is still recorded. */
static void wait_for_quiet(struct recording *r)
{
    uint64_t now = now_ns();

    if (r->quiet_at != NEVER)
        return;
    r->quiet_at = now + QUIET_NS;
    r->stop_at = earlier(r->stop_at, now + QUIET_WAIT_NS);
}

/*
 * take_signal answers which one has come, or 0. Ctrl-C reaches the command by way of the terminal;
 * what another process sends does not, so it is passed on.
 */
static int take_signal(int signals, const struct command *command)
{
    struct signalfd_siginfo info;

    if (read(signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return 0;
    if (command && info.ssi_signo != SIGCHLD && info.ssi_code == SI_USER)
        command_signal(command, (int)info.ssi_signo);
    return (int)info.ssi_signo;
}

static void heed_signal(struct recording *r)
{
    int signo = take_signal(r->signals, r->command);

    if (signo == SIGINT || signo == SIGTERM || signo == SIGHUP)
        r->stopped = true;
    else if (r->command && command_has_ended(r->command))
        wait_for_quiet(r);
}

static bool take_packets(struct recording *r, int *taken, struct complaint *why)
{
    *taken = live_take(r->live, r->to, (int)earlier(r->packets_left, BATCH), why);
    if (*taken < 0)
        return false;
    r->packets_left -= (uint64_t)*taken;
    if (*taken > 0 && r->quiet_at != NEVER)
        r->quiet_at = now_ns() + QUIET_NS;
    return true;
}

/*
 * What had arrived before the end belongs to the recording, too, also what the kernel still holds;
 * unless it is known already that nothing comes any more.
 */
static bool take_remaining(struct recording *r, struct complaint *why)
{
    uint64_t now = now_ns();
    uint64_t handed_over = now < r->quiet_at ? now + HANDING_OVER_NS : now;
    uint64_t until = now + QUIET_WAIT_NS;
    int taken = BATCH;

    while (r->packets_left > 0 && now < until && (taken == BATCH || now < handed_over)) {
        struct pollfd polled = {.fd = live_descriptor(r->live), .events = POLLIN};

        if (poll(&polled, 1, LIVE_BLOCK_MS) < 0 && errno != EINTR)
            return complaint_say(why, "recording failed: %s", strerror(errno));
        if (!take_packets(r, &taken, why))
            return false;
        now = now_ns();
    }
    return true;
}

/* wait_for_something sleeps until there is a packet or a signal, or until something is due. */
static bool wait_for_something(struct recording *r, struct pollfd polled[static 2],
                               struct complaint *why)
{
    uint64_t end = earlier(r->stop_at, r->quiet_at);
    uint64_t until = earlier(end, r->status_line.due_ns);
    uint64_t now = now_ns();
    int timeout_ms = -1;

    if (end <= now)
        r->stopped = true;
    if (until != NEVER)
        timeout_ms = (int)earlier(until > now ? (until - now) / NS_PER_MS + 1 : 0, 60000);
    polled[0] = (struct pollfd){.fd = live_descriptor(r->live), .events = POLLIN};
    polled[1] = (struct pollfd){.fd = r->signals, .events = POLLIN};
    if (poll(polled, 2, timeout_ms) < 0 && errno != EINTR)
        return complaint_say(why, "recording failed: %s", strerror(errno));
    return true;
}

static void show_status(struct recording *r)
{
    uint64_t now = now_ns();

    if (now < r->status_line.due_ns)
        return;

    struct tally tally = recording_tally(r->live, r->to);

    status_line_show(&r->status_line, now, &tally, series_current(r->to));
}

static bool record(struct recording *r, struct complaint *why)
{
    while (!r->stopped && r->packets_left > 0 && !live_is_lost(r->live)) {
        struct pollfd polled[2];
        int taken;

        if (!wait_for_something(r, polled, why))
            return false;
        if (polled[0].revents && !take_packets(r, &taken, why))
            return false;
        if (polled[1].revents)
            heed_signal(r);
        show_status(r);
    }
    if (!take_remaining(r, why))
        return false;
    return r->packets_left == 0 || !live_is_lost(r->live) || live_explain(r->live, r->to, why);
}

bool recording_run(struct live *l, struct series *to, const struct capture_options *o,
                   struct command *command, struct complaint *why)
{
    uint64_t now = now_ns();
    struct recording r = {
        .live = l,
        .to = to,
        .command = command,
        .signals = open_signals(),
        .packets_left = o->max_packets > 0 ? o->max_packets : UINT64_MAX,
        .stop_at = o->duration_ns > 0 ? now + o->duration_ns : NEVER,
        .quiet_at = NEVER,
        .status_line = status_line_begin(o, now),
    };

    if (r.signals < 0)
        return complaint_say(why, "can't receive signals: %s", strerror(errno));
    if (command)
        command_start(command);

    bool recorded = record(&r, why);

    status_line_clear(&r.status_line);
    (void)close(r.signals);
    return recorded;
}

struct tally recording_tally(const struct live *l, const struct series *to)
{
    struct tally t = {.written = series_packets(to), .len = series_len(to)};

    live_count(l, &t);
    return t;
}

void recording_await_command(struct command *command)
{
    int signals = open_signals();

    while (signals >= 0 && !command_has_ended(command)) {
        struct pollfd polled = {.fd = signals, .events = POLLIN};

        if (poll(&polled, 1, -1) > 0)
            (void)take_signal(signals, command);
    }
    (void)close(signals);
}
