/* One connection: reads its request, and answers it. */
#include "agent.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void refuse(int fd, int error, enum stage stage, const char *what)
{
    if (send_failed(fd, error, stage, what) == 0)
        linger(fd);
    _exit(0);
}

/*
 * Goes to the root of the first process: it is another one than ours once an initramfs has handed over to a disk. The
 * descriptor outlives the mount of /proc that it came from.
 */
static int enter_root(void)
{
    if (proc_folder < 0)
        return chdir("/");
    if (fchdir(proc_folder) < 0)
        return -1;
    if (chroot("1/root") < 0)
        return -1;
    return chdir("/");
}

static _Noreturn void dispatch(struct conn *conn, struct frame *frame, int slot)
{
    struct fields fields = fields_of(frame);
    char text[80];
    uint16_t version = take_u16(&fields);
    if (fields.bad)
        refuse(conn->fd, EPROTO, STAGE_REQUEST, "a request without a version");
    if (version != PROTOCOL_VERSION) {
        snprintf(text, sizeof text, "version %u is asked for; this agent speaks %d", version, PROTOCOL_VERSION);
        refuse(conn->fd, EPROTONOSUPPORT, STAGE_VERSION, text);
    }
    switch (frame->type) {
    case EXEC:
        serve_exec(conn, &fields, slot);
    case COPY_IN:
        serve_copy_in(conn, &fields);
    case COPY_OUT:
        serve_copy_out(conn, &fields);
    case TCP:
        serve_tcp(conn, &fields);
    case FACTS:
        serve_facts(conn, &fields);
    default:
        snprintf(text, sizeof text, "a frame of type %u is no request", frame->type);
        refuse(conn->fd, EPROTO, STAGE_REQUEST, text);
    }
}

/* What the first frame may be long; a longer one of another type is refused before it is read. */
static uint32_t limit_of(const struct conn *conn)
{
    return conn->end > conn->start && conn->buffer[conn->start] == EXEC ? EXEC_LIMIT : PAYLOAD_LIMIT;
}

void serve(int fd, int slot, bool in_guest)
{
    struct conn conn;
    struct frame frame;
    int there;
    conn_init(&conn, fd);
    while ((there = conn_next(&conn, &frame, limit_of(&conn))) == 0) {
        if (conn_fill(&conn) <= 0)
            _exit(0);
    }
    if (there < 0)
        refuse(fd, errno, STAGE_REQUEST, "the request's header");
    if (in_guest && enter_root() < 0)
        refuse(fd, errno, STAGE_OTHER, "the root of process 1");
    dispatch(&conn, &frame, slot);
}
