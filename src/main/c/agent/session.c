/*
 * A command's streams, carried in frames. Either side sends as much of a stream as it was granted and no more, so that a
 * command that prints for ever stops at a full pipe, and nothing here grows.
 */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LATE_LIMIT = 1 << 20, /* of a stream, once the command has exited */
    TERMINAL_GRACE = 100, /* ms: the kernel delivers a terminal's last output a little later */
};

static int wake[2] = {-1, -1};
static volatile sig_atomic_t terminated;

static void on_signal(int number)
{
    int error = errno;
    ssize_t written;
    if (number == SIGTERM)
        terminated = 1;
    written = write(wake[1], "", 1);
    (void)written;
    errno = error;
}

static _Noreturn void end(struct session *session)
{
    if (!session->exited)
        kill_session(session->child.pid);
    _exit(0);
}

static size_t room(const struct session *session) { return sizeof session->out - session->out_end; }

static void flush(struct session *session)
{
    while (session->out_start < session->out_end) {
        ssize_t count = write(session->conn->fd, session->out + session->out_start,
                              session->out_end - session->out_start);
        if (count > 0)
            session->out_start += (size_t)count;
        else if (errno == EAGAIN)
            break;
        else if (errno != EINTR)
            end(session);
    }
    memmove(session->out, session->out + session->out_start, session->out_end - session->out_start);
    session->out_end -= session->out_start;
    session->out_start = 0;
}

void session_enqueue(struct session *session, uint8_t type, uint8_t stream, const uint32_t *values, int count)
{
    uint8_t *at;
    /* Control frames are few and answer what the host sends: it must read before it may send more. */
    while (room(session) < HEADER_BYTES + 4 * (size_t)count) {
        struct pollfd ready = {session->conn->fd, POLLOUT, 0};
        poll(&ready, 1, -1);
        flush(session);
    }
    at = session->out + session->out_end;
    header_write(at, type, stream, 4 * (uint32_t)count);
    for (int i = 0; i < 4 * count; i++)
        at[HEADER_BYTES + i] = (uint8_t)(values[i / 4] >> 8 * (i % 4));
    session->out_end += HEADER_BYTES + 4 * (size_t)count;
}

_Noreturn void session_violated(struct session *session, const char *what)
{
    if (!session->exited)
        kill_session(session->child.pid);
    if (write_all(session->conn->fd, session->out, session->out_end) < 0)
        _exit(0);
    refuse(session->conn->fd, EPROTO, STAGE_REQUEST, what);
}

/* Output. */

static void end_output(struct session *session, int index)
{
    struct output *output = &session->output[index];
    if (output->fd < 0)
        return;
    if (output->fd != session->child.in)
        close(output->fd);
    output->fd = -1;
    session_enqueue(session, DATA, (uint8_t)(index + 1), NULL, 0);
}

/* Whether what the command left is still to come; what its children write from now on is not waited for. */
static bool has_left(const struct session *session, const struct output *output)
{
    int count = 0;
    if (session->terminal && now_ms() - session->exit_time < TERMINAL_GRACE)
        return true;
    return ioctl(output->fd, FIONREAD, &count) == 0 && count > 0 && output->late < LATE_LIMIT;
}

static void read_output(struct session *session, int index)
{
    struct output *output = &session->output[index];
    size_t limit = output->credit < CHUNK ? (size_t)output->credit : CHUNK;
    uint8_t *at = session->out + session->out_end;
    ssize_t count;
    if (limit == 0 || room(session) < HEADER_BYTES + limit + CONTROL_ROOM)
        return;
    count = read(output->fd, at + HEADER_BYTES, limit);
    if (count > 0) {
        header_write(at, DATA, (uint8_t)(index + 1), (uint32_t)count);
        session->out_end += HEADER_BYTES + (size_t)count;
        output->credit -= (uint64_t)count;
        output->late += session->exited ? (size_t)count : 0;
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        /* EIO is the end of a terminal. */
        end_output(session, index);
    }
}

/* Frames of the host. */

static void take_credit(struct session *session, uint8_t stream, uint32_t bytes)
{
    struct output *output = &session->output[stream - 1];
    if (output->credit < (uint64_t)1 << 40)
        output->credit += bytes;
}

static void resize(struct session *session, uint16_t cols, uint16_t rows)
{
    struct winsize size = {.ws_row = rows, .ws_col = cols};
    if (session->terminal && session->output[0].fd >= 0)
        ioctl(session->output[0].fd, TIOCSWINSZ, &size);
}

static void take_frame(struct session *session, const struct frame *frame)
{
    struct fields fields = fields_of(frame);
    if (frame->type == DATA && frame->stream == 0) {
        stdin_take(session, frame);
        return;
    }
    if (frame->type == CREDIT && (frame->stream == 1 || frame->stream == 2)) {
        take_credit(session, frame->stream, take_u32(&fields));
    } else if (frame->type == SIGNAL) {
        uint32_t number = take_u32(&fields);
        if (number < 1 || number > 64)
            fields.bad = true;
        else if (!session->exited)
            kill(-session->child.pid, (int)number);
    } else if (frame->type == RESIZE) {
        uint16_t cols = take_u16(&fields);
        resize(session, cols, take_u16(&fields));
    } else {
        fields.bad = true;
    }
    if (!fields_end(&fields))
        session_violated(session, "a frame that a command does not take");
}

static void take_frames(struct session *session)
{
    struct frame frame;
    int there;
    while ((there = conn_next(session->conn, &frame, PAYLOAD_LIMIT)) > 0)
        take_frame(session, &frame);
    if (there < 0)
        session_violated(session, "a malformed frame");
}

static void read_frames(struct session *session)
{
    long count = conn_fill(session->conn);
    if (count == 0 || (count < 0 && errno != EAGAIN))
        end(session);
    take_frames(session);
}

/* The end of the command. */

static void await_child(struct session *session, int slot)
{
    char bytes[16];
    while (read(wake[0], bytes, sizeof bytes) > 0)
        ;
    if (terminated)
        end(session);
    if (session->exited || waitpid(session->child.pid, &session->status, WNOHANG) != session->child.pid)
        return;
    session->exited = true;
    session->exit_time = now_ms();
    slot_set_session(slot, 0);
}

static void tell_exit(struct session *session)
{
    int status = session->status;
    uint32_t values[3] = {0, (uint32_t)WEXITSTATUS(status), 0};
    for (int i = 0; i < 2; i++) {
        if (session->output[i].fd >= 0 && !has_left(session, &session->output[i]))
            end_output(session, i);
    }
    if (session->told || session->output[0].fd >= 0 || session->output[1].fd >= 0)
        return;
    if (WIFSIGNALED(status)) {
        values[0] = 1;
        values[1] = (uint32_t)WTERMSIG(status);
        values[2] = WCOREDUMP(status) ? 1 : 0;
    }
    session_enqueue(session, EXIT, 0, values, 3);
    session->told = true;
}

static bool wants(const struct session *session, int index)
{
    const struct output *output = &session->output[index];
    return output->fd >= 0 && output->credit > 0 && room(session) >= HEADER_BYTES + CHUNK + CONTROL_ROOM;
}

static void turn(struct session *session, int slot)
{
    bool late = session->exited && session->terminal && !session->told;
    bool feed = session->child.in >= 0 && session->in_start < session->in_end;
    struct pollfd ready[] = {
        {session->conn->fd, (short)(POLLIN | (session->out_end > 0 ? POLLOUT : 0)), 0},
        {wake[0], POLLIN, 0},
        {feed ? session->child.in : -1, POLLOUT, 0},
        {wants(session, 0) ? session->output[0].fd : -1, POLLIN, 0},
        {wants(session, 1) ? session->output[1].fd : -1, POLLIN, 0},
    };
    if (poll(ready, 5, late ? TERMINAL_GRACE : -1) < 0)
        return;
    if (ready[1].revents != 0)
        await_child(session, slot);
    if ((ready[0].revents & ~POLLOUT) != 0)
        read_frames(session);
    for (int i = 0; i < 2; i++) {
        if (ready[3 + i].revents != 0)
            read_output(session, i);
    }
}

static void watch_child(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0)
        _exit(1);
    sigemptyset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* It may have ended before we listened. */
    on_signal(SIGCHLD);
}

void session_run(struct conn *conn, const struct child *child, bool terminal, int slot)
{
    static struct session session;
    session.conn = conn;
    session.child = *child;
    session.terminal = terminal;
    session.output[0].fd = child->out;
    session.output[1].fd = child->err;
    session.owed = child->in >= 0 ? STDIN_ROOM : 0;
    set_nonblocking(conn->fd);
    set_nonblocking(child->out);
    if (child->in >= 0)
        set_nonblocking(child->in);
    if (child->err >= 0)
        set_nonblocking(child->err);
    else
        session_enqueue(&session, DATA, 2, NULL, 0);
    session.in[0] = '\n';
    watch_child();
    /* The host need not wait for an answer before it grants. */
    take_frames(&session);
    while (!session.told || session.out_end > 0) {
        stdin_write(&session);
        stdin_grant(&session);
        if (session.exited)
            tell_exit(&session);
        flush(&session);
        if (!session.told || session.out_end > 0)
            turn(&session, slot);
    }
    linger(conn->fd);
    _exit(0);
}
