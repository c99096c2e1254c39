/*
 * Writes what the host sends: a file, a link or a tree. Below its root no link is followed: each step goes from a folder
 * that is open already.
 */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct entry {
    uint8_t kind;
    mode_t mode;
    struct timespec times[2]; /* access and change, for utimensat */
    const char *name, *target;
};

struct folder {
    int fd;
    mode_t mode;
    struct timespec times[2];
    size_t path;
    bool keep; /* its mode and times */
};

struct copy {
    struct conn *conn;
    uid_t uid;
    gid_t gid;
    struct place place;
    int depth;
    bool finished; /* the root is there, and left: only DONE may follow */
    char temporary[64];
    int temporary_folder;
    struct folder folders[DEPTH_LIMIT];
    struct path path;
};

/* Ends the copy; what is half written goes. */
static _Noreturn void fail(struct copy *copy, int error, enum stage stage, const char *what)
{
    if (copy->temporary[0] != 0)
        unlinkat(copy->temporary_folder, copy->temporary, 0);
    /* At once: the host has much to send, and looks for the answer when it cannot. */
    send_failed(copy->conn->fd, error, stage, what);
    _exit(0);
}

static _Noreturn void fail_here(struct copy *copy) { fail(copy, errno, STAGE_FILE, copy->path.text); }

static void next_frame(struct copy *copy, struct frame *frame)
{
    int there = conn_receive(copy->conn, frame, PAYLOAD_LIMIT);
    if (there > 0)
        return;
    if (there < 0 && errno == EPROTO)
        fail(copy, EPROTO, STAGE_REQUEST, "a malformed frame");
    /* The host has gone. */
    if (copy->temporary[0] != 0)
        unlinkat(copy->temporary_folder, copy->temporary, 0);
    _exit(0);
}

static void take_entry(struct copy *copy, const struct frame *frame, struct entry *entry)
{
    struct fields fields = fields_of(frame);
    entry->kind = take_u8(&fields);
    take_u8(&fields);
    take_u16(&fields);
    entry->mode = take_u32(&fields) & 07777;
    entry->times[1].tv_sec = (time_t)take_u64(&fields);
    entry->times[1].tv_nsec = (long)take_u32(&fields);
    entry->times[0].tv_sec = 0;
    entry->times[0].tv_nsec = UTIME_NOW;
    entry->name = take_string(&fields);
    entry->target = take_string(&fields);
    if (!fields_end(&fields) || entry->times[1].tv_nsec > 999999999
        || (entry->kind != 'f' && entry->kind != 'd' && entry->kind != 'l')
        || (entry->kind == 'l') != (*entry->target != 0))
        fail(copy, EPROTO, STAGE_REQUEST, "a malformed entry");
    if (copy->depth == 0 ? *entry->name != 0 : !is_name(entry->name))
        fail(copy, EINVAL, STAGE_REQUEST, "a name that no entry may have");
}

/* Only root can give files away; anyone else's stay his own. */
static int set_owner(const struct copy *copy, int folder, const char *name)
{
    int result = fchownat(folder, name, copy->uid, copy->gid, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
    return result < 0 && errno == EPERM && geteuid() != 0 ? 0 : result;
}

static void begin_temporary(struct copy *copy, int folder)
{
    static unsigned int count;
    copy->temporary_folder = folder;
    snprintf(copy->temporary, sizeof copy->temporary, ".javisor-%d-%u", (int)getpid(), count++);
}

static void move_into_place(struct copy *copy, const char *name)
{
    if (renameat(copy->temporary_folder, copy->temporary, copy->temporary_folder, name) < 0)
        fail_here(copy);
    copy->temporary[0] = 0;
}

static void receive_data(struct copy *copy, int fd)
{
    struct frame frame;
    for (;;) {
        next_frame(copy, &frame);
        if (frame.type != DATA || frame.stream != 0)
            fail(copy, EPROTO, STAGE_REQUEST, "a frame amid a file's data");
        if (frame.length == 0)
            return;
        if (write_all(fd, frame.payload, frame.length) < 0)
            fail_here(copy);
    }
}

static void write_file(struct copy *copy, int folder, const char *name, const struct entry *entry)
{
    int fd;
    begin_temporary(copy, folder);
    fd = openat(folder, copy->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        copy->temporary[0] = 0;
        fail_here(copy);
    }
    receive_data(copy, fd);
    /* The owner first: a change of owner takes the set-user-id bit away. */
    if (set_owner(copy, fd, "") < 0 || fchmod(fd, entry->mode) < 0 || futimens(fd, entry->times) < 0
        || close(fd) < 0)
        fail_here(copy);
    move_into_place(copy, name);
}

static void write_link(struct copy *copy, int folder, const char *name, const struct entry *entry)
{
    begin_temporary(copy, folder);
    if (symlinkat(entry->target, folder, copy->temporary) < 0) {
        copy->temporary[0] = 0;
        fail_here(copy);
    }
    if (set_owner(copy, folder, copy->temporary) < 0
        || (utimensat(folder, copy->temporary, entry->times, AT_SYMLINK_NOFOLLOW) < 0 && errno != EOPNOTSUPP))
        fail_here(copy);
    move_into_place(copy, name);
}

/* Only the root of a copy may be a link to a folder that is there. */
static int open_folder(struct copy *copy, int folder, const char *name, bool *keep)
{
    int follow = copy->depth == 0 ? 0 : O_NOFOLLOW;
    int fd;
    bool made = mkdirat(folder, name, 0700) == 0;
    if (!made && errno != EEXIST)
        fail_here(copy);
    fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | follow);
    if (fd < 0) {
        errno = errno == ELOOP ? ENOTDIR : errno;
        fail_here(copy);
    }
    if (made && set_owner(copy, fd, "") < 0)
        fail_here(copy);
    /* A copy into /tmp or / must not make it another folder than it was. */
    *keep = !made && copy->depth == 0;
    return fd;
}

static void enter_folder(struct copy *copy, int folder, const char *name, const struct entry *entry, size_t path)
{
    struct folder *entered;
    if (copy->depth == DEPTH_LIMIT)
        fail(copy, ENAMETOOLONG, STAGE_FILE, copy->path.text);
    entered = &copy->folders[copy->depth];
    entered->fd = open_folder(copy, folder, name, &entered->keep);
    entered->mode = entry->mode;
    memcpy(entered->times, entry->times, sizeof entry->times);
    entered->path = path;
    copy->depth++;
}

static void leave_folder(struct copy *copy)
{
    struct folder *left;
    if (copy->depth == 0)
        fail(copy, EPROTO, STAGE_REQUEST, "leaves a folder that was not entered");
    left = &copy->folders[copy->depth - 1];
    if (!left->keep && (fchmod(left->fd, left->mode) < 0 || futimens(left->fd, left->times) < 0))
        fail_here(copy);
    close(left->fd);
    path_pop(&copy->path, left->path);
    copy->depth--;
    copy->finished = copy->depth == 0;
}

static void write_entry(struct copy *copy, const struct frame *frame)
{
    struct entry entry;
    int folder = copy->depth == 0 ? copy->place.folder : copy->folders[copy->depth - 1].fd;
    const char *name;
    size_t before = copy->path.length;
    take_entry(copy, frame, &entry);
    if (copy->finished)
        fail(copy, EPROTO, STAGE_REQUEST, "a second root");
    name = copy->depth == 0 ? copy->place.name : entry.name;
    if (copy->depth > 0)
        before = path_push(&copy->path, name);
    if (entry.kind == 'd') {
        enter_folder(copy, folder, name, &entry, before);
        return;
    }
    if (!is_name(name))
        fail(copy, EISDIR, STAGE_FILE, copy->path.text);
    /* Its strings are in the buffer that the file's data is read into. */
    if (entry.kind == 'f') {
        char kept[256];
        if (strlen(name) >= sizeof kept)
            fail(copy, ENAMETOOLONG, STAGE_FILE, copy->path.text);
        strcpy(kept, name);
        write_file(copy, folder, kept, &entry);
    } else {
        write_link(copy, folder, name, &entry);
    }
    path_pop(&copy->path, before);
    copy->finished = copy->depth == 0;
}

static void receive(struct copy *copy)
{
    struct frame frame;
    for (;;) {
        next_frame(copy, &frame);
        if (frame.type == ENTRY)
            write_entry(copy, &frame);
        else if (frame.type == LEAVE && frame.length == 0)
            leave_folder(copy);
        else if (frame.type == DONE && frame.length == 0 && copy->finished)
            return;
        else
            fail(copy, EPROTO, STAGE_REQUEST, "a frame that a copy does not take");
    }
}

void serve_copy_in(struct conn *conn, struct fields *fields)
{
    static struct copy copy;
    uint16_t flags = take_u16(fields);
    const char *target;
    copy.conn = conn;
    copy.uid = take_u32(fields);
    copy.gid = take_u32(fields);
    target = take_string(fields);
    if (!fields_end(fields) || *target == 0 || (flags & ~COPY_IN_PARENTS) != 0)
        refuse(conn->fd, EPROTO, STAGE_REQUEST, "a malformed request for a copy");
    path_set(&copy.path, target);
    umask(0);
    if (place_find(target, (flags & COPY_IN_PARENTS) != 0, &copy.place) < 0)
        fail_here(&copy);
    if (send_started(conn->fd, 0) == 0) {
        receive(&copy);
        send_empty(conn->fd, DONE, 0);
    }
    _exit(0);
}
