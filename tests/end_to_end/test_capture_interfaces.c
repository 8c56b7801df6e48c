/*
 * keyfall-capture and interfaces that are not like others: one that goes away while it is recorded
 * from, and those of netfilter. Each case has a network of its own, which takes root.
 */
#include "tests/support/capture_run.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/packet_builder.h"

#define TUNNEL "keyfall0"

enum { NUM_EARLY = 3, NUM_LATE = 10, PORT = 5999, PAYLOAD = 100 };

static const char FILTER[] = "udp dst port 5999";

/* --- A network of its own --------------------------------------------------------------------- */

static void set_up(const char *interface)
{
    struct ifreq request = {.ifr_flags = IFF_UP};
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    (void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
    assert_int_equal(ioctl(any, SIOCSIFFLAGS, &request), 0);
    assert_int_equal(close(any), 0);
}

static void enter_own_network(void)
{
    skip_unless_permitted();
    skip_unless_root();
    if (unshare(CLONE_NEWNET) != 0) {
        print_message("skipped: not even root may have a network of its own here\n");
        skip();
    }
    set_up("lo");
}

/* open_tunnel makes an interface on which arrives what is written to the answered descriptor, and
 * which is there for as long as that is open. */
static int open_tunnel(void)
{
    struct ifreq request = {.ifr_name = TUNNEL, .ifr_flags = IFF_TUN | IFF_NO_PI};
    int tunnel = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

    if (tunnel < 0 || ioctl(tunnel, TUNSETIFF, &request) != 0) {
        print_message("skipped: no tunnel can be made here\n");
        skip();
    }
    set_up(TUNNEL);
    return tunnel;
}

static void arrive(int tunnel, size_t num)
{
    static const uint8_t payload[PAYLOAD];
    struct buffer packet = {0};

    buffer_append(&packet, bytes_of(payload, sizeof(payload)));
    wrap_udp(&packet, PORT, PORT);
    wrap_ip(&packet, ipv4("192.0.2.1", PORT), ipv4("192.0.2.2", PORT), IPPROTO_UDP);
    for (size_t i = 0; i < num; i++)
        assert_int_equal(write(tunnel, packet.at, packet.len), packet.len);
    buffer_clear(&packet);
}

/* --- An interface that goes away -------------------------------------------------------------- */

/* record_until_it_is_gone has a few packets arrive, then more, and the interface vanish at once. */
static void record_until_it_is_gone(struct capture_run *r, const char *const *args)
{
    int tunnel = open_tunnel();
    pid_t pid = capture_start(r, args);

    capture_is_ready(pid);
    arrive(tunnel, NUM_EARLY);
    pause_ms(200); /* these are handed over by then */
    arrive(tunnel, NUM_LATE);
    assert_int_equal(close(tunnel), 0);
    capture_finish(r, pid);
}

static void what_came_before_the_interface_went_away_is_recorded(void **state)
{
    struct capture_run *r = *state;

    enter_own_network();
    record_until_it_is_gone(r, ARGS("-i", TUNNEL, "-w", r->recording, "-f", FILTER));
    assert_int_equal(r->status, 1);
    assert_said(r, "13 packets seen, 13 written, 0 dropped by the kernel\n");
    assert_said(r, "keyfall-capture: recording failed: The interface disappeared; what came before "
                   "is in /");
    assert_int_equal(packets_in(r->recording), NUM_EARLY + NUM_LATE);
}

static void of_a_series_the_last_file_is_told_when_the_interface_goes_away(void **state)
{
    struct capture_run *r = *state;
    char *files =
        alloc_format("is in 3 files, %s/recording-00001.pcap to %s/recording-00003.pcap\n",
                     r->folder, r->folder);

    enter_own_network();
    record_until_it_is_gone(r, ARGS("-i", TUNNEL, "-w", r->recording, "-f", FILTER, "-C", "1k"));
    assert_int_equal(r->status, 1);
    assert_said(r, files);
    free(files);
}

static void who_has_all_packets_that_were_asked_for_does_not_miss_the_interface(void **state)
{
    struct capture_run *r = *state;

    enter_own_network();
    record_until_it_is_gone(r, ARGS("-i", TUNNEL, "-w", r->recording, "-f", FILTER, "-c", "12"));
    assert_int_equal(r->status, 0);
    assert_said(r, "12 packets seen, 12 written, 0 dropped by the kernel\n");
    assert_int_equal(packets_in(r->recording), 12);
}

/* --- Netfilter -------------------------------------------------------------------------------- */

static void skip_unless_there(const char *interface)
{
    char reason[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_create(interface, reason);
    bool there = pcap && pcap_activate(pcap) >= 0;

    if (pcap)
        pcap_close(pcap);
    if (there)
        return;
    print_message("skipped: %s is not to be had here\n", interface);
    skip();
}

/* It has no block of packets that is empty, but an error that says: nothing yet. */
static void a_log_of_netfilter_in_which_nothing_comes_is_recorded(void **state)
{
    struct capture_run *r = *state;

    enter_own_network();
    skip_unless_there("nflog");
    capture_all(r, ARGS("-i", "nflog", "-w", r->recording, "-d", "0.3"));
    assert_int_equal(r->status, 0);
    assert_said(r, "0 packets seen, 0 written, 0 dropped by the kernel\n");
}

static void a_queue_of_netfilter_is_refused_because_it_would_hold_up_the_traffic(void **state)
{
    static const char *const names[] = {"nfqueue", "nfqueue:7"};
    struct capture_run *r = *state;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char *expected =
            alloc_format("%s: can't be recorded from: its packets wait for a verdict", names[i]);

        capture_all(r, ARGS("-i", names[i], "-w", r->recording, "-d", "0.1"));
        assert_refused(r, expected);
        assert_int_not_equal(access(r->recording, F_OK), 0);
        free(expected);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_CAPTURE_RUN(what_came_before_the_interface_went_away_is_recorded),
        ON_CAPTURE_RUN(of_a_series_the_last_file_is_told_when_the_interface_goes_away),
        ON_CAPTURE_RUN(who_has_all_packets_that_were_asked_for_does_not_miss_the_interface),
        ON_CAPTURE_RUN(a_log_of_netfilter_in_which_nothing_comes_is_recorded),
        ON_CAPTURE_RUN(a_queue_of_netfilter_is_refused_because_it_would_hold_up_the_traffic),
    };

    return RUN(cases);
}
