/* A command's standard input: what the host sends waits here until the command reads it. */
#include "session.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum {
    STDIN_GRANT = 16384, /* grants smaller than this wait, unless there is nothing else to wait for */
};

static void drop(struct session *session)
{
    session->owed += (uint32_t)(session->in_end - session->in_start);
    session->in_start = session->in_end = 0;
    if (session->child.in >= 0 && session->child.in != session->output[0].fd)
        close(session->child.in);
    session->child.in = -1;
}

/* A terminal's end of input is a character; a second one where the first only ends a line that is not empty. */
static void end_terminal_input(struct session *session)
{
    struct termios settings;
    uint8_t ends[2] = {4, 4};
    ssize_t written;
    if (tcgetattr(session->child.in, &settings) == 0)
        ends[0] = ends[1] = settings.c_cc[VEOF];
    written = write(session->child.in, ends, session->in[0] != '\n' ? 2 : 1);
    (void)written;
    session->child.in = -1;
}

void stdin_write(struct session *session)
{
    while (session->child.in >= 0 && session->in_start < session->in_end) {
        ssize_t count = write(session->child.in, session->in + session->in_start,
                              session->in_end - session->in_start);
        if (count > 0) {
            session->in_start += (size_t)count;
            session->owed += (uint32_t)count;
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR) {
            drop(session);
        }
    }
    if (session->in_start == session->in_end && session->in_end > 0) {
        /* What was last is kept for the end of a terminal's input. */
        session->in[0] = session->in[session->in_end - 1];
        session->in_start = session->in_end = 0;
    }
    if (session->stdin_ending && session->child.in >= 0) {
        if (session->terminal)
            end_terminal_input(session);
        else
            drop(session);
    }
}

void stdin_take(struct session *session, const struct frame *frame)
{
    if (frame->length > session->granted || session->stdin_ending)
        session_violated(session, "more standard input than was granted");
    if (frame->length == 0) {
        session->stdin_ending = true;
        return;
    }
    session->granted -= frame->length;
    if (session->child.in < 0) {
        session->owed += frame->length;
        return;
    }
    memmove(session->in, session->in + session->in_start, session->in_end - session->in_start);
    session->in_end -= session->in_start;
    session->in_start = 0;
    memcpy(session->in + session->in_end, frame->payload, frame->length);
    session->in_end += frame->length;
}

void stdin_grant(struct session *session)
{
    bool idle = session->in_start == session->in_end;
    if (session->owed == 0 || session->stdin_ending || (!idle && session->owed < STDIN_GRANT))
        return;
    session_enqueue(session, CREDIT, 0, &session->owed, 1);
    session->granted += session->owed;
    session->owed = 0;
}
