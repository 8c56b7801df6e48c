#include "capture/live.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/alloc.h"

struct live {
    pcap_t *pcap;
    struct pcap_stat at_start; /* what was dropped before the filter was in place */
    bool lost;
    struct complaint cause; /* why it is lost, in libpcap's words */
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

/* What means nothing else to a shell; neither do the bytes of other scripts' letters. */
static bool is_plain(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || strchr("/._-+,:@%=", c);
}

/* quoted is a path as one types it into a shell, to be freed. */
static char *quoted(const char *path)
{
    struct buffer text = {0};

    for (; *path; path++) {
        if (!is_plain(*path))
            buffer_append(&text, bytes_of("\\", 1));
        buffer_append(&text, bytes_of(path, 1));
    }
    buffer_append(&text, bytes_of("", 1)); /* the zero at the end */
    return (char *)text.at;
}

static bool refuse_permission(const char *interface, struct complaint *why)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

    self[len > 0 ? len : 0] = '\0';

    char *program = quoted(len > 0 ? self : "keyfall-capture");

    (void)complaint_say(why,
                        "%s: recording takes a right that you don't have; give it to the program "
                        "once, with: sudo setcap cap_net_raw,cap_net_admin=eip %s",
                        interface, program);
    free(program);
    return false;
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

/*
 * refuse_queue: nfqueue is no copy of the traffic, as nflog is, but holds each packet up until it
 * is told what to do with it, and telling takes the very rights that are given up.
 */
static bool refuse_queue(const char *interface, struct complaint *why)
{
    static const char queue[] = "nfqueue";
    size_t len = strlen(queue);

    if (strncmp(interface, queue, len) != 0 || (interface[len] && interface[len] != ':'))
        return true;
    return complaint_say(why,
                         "%s: can't be recorded from: its packets wait for a verdict, which takes "
                         "the rights that keyfall-capture gives up; nflog gets copies of packets",
                         interface);
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
    (void)pcap_set_buffer_size(l->pcap, o->buffer_size);
    (void)pcap_set_promisc(l->pcap, o->promiscuous);
    /* Not immediate mode: it gives each packet, however short, room for the longest, and 16 MiB
     * then hold 128 of them. */
    (void)pcap_set_timeout(l->pcap, LIVE_BLOCK_MS);
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

/*
 * What crosses the loopback a packet socket gets twice, on its way out and on its way in. libpcap
 * passes over the first; here the kernel is told not to hand it over, so that it takes no room in
 * the buffer and is not counted. Kernels before 4.20 can't do that: "dropped" is then at most twice
 * what it should be.
 */
static void ignore_outgoing_on_loopback(const struct live *l, const char *interface)
{
    int socket = pcap_fileno(l->pcap);
    struct ifreq request = {0};
    int yes = 1;

    (void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
    if (ioctl(socket, SIOCGIFFLAGS, &request) == 0 && request.ifr_flags & IFF_LOOPBACK)
        (void)setsockopt(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof(yes));
}

struct live *live_open(const struct capture_options *o, struct complaint *why)
{
    struct live *l = alloc_zero(sizeof(*l));

    if (refuse_queue(o->interface, why) && arm(l, o, why) && set_filter(l, o->filter, why)) {
        ignore_outgoing_on_loopback(l, o->interface);
        (void)pcap_stats(l->pcap, &l->at_start);
        return l;
    }
    live_close(l);
    return NULL;
}

/* --- Recording -------------------------------------------------------------------------------- */

pcap_t *live_format(const struct live *l)
{
    return l->pcap;
}

int live_descriptor(const struct live *l)
{
    return pcap_get_selectable_fd(l->pcap);
}

struct taking {
    struct live *live;
    struct series *to;
    struct complaint *why;
    bool failed;
};

/* write_packet is libpcap's callback. After a failure it may come a few times more. */
static void write_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *data)
{
    struct taking *t = (void *)user;

    if (t->failed || series_add(t->to, header, data, t->why))
        return;
    t->failed = true;
    pcap_breakloop(t->live->pcap);
}

/*
 * note_loss: the interface can't be read from. Unless there only is nothing to be read yet: where
 * libpcap has no ring of the kernel's, it hands on that answer as if it were an error.
 */
static void note_loss(struct live *l, int error)
{
    if (error == EAGAIN || l->lost)
        return;
    (void)complaint_say(&l->cause, "%s", pcap_geterr(l->pcap));
    l->lost = true;
}

int live_take(struct live *l, struct series *to, int max, struct complaint *why)
{
    struct taking t = {.live = l, .to = to, .why = why};

    errno = 0;

    int taken = pcap_dispatch(l->pcap, max, write_packet, (void *)&t);

    if (t.failed)
        return -1;
    if (taken < 0) {
        note_loss(l, errno);
        return 0;
    }
    return taken == 0 || series_flush(to, why) ? taken : -1;
}

bool live_is_lost(const struct live *l)
{
    return l->lost;
}

bool live_explain(const struct live *l, const struct series *to, struct complaint *why)
{
    char *where = series_describe(to);

    (void)complaint_say(why, "recording failed: %s; what came before is in %s", l->cause.text,
                        where);
    free(where);
    return false;
}

void live_count(const struct live *l, struct tally *t)
{
    struct pcap_stat now;

    if (pcap_stats(l->pcap, &now) != 0)
        return;
    t->dropped = now.ps_drop - l->at_start.ps_drop;
    t->missed = now.ps_ifdrop - l->at_start.ps_ifdrop;
}

void live_close(struct live *l)
{
    if (l && l->pcap)
        pcap_close(l->pcap);
    free(l);
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
    return fflush(out) == 0 ||
           complaint_say(why, "standard output: can't be written: %s", strerror(errno));
}
