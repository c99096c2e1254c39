/* The agent's protocol, version 1: javadoc/agent-protocol.md says what each frame means. All numbers are little-endian. */
#ifndef JAVISOR_PROTOCOL_H
#define JAVISOR_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROTOCOL_VERSION = 1,
    AGENT_PORT = 1022, /* below 1024: no unprivileged program of the guest can take it */
    HELLO_PORT = 1021,
    HELLO_MAGIC = 0x5647414A, /* "JAGV" */
    HEADER_BYTES = 8,
    PAYLOAD_LIMIT = 65536,
    EXEC_LIMIT = 4 << 20,
    DEPTH_LIMIT = 128,
};

enum frame_type {
    HELLO = 1,
    PING = 2,
    PONG = 3,
    EXEC = 10,
    COPY_IN = 11,
    COPY_OUT = 12,
    TCP = 13,
    FACTS = 14,
    STARTED = 20,
    FAILED = 21,
    DATA = 30,
    CREDIT = 31,
    SIGNAL = 32,
    RESIZE = 33,
    EXIT = 34,
    ENTRY = 40,
    LEAVE = 41,
    SKIPPED = 42,
    DONE = 43,
};

enum stage {
    STAGE_VERSION = 1,
    STAGE_REQUEST = 2,
    STAGE_USER = 3,
    STAGE_DIRECTORY = 4,
    STAGE_EXECUTE = 5,
    STAGE_FORK = 6,
    STAGE_CONNECT = 7,
    STAGE_FILE = 8,
    STAGE_PTY = 9,
    STAGE_OTHER = 10,
};

enum hello_flag { HELLO_STANDALONE = 1, HELLO_BY_INIT = 2 };

enum exec_flag { EXEC_PTY = 1, EXEC_CLEAR_ENV = 2, EXEC_MERGE = 4, EXEC_NO_STDIN = 8 };

enum copy_in_flag { COPY_IN_PARENTS = 1 };

enum copy_out_flag { COPY_OUT_FOLLOW = 1 };

/* A frame that arrived. The payload stays valid until the next conn_fill. */
struct frame {
    uint8_t type;
    uint8_t stream;
    uint32_t length;
    uint8_t *payload;
};

/* The receiving half of a connection. */
struct conn {
    int fd;
    uint8_t *buffer;
    size_t start, end, capacity;
};

void conn_init(struct conn *conn, int fd);
/* Reads what there is: the count, 0 at the end, -1 with errno. */
long conn_fill(struct conn *conn);
/* 1 and a frame that is complete, 0 where more must be read, -1 (EPROTO) for a frame that none may send. */
int conn_next(struct conn *conn, struct frame *frame, uint32_t limit);
/* Waits for a frame: 1, 0 where the connection ended, -1 with errno. */
int conn_receive(struct conn *conn, struct frame *frame, uint32_t limit);

/* Reads a payload field by field; once a field does not fit, everything is zero and bad stays set. */
struct fields {
    uint8_t *at;
    size_t left;
    bool bad;
};

struct fields fields_of(const struct frame *frame);
uint8_t take_u8(struct fields *fields);
uint16_t take_u16(struct fields *fields);
uint32_t take_u32(struct fields *fields);
uint64_t take_u64(struct fields *fields);
/* A string that ends in NUL, in place of its bytes in the payload; NULL where it is bad. */
char *take_string(struct fields *fields);
/* Whether all was good, and nothing is left. */
bool fields_end(const struct fields *fields);

/* A frame to send. Fields that do not fit are cut off: only paths in messages are that long. */
struct message {
    size_t length;
    uint8_t bytes[HEADER_BYTES + PAYLOAD_LIMIT];
};

void message_begin(struct message *message, uint8_t type, uint8_t stream);
void put_u8(struct message *message, uint8_t value);
void put_u16(struct message *message, uint16_t value);
void put_u32(struct message *message, uint32_t value);
void put_u64(struct message *message, uint64_t value);
void put_bytes(struct message *message, const void *bytes, size_t length);
void put_string(struct message *message, const char *string);
/* Writes the length into the header; the bytes are ready then. */
void message_end(struct message *message);
void header_write(uint8_t *header, uint8_t type, uint8_t stream, uint32_t length);

/* These wait until all is written: 0, or -1 with errno. */
int message_send(int fd, struct message *message);
int send_empty(int fd, uint8_t type, uint8_t stream);
int send_started(int fd, uint32_t pid);
int send_failed(int fd, int error, enum stage stage, const char *what);
int write_all(int fd, const void *bytes, size_t length);
/*
 * Ends our side and waits a little until the host has closed: what it still sends must not break the connection before it
 * has read the answer.
 */
void linger(int fd);

#endif
