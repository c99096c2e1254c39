/* A connection to a TCP port in the guest: raw bytes both ways, each way with an end of its own. */
#include "agent.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A way holds whatever a connection's buffer may hold beyond the request. PROBE is in milliseconds. */
enum { WAY_BYTES = 2 * (HEADER_BYTES + PAYLOAD_LIMIT), PROBE = 1000 };

/* One direction. */
struct way {
    int from, to;
    bool ended; /* FROM has no more */
    bool closed; /* and TO has been told */
    size_t start, end;
    uint8_t bytes[WAY_BYTES];
};

/* Waits for the connection to be made; the host's going away ends the wait, and us. */
static int await_connected(int host, int fd)
{
    int error = 0;
    socklen_t length = sizeof error;
    struct pollfd ready[] = {{fd, POLLOUT, 0}, {host, POLLIN, 0}};
    while (ready[0].revents == 0) {
        char byte;
        if (poll(ready, 2, -1) < 0 && errno != EINTR)
            return errno;
        if (ready[1].revents != 0) {
            if (recv(host, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0 && errno != EAGAIN)
                _exit(0);
            ready[1].fd = -1;
        }
    }
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    return error;
}

/* The connected socket, or an errno below zero. */
static int connect_to(int host, const struct addrinfo *address)
{
    int error = 0, one = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, address->ai_addr, address->ai_addrlen) < 0)
        error = errno == EINPROGRESS ? await_connected(host, fd) : errno;
    if (error != 0) {
        close(fd);
        return -error;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static int resolve_and_connect(int host, const char *name, uint16_t port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    char service[8];
    int fd = -ENOENT;
    snprintf(service, sizeof service, "%u", port);
    switch (getaddrinfo(name, service, &hints, &list)) {
    case 0:
        break;
    case EAI_AGAIN:
        return -EAGAIN;
    case EAI_SYSTEM:
        return -errno;
    default:
        return -ENOENT;
    }
    for (const struct addrinfo *at = list; at != NULL && fd < 0; at = at->ai_next)
        fd = connect_to(host, at);
    freeaddrinfo(list);
    return fd;
}

static int connect_local(int host, uint16_t port)
{
    int first = resolve_and_connect(host, "127.0.0.1", port), second;
    if (first >= 0)
        return first;
    second = resolve_and_connect(host, "::1", port);
    return second >= 0 ? second : first;
}

static void fill(struct way *way)
{
    ssize_t count = read(way->from, way->bytes, sizeof way->bytes);
    if (count > 0)
        way->end = (size_t)count;
    else if (count == 0)
        way->ended = true;
    else if (errno != EAGAIN && errno != EINTR)
        _exit(0);
}

/*
 * A service that reads no more may still have something to say: what the host sends from now on goes nowhere. The host
 * itself ends the relay when it goes.
 */
static void cut(struct way *way, const struct conn *conn)
{
    if (way->to == conn->fd)
        _exit(0);
    way->ended = way->closed = true;
}

static void drain(struct way *way, const struct conn *conn)
{
    while (way->start < way->end) {
        ssize_t count = write(way->to, way->bytes + way->start, way->end - way->start);
        if (count > 0)
            way->start += (size_t)count;
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR)
            cut(way, conn);
        if (way->closed)
            break;
    }
    way->start = way->end = 0;
    if (way->ended && !way->closed) {
        shutdown(way->to, SHUT_WR);
        way->closed = true;
    }
}

static struct pollfd source(const struct way *way)
{
    struct pollfd ready = {way->end == 0 && !way->ended ? way->from : -1, POLLIN, 0};
    return ready;
}

static struct pollfd target(const struct way *way)
{
    struct pollfd ready = {way->end > 0 ? way->to : -1, POLLOUT, 0};
    return ready;
}

/* Whether the host has closed its side, and not only ended what it sends; nothing else tells on vsock. */
static bool is_gone(int host)
{
    struct pollfd ready = {host, 0, 0};
    if (poll(&ready, 1, 0) > 0 && (ready.revents & (POLLERR | POLLHUP)) != 0)
        return true;
    return send(host, "", 0, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN;
}

static void relay(struct way *in, struct way *out, const struct conn *conn)
{
    while (!in->closed || !out->closed) {
        struct pollfd ready[] = {source(in), source(out), target(in), target(out)};
        int count = poll(ready, 4, in->ended && !out->closed ? PROBE : -1);
        if (count == 0 && is_gone(conn->fd))
            return;
        if (ready[0].revents != 0)
            fill(in);
        if (ready[1].revents != 0)
            fill(out);
        drain(in, conn);
        drain(out, conn);
    }
}

void serve_tcp(struct conn *conn, struct fields *fields)
{
    static struct way in, out;
    uint16_t port = take_u16(fields);
    const char *address = take_string(fields);
    char what[300];
    int fd;
    if (!fields_end(fields) || port == 0)
        refuse(conn->fd, EPROTO, STAGE_REQUEST, "a malformed request for a TCP connection");
    fd = *address == 0 ? connect_local(conn->fd, port) : resolve_and_connect(conn->fd, address, port);
    snprintf(what, sizeof what, "%.255s:%u", *address == 0 ? "127.0.0.1" : address, port);
    if (fd < 0)
        refuse(conn->fd, -fd, STAGE_CONNECT, what);
    if (send_started(conn->fd, 0) < 0)
        _exit(0);
    set_nonblocking(conn->fd);
    in.from = out.to = conn->fd;
    in.to = out.from = fd;
    /* What the host sent right behind its request is the stream's beginning. */
    in.end = conn->end - conn->start;
    memcpy(in.bytes, conn->buffer + conn->start, in.end);
    drain(&in, conn);
    relay(&in, &out, conn);
    _exit(0);
}
