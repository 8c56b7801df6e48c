#include "capture/live.h"

#include <errno.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/alloc.h"
#include "capture/privileges.h"

/*
 * The kernel's ring buffer, in bytes. Not smaller, because on loopback a second's pause of this
 * program is hundreds of megabytes of traffic; not bigger, because the kernel pins this memory.
 */
#define KERNEL_BUFFER (16 << 20)

struct live {
    pcap_t *pcap;
    pcap_dumper_t *out;
    const char *file; /* for sentences */
    uint64_t written;
};

/* --- Sentences -------------------------------------------------------------------------------- */

/* names_of is "lo, eth0": the interfaces there are, to be freed; *found: is `name` one of them? */
static char *names_of(const char *name, bool *found)
{
    char reason[PCAP_ERRBUF_SIZE];
    pcap_if_t *all = NULL;
    char *names = alloc_text("");

    *found = false;
    if (pcap_findalldevs(&all, reason) != 0)
        return names;
    for (const pcap_if_t *i = all; i; i = i->next) {
        char *longer = alloc_format("%s%s%s", names, *names ? ", " : "", i->name);

        free(names);
        names = longer;
        *found = *found || strcmp(i->name, name) == 0;
    }
    pcap_freealldevs(all);
    return names;
}

static bool refuse_permission(const char *interface, struct complaint *why)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

    self[len > 0 ? len : 0] = '\0';
    return complaint_say(why,
                         "%s: recording takes a right that you don't have; give it to the program "
                         "once, with: sudo setcap cap_net_raw,cap_net_admin=eip %s",
                         interface, len > 0 ? self : "keyfall-capture");
}

static bool refuse_interface(pcap_t *pcap, const char *interface, int error, struct complaint *why)
{
    bool found;
    char *names = names_of(interface, &found);

    if (!found && *names)
        (void)complaint_say(why, "%s: no such interface; there are: %s", interface, names);
    else if (error == PCAP_ERROR_PERM_DENIED || error == PCAP_ERROR_PROMISC_PERM_DENIED)
        (void)refuse_permission(interface, why);
    else
        (void)complaint_say(why, "%s: can't be recorded from: %s", interface,
                            *pcap_geterr(pcap) ? pcap_geterr(pcap) : pcap_statustostr(error));
    free(names);
    return false;
}

/* --- Opening ---------------------------------------------------------------------------------- */

static bool arm(struct live *l, const struct capture_options *o, struct complaint *why)
{
    char reason[PCAP_ERRBUF_SIZE] = "";
    int error;

    l->pcap = pcap_create(o->interface, reason);
    if (!l->pcap)
        return complaint_say(why, "%s: can't be recorded from: %s", o->interface, reason);
    /* These can't fail before pcap_activate, but for the precision, which not every one has. */
    (void)pcap_set_snaplen(l->pcap, o->snaplen);
    (void)pcap_set_buffer_size(l->pcap, KERNEL_BUFFER);
    (void)pcap_set_immediate_mode(l->pcap, 1);
    (void)pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO);
    error = pcap_activate(l->pcap);
    if (error < 0)
        return refuse_interface(l->pcap, o->interface, error, why);
    if (pcap_setnonblock(l->pcap, 1, reason) != 0)
        return complaint_say(why, "%s: can't be recorded from: %s", o->interface, reason);
    return true;
}

static bool set_filter(struct live *l, const char *filter, struct complaint *why)
{
    struct bpf_program program;

    if (!filter)
        return true;
    if (pcap_compile(l->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return complaint_say(why, "--filter: \"%s\": %s; pcap-filter(7) describes filters", filter,
                             pcap_geterr(l->pcap));

    bool set = pcap_setfilter(l->pcap, &program) == 0;

    pcap_freecode(&program);
    return set || complaint_say(why, "--filter: \"%s\": %s", filter, pcap_geterr(l->pcap));
}

static bool open_file(struct live *l, const char *path, struct complaint *why)
{
    bool to_stdout = strcmp(path, "-") == 0;
    FILE *stream = to_stdout ? stdout : fopen(path, "wbe");
    struct user user;

    l->file = to_stdout ? "standard output" : path;
    if (to_stdout && isatty(STDOUT_FILENO))
        return complaint_say(why, "standard output is a terminal; name a file, or send the packets "
                                  "on with |");
    if (!stream)
        return complaint_say(why, "%s: can't be written: %s", path, strerror(errno));
    /* What root recorded for the user who called sudo is that user's file. */
    if (!to_stdout && getenv("SUDO_UID") && privileges_next_user(&user) &&
        fchown(fileno(stream), user.uid, user.gid) != 0) {
        (void)complaint_say(why, "%s: can't be given to its user: %s", path, strerror(errno));
        (void)fclose(stream);
        return false;
    }
    l->out = pcap_dump_fopen(l->pcap, stream);
    if (l->out)
        return true;
    (void)complaint_say(why, "%s: can't be written: %s", l->file, pcap_geterr(l->pcap));
    if (!to_stdout)
        (void)fclose(stream);
    return false;
}

struct live *live_open(const struct capture_options *o, struct complaint *why)
{
    struct live *l = alloc_zero(sizeof(*l));
    struct complaint unused;

    if (arm(l, o, why) && set_filter(l, o->filter, why) && open_file(l, o->file, why))
        return l;
    (void)live_close(l, &unused);
    return NULL;
}

/* --- Recording -------------------------------------------------------------------------------- */

int live_descriptor(const struct live *l)
{
    return pcap_get_selectable_fd(l->pcap);
}

static void write_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *data)
{
    pcap_dump(user, header, data);
}

/* flush lets a reader of the file follow, and finds out whether it could be written. */
static bool flush(struct live *l, struct complaint *why)
{
    if (pcap_dump_flush(l->out) == 0 && !ferror(pcap_dump_file(l->out)))
        return true;
    return complaint_say(why, "%s: can't be written: %s; what is in it can be read", l->file,
                         strerror(errno));
}

int live_take(struct live *l, int max, struct complaint *why)
{
    int taken = pcap_dispatch(l->pcap, max, write_packet, (u_char *)l->out);

    if (taken < 0) {
        (void)complaint_say(why, "recording failed: %s; what came before is in %s",
                            pcap_geterr(l->pcap), l->file);
        return -1;
    }
    l->written += (uint64_t)taken;
    return taken == 0 || flush(l, why) ? taken : -1;
}

struct live_counts live_counts(const struct live *l)
{
    struct live_counts counts = {.seen = l->written, .written = l->written};
    struct pcap_stat stat;

    if (pcap_stats(l->pcap, &stat) == 0) {
        counts.seen = stat.ps_recv;
        counts.dropped = stat.ps_drop;
    }
    return counts;
}

bool live_close(struct live *l, struct complaint *why)
{
    bool whole = !l->out || flush(l, why);

    if (l->out)
        pcap_dump_close(l->out);
    if (l->pcap)
        pcap_close(l->pcap);
    free(l);
    return whole;
}

bool live_list_interfaces(FILE *out, struct complaint *why)
{
    char reason[PCAP_ERRBUF_SIZE];
    pcap_if_t *all = NULL;

    if (pcap_findalldevs(&all, reason) != 0)
        return complaint_say(why, "can't list interfaces: %s", reason);
    for (const pcap_if_t *i = all; i; i = i->next) {
        (void)fprintf(out, "%s%s%s%s\n", i->name, i->flags & PCAP_IF_UP ? "" : " (down)",
                      i->description ? ": " : "", i->description ? i->description : "");
    }
    pcap_freealldevs(all);
    return fflush(out) == 0 || complaint_say(why, "standard output: %s", strerror(errno));
}
