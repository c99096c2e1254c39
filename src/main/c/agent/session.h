/* A command's session, as its parts see it. */
#ifndef JAVISOR_SESSION_H
#define JAVISOR_SESSION_H

#include "agent.h"

enum {
    CHUNK = 32768,
    STDIN_ROOM = 65536,
    CONTROL_ROOM = 1024, /* of the outbox, for frames other than output */
};

struct output {
    int fd; /* -1 once it has ended */
    uint64_t credit;
    size_t late;
};

struct session {
    struct conn *conn;
    struct child child;
    struct output output[2]; /* stdout and stderr: streams 1 and 2 */
    bool terminal, exited, told, stdin_ending;
    int status;
    int64_t exit_time;
    uint32_t granted, owed;
    size_t in_start, in_end, out_start, out_end;
    uint8_t in[STDIN_ROOM];
    uint8_t out[2 * CHUNK + CONTROL_ROOM];
};

/* Puts a frame of such values behind what is to be sent. */
void session_enqueue(struct session *session, uint8_t type, uint8_t stream, const uint32_t *values, int count);

/* Ends the command and the session: the host broke the rules. */
_Noreturn void session_violated(struct session *session, const char *what);

/* stdin.c: takes a frame of it, hands it on as far as the command reads, and grants more. */
void stdin_take(struct session *session, const struct frame *frame);
void stdin_write(struct session *session);
void stdin_grant(struct session *session);

#endif
