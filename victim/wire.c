#include "victim/wire.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG         64
#define CONNECT_WAIT_MS 10000
#define HOST_SIZE       256
#define RECEIVE_SIZE    (64 * 1024)

/* Bytes within one machine arrive at once; later than this means that something is broken. */
#define ARRIVAL_WAIT_MS 10000

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage storage;
};

/* Splits at the last colon; an IPv6 address stands in brackets. RFC 3986 section 3.2.2. */
static bool split(char host[static HOST_SIZE], const char **port, const char *where)
{
    const char *colon = strrchr(where, ':');
    size_t len = colon ? (size_t)(colon - where) : 0;

    if (!colon || colon[1] == '\0' || len >= HOST_SIZE)
        return false;
    if (len >= 2 && where[0] == '[' && where[len - 1] == ']') {
        where++;
        len -= 2;
    } else if (memchr(where, ':', len)) {
        return false; /* an IPv6 address without brackets: where does it end? */
    }
    memcpy(host, where, len);
    host[len] = '\0';
    *port = colon + 1;
    return true;
}

void wire_host(char *host, size_t room, const char *where)
{
    char whole[HOST_SIZE] = "";
    const char *port;

    if (!split(whole, &port, where))
        whole[0] = '\0';
    (void)snprintf(host, room, "%s", whole);
}

/* The addresses that `where` means, to be freed; NULL with *why. */
static struct addrinfo *resolve(const char *where, int flags, struct complaint *why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char host[HOST_SIZE];
    const char *port;

    if (!split(host, &port, where)) {
        (void)complaint_say(why, "%s: no address; write it like 127.0.0.1:4433 or [::1]:4433",
                            where);
        return NULL;
    }

    int error = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);

    if (error != 0) {
        (void)complaint_say(why, "%s: %s; write it like 127.0.0.1:4433 or [::1]:4433", where,
                            gai_strerror(error));
        return NULL;
    }
    return found;
}

static void set_flag(int fd, int level, int name)
{
    const int on = 1;

    (void)setsockopt(fd, level, name, &on, sizeof(on)); /* each of them only makes things nicer */
}

int wire_listen(const char *where, struct complaint *why)
{
    struct addrinfo *found = resolve(where, AI_PASSIVE, why);
    int fd = -1;

    if (!found)
        return -1;
    fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        set_flag(fd, SOL_SOCKET, SO_REUSEADDR);
    if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        (void)complaint_say(why, "%s: %s; take another address or port, 0 being any that is free",
                            where, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

/* connect() on a socket that does not block, and the wait for its end; errno says what went wrong.
 */
static bool finish_connect(int fd, const struct sockaddr *address, socklen_t len)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    socklen_t error_len = sizeof(errno);
    int error = 0;

    if (connect(fd, address, len) == 0)
        return true;
    if (errno != EINPROGRESS)
        return false;
    if (poll(&wait, 1, CONNECT_WAIT_MS) != 1) {
        errno = ETIMEDOUT;
        return false;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len) != 0)
        return false;
    errno = error;
    return error == 0;
}

int wire_connect(const char *where, struct complaint *why)
{
    struct addrinfo *found = resolve(where, 0, why);
    int error = 0;
    int fd = -1;

    if (!found)
        return -1;
    for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0 || !finish_connect(fd, a->ai_addr, a->ai_addrlen)) {
            error = errno;
            if (fd >= 0)
                (void)close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    if (fd < 0)
        (void)complaint_say(why, "%s: %s; is a server listening there?", where, strerror(error));
    else
        set_flag(fd, IPPROTO_TCP, TCP_NODELAY);
    return fd;
}

int wire_accept(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0)
        set_flag(fd, IPPROTO_TCP, TCP_NODELAY);
    return fd;
}

bool wire_pair(int *client, int *server, int listener, struct complaint *why)
{
    struct pollfd wait = {.fd = listener, .events = POLLIN};
    union address address;
    socklen_t len = sizeof(address);

    *server = -1;
    *client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*client >= 0 && getsockname(listener, &address.any, &len) == 0 &&
        finish_connect(*client, &address.any, len) && poll(&wait, 1, CONNECT_WAIT_MS) == 1)
        *server = wire_accept(listener);
    if (*server >= 0) {
        set_flag(*client, IPPROTO_TCP, TCP_NODELAY);
        return true;
    }
    (void)complaint_say(why, "no connection over the loopback interface: %s; is `lo` up?",
                        strerror(errno));
    if (*client >= 0)
        (void)close(*client);
    return false;
}

static struct endpoint endpoint_of(const union address *address)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* RFC 4291 section 2.5.5.2 */
    struct endpoint e = {0};
    struct reader port = {0};

    if (address->any.sa_family == AF_INET) {
        e.family = 4;
        memcpy(e.address, &address->v4.sin_addr, 4);
        port = reader_of(bytes_of(&address->v4.sin_port, sizeof(address->v4.sin_port)));
    } else if (address->any.sa_family == AF_INET6) {
        const uint8_t *raw = address->v6.sin6_addr.s6_addr;
        bool is_mapped = memcmp(raw, mapped, sizeof(mapped)) == 0;

        e.family = is_mapped ? 4 : 6;
        memcpy(e.address, is_mapped ? raw + sizeof(mapped) : raw, is_mapped ? 4 : 16);
        port = reader_of(bytes_of(&address->v6.sin6_port, sizeof(address->v6.sin6_port)));
    }
    if (!reader_u16(&port, &e.port))
        e.port = 0;
    return e;
}

struct endpoint wire_here(int fd)
{
    union address address = {0};
    socklen_t len = sizeof(address);

    (void)getsockname(fd, &address.any, &len);
    return endpoint_of(&address);
}

struct endpoint wire_there(int fd)
{
    union address address = {0};
    socklen_t len = sizeof(address);

    (void)getpeername(fd, &address.any, &len);
    return endpoint_of(&address);
}

static enum wire outcome(ssize_t result, size_t *moved)
{
    if (result > 0) {
        *moved = (size_t)result;
        return WIRE_MOVED;
    }
    *moved = 0;
    if (result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return WIRE_LATER;
    return WIRE_ENDED;
}

enum wire wire_send(int fd, size_t *moved, struct bytes bytes)
{
    return outcome(send(fd, bytes.at, bytes.len, MSG_NOSIGNAL), moved);
}

enum wire wire_receive(int fd, size_t *moved, uint8_t *out, size_t room)
{
    return outcome(recv(fd, out, room, 0), moved);
}

/* Takes what has arrived; false when the connection has ended. */
static bool receive_some(int fd, size_t *received, wire_arrived *arrived, void *context)
{
    uint8_t room[RECEIVE_SIZE];
    size_t len;
    enum wire state = wire_receive(fd, &len, room, sizeof(room));

    arrived(context, bytes_of(room, len));
    *received += len;
    return state != WIRE_ENDED;
}

bool wire_carry(int from, int to, struct bytes bytes, wire_arrived *arrived, void *context)
{
    struct reader unsent = reader_of(bytes);
    size_t received = 0;

    while (received < bytes.len) {
        size_t received_before = received;
        size_t sent = 0;

        if (!reader_done(&unsent) && wire_send(from, &sent, unsent.left) == WIRE_ENDED)
            return false;
        if (!reader_skip(&unsent, sent) || !receive_some(to, &received, arrived, context))
            return false;
        if (sent == 0 && received == received_before) {
            struct pollfd wait = {.fd = to, .events = POLLIN};

            if (poll(&wait, 1, ARRIVAL_WAIT_MS) == 0)
                return false;
        }
    }
    return true;
}
