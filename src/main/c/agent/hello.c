/* vsock, and the connection by which the host learns at once that an agent is there. */
#include "agent.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CID_ANY = -1, CID_HOST = 2 };

/* Linux's struct sockaddr_vm, whose header musl's compiler does not see. */
struct sockaddr_vsock {
    sa_family_t family;
    uint16_t reserved;
    uint32_t port;
    uint32_t cid;
    uint8_t zero[4];
};

static int vsock_bound(uint16_t port)
{
    struct sockaddr_vsock address = {.family = AF_VSOCK, .port = port, .cid = (uint32_t)CID_ANY};
    int fd = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int vsock_listen(void)
{
    int fd = vsock_bound(AGENT_PORT);
    if (fd >= 0 && listen(fd, 128) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

bool vsock_is_host(int fd)
{
    struct sockaddr_vsock peer;
    socklen_t length = sizeof peer;
    /* Where the guest has vsock's loopback, any program in it can connect to us. */
    return getpeername(fd, (struct sockaddr *)&peer, &length) == 0 && peer.family == AF_VSOCK
           && peer.cid == CID_HOST;
}

int64_t retry_interval(int64_t since) { return now_ms() - since < 10000 ? 50 : 500; }

void hello_init(struct hello *hello, uint16_t flags)
{
    hello->fd = -1;
    hello->said = false;
    hello->flags = flags;
    hello->since = hello->next = now_ms();
    conn_init(&hello->conn, -1);
}

int hello_wait(const struct hello *hello)
{
    int64_t left = hello->next - now_ms();
    if (hello->fd >= 0)
        return -1;
    return left < 0 ? 0 : (int)left;
}

static void hello_lost(struct hello *hello)
{
    close(hello->fd);
    hello->fd = -1;
    if (hello->said)
        hello->since = now_ms();
    hello->said = false;
    hello->next = now_ms() + retry_interval(hello->since);
}

static void say(struct hello *hello)
{
    struct message message;
    message_begin(&message, HELLO, 0);
    put_u32(&message, HELLO_MAGIC);
    put_u16(&message, PROTOCOL_VERSION);
    put_u16(&message, hello->flags);
    put_string(&message, BUILD_ID);
    hello->said = true;
    if (message_send(hello->fd, &message) < 0)
        hello_lost(hello);
}

void hello_try(struct hello *hello)
{
    struct sockaddr_vsock host = {.family = AF_VSOCK, .port = AGENT_PORT, .cid = CID_HOST};
    hello->fd = vsock_bound(HELLO_PORT);
    if (hello->fd < 0) {
        hello->next = now_ms() + retry_interval(hello->since);
        return;
    }
    hello->conn.fd = hello->fd;
    hello->conn.start = hello->conn.end = 0;
    if (connect(hello->fd, (struct sockaddr *)&host, sizeof host) == 0)
        say(hello);
    else if (errno != EINPROGRESS)
        hello_lost(hello);
}

static bool answer(struct hello *hello)
{
    struct frame frame;
    struct message message;
    int there;
    while ((there = conn_next(&hello->conn, &frame, PAYLOAD_LIMIT)) > 0) {
        if (frame.type != PING)
            return false;
        message_begin(&message, PONG, 0);
        put_bytes(&message, frame.payload, frame.length);
        if (message_send(hello->fd, &message) < 0)
            return false;
    }
    return there == 0;
}

void hello_ready(struct hello *hello, short events)
{
    if (!hello->said) {
        int error = 0;
        socklen_t length = sizeof error;
        getsockopt(hello->fd, SOL_SOCKET, SO_ERROR, &error, &length);
        if (error != 0 || (events & (POLLERR | POLLHUP)) != 0)
            hello_lost(hello);
        else
            say(hello);
        return;
    }
    long count = conn_fill(&hello->conn);
    if (count == 0 || (count < 0 && errno != EAGAIN) || !answer(hello))
        hello_lost(hello);
}
