/* Frames: taking them apart and putting them together. */
#include "protocol.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINGER_SECONDS = 2 };

static uint64_t little_endian(const uint8_t *bytes, int count)
{
    uint64_t value = 0;
    while (count-- > 0)
        value = value << 8 | bytes[count];
    return value;
}

void conn_init(struct conn *conn, int fd)
{
    conn->fd = fd;
    conn->start = conn->end = 0;
    conn->capacity = 2 * (HEADER_BYTES + PAYLOAD_LIMIT);
    conn->buffer = malloc(conn->capacity);
    if (conn->buffer == NULL)
        _exit(1);
}

long conn_fill(struct conn *conn)
{
    long count;
    if (conn->start > 0) {
        memmove(conn->buffer, conn->buffer + conn->start, conn->end - conn->start);
        conn->end -= conn->start;
        conn->start = 0;
    }
    do
        count = read(conn->fd, conn->buffer + conn->end, conn->capacity - conn->end);
    while (count < 0 && errno == EINTR);
    if (count > 0)
        conn->end += (size_t)count;
    return count;
}

/* Makes room for a frame that is longer than most: the request of a command with many arguments. */
static int grow(struct conn *conn, size_t needed)
{
    uint8_t *grown;
    if (needed <= conn->capacity)
        return 0;
    memmove(conn->buffer, conn->buffer + conn->start, conn->end - conn->start);
    conn->end -= conn->start;
    conn->start = 0;
    grown = realloc(conn->buffer, needed);
    if (grown == NULL)
        return -1;
    conn->buffer = grown;
    conn->capacity = needed;
    return 0;
}

int conn_next(struct conn *conn, struct frame *frame, uint32_t limit)
{
    uint8_t *header = conn->buffer + conn->start;
    size_t there = conn->end - conn->start;
    if (there < HEADER_BYTES)
        return 0;
    frame->type = header[0];
    frame->stream = header[1];
    frame->length = (uint32_t)little_endian(header + 4, 4);
    if (header[2] != 0 || header[3] != 0 || frame->length > limit) {
        errno = EPROTO;
        return -1;
    }
    if (there < HEADER_BYTES + (size_t)frame->length)
        return grow(conn, HEADER_BYTES + (size_t)frame->length);
    frame->payload = header + HEADER_BYTES;
    conn->start += HEADER_BYTES + frame->length;
    return 1;
}

int conn_receive(struct conn *conn, struct frame *frame, uint32_t limit)
{
    for (;;) {
        int there = conn_next(conn, frame, limit);
        long count;
        if (there != 0)
            return there;
        count = conn_fill(conn);
        if (count <= 0)
            return (int)count;
    }
}

struct fields fields_of(const struct frame *frame)
{
    struct fields fields = {frame->payload, frame->length, false};
    return fields;
}

static uint8_t *take(struct fields *fields, size_t count)
{
    uint8_t *at = fields->at;
    if (fields->bad || fields->left < count) {
        fields->bad = true;
        return NULL;
    }
    fields->at += count;
    fields->left -= count;
    return at;
}

static uint64_t take_number(struct fields *fields, int count)
{
    const uint8_t *at = take(fields, (size_t)count);
    return at == NULL ? 0 : little_endian(at, count);
}

uint8_t take_u8(struct fields *fields) { return (uint8_t)take_number(fields, 1); }

uint16_t take_u16(struct fields *fields) { return (uint16_t)take_number(fields, 2); }

uint32_t take_u32(struct fields *fields) { return (uint32_t)take_number(fields, 4); }

uint64_t take_u64(struct fields *fields) { return take_number(fields, 8); }

char *take_string(struct fields *fields)
{
    uint8_t *start = fields->at;
    uint32_t length = take_u32(fields);
    uint8_t *bytes = take(fields, length);
    if (bytes == NULL || memchr(bytes, 0, length) != NULL) {
        fields->bad = true;
        return NULL;
    }
    /* The four bytes of the length leave room for the NUL. */
    memmove(start, bytes, length);
    start[length] = 0;
    return (char *)start;
}

bool fields_end(const struct fields *fields) { return !fields->bad && fields->left == 0; }

void header_write(uint8_t *header, uint8_t type, uint8_t stream, uint32_t length)
{
    header[0] = type;
    header[1] = stream;
    header[2] = header[3] = 0;
    for (int i = 0; i < 4; i++)
        header[4 + i] = (uint8_t)(length >> 8 * i);
}

void message_begin(struct message *message, uint8_t type, uint8_t stream)
{
    header_write(message->bytes, type, stream, 0);
    message->length = HEADER_BYTES;
}

void put_bytes(struct message *message, const void *bytes, size_t length)
{
    size_t room = sizeof message->bytes - message->length;
    if (length > room)
        length = room;
    memcpy(message->bytes + message->length, bytes, length);
    message->length += length;
}

static void put_number(struct message *message, uint64_t value, int count)
{
    uint8_t bytes[8];
    for (int i = 0; i < count; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    put_bytes(message, bytes, (size_t)count);
}

void put_u8(struct message *message, uint8_t value) { put_number(message, value, 1); }

void put_u16(struct message *message, uint16_t value) { put_number(message, value, 2); }

void put_u32(struct message *message, uint32_t value) { put_number(message, value, 4); }

void put_u64(struct message *message, uint64_t value) { put_number(message, value, 8); }

void put_string(struct message *message, const char *string)
{
    size_t length = strlen(string);
    size_t room = sizeof message->bytes - message->length;
    if (room < 4)
        return;
    if (length > room - 4)
        length = room - 4;
    put_u32(message, (uint32_t)length);
    put_bytes(message, string, length);
}

void message_end(struct message *message)
{
    header_write(message->bytes, message->bytes[0], message->bytes[1],
                 (uint32_t)(message->length - HEADER_BYTES));
}

int write_all(int fd, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    while (length > 0) {
        ssize_t count = write(fd, at, length);
        if (count >= 0) {
            at += count;
            length -= (size_t)count;
        } else if (errno == EAGAIN) {
            struct pollfd ready = {fd, POLLOUT, 0};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}

int message_send(int fd, struct message *message)
{
    message_end(message);
    return write_all(fd, message->bytes, message->length);
}

int send_empty(int fd, uint8_t type, uint8_t stream)
{
    uint8_t header[HEADER_BYTES];
    header_write(header, type, stream, 0);
    return write_all(fd, header, sizeof header);
}

int send_started(int fd, uint32_t pid)
{
    struct message message;
    message_begin(&message, STARTED, 0);
    put_u32(&message, pid);
    return message_send(fd, &message);
}

int send_failed(int fd, int error, enum stage stage, const char *what)
{
    struct message message;
    message_begin(&message, FAILED, 0);
    put_u32(&message, (uint32_t)error);
    put_u32(&message, stage);
    put_string(&message, what);
    return message_send(fd, &message);
}

void linger(int fd)
{
    struct pollfd ready = {fd, POLLIN, 0};
    char bytes[4096];
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    now = start;
    shutdown(fd, SHUT_WR);
    while (now.tv_sec - start.tv_sec < LINGER_SECONDS && poll(&ready, 1, 1000 * LINGER_SECONDS) > 0) {
        ssize_t count = read(fd, bytes, sizeof bytes);
        if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN))
            return;
        clock_gettime(CLOCK_MONOTONIC, &now);
    }
}
