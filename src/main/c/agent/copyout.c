/* Reads a file, a link or a tree for the host. Below its root no link is followed. */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct path path;   /* for messages: from the source on */
static size_t source_size; /* how much of it is the source itself */
static struct message message;
static int host;

static void sent(int result)
{
    if (result < 0)
        _exit(0);
}

static _Noreturn void fail_here(void) { refuse(host, errno, STAGE_FILE, path.text); }

static void send_entry(uint8_t kind, const struct stat *status, const char *name, const char *target)
{
    message_begin(&message, ENTRY, 0);
    put_u8(&message, kind);
    put_u8(&message, 0);
    put_u16(&message, 0);
    put_u32(&message, status->st_mode & 07777);
    put_u64(&message, (uint64_t)status->st_mtim.tv_sec);
    put_u32(&message, (uint32_t)status->st_mtim.tv_nsec);
    put_string(&message, name);
    put_string(&message, target);
    sent(message_send(host, &message));
}

static void send_skipped(const struct stat *status)
{
    const char *relative = path.text + source_size;
    message_begin(&message, SKIPPED, 0);
    put_u8(&message, S_ISFIFO(status->st_mode) ? 'p' : S_ISSOCK(status->st_mode) ? 's'
                     : S_ISCHR(status->st_mode) ? 'c' : 'b');
    put_string(&message, relative + strspn(relative, "/"));
    sent(message_send(host, &message));
}

static void send_data(int fd)
{
    for (;;) {
        ssize_t count = read(fd, message.bytes + HEADER_BYTES, PAYLOAD_LIMIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            fail_here();
        header_write(message.bytes, DATA, 0, (uint32_t)count);
        sent(write_all(host, message.bytes, HEADER_BYTES + (size_t)count));
        if (count == 0)
            return;
    }
}

static void send_link(int folder, const char *name, const char *shown, const struct stat *status)
{
    /* Linux allows no longer ones. Static: this is part of a recursion. */
    static char target[4096];
    ssize_t length = readlinkat(folder, name, target, sizeof target - 1);
    if (length < 0)
        fail_here();
    target[length] = 0;
    send_entry('l', status, shown, target);
}

static void send_any(int folder, const char *name, const char *shown, int depth, bool follow);

static void send_children(int fd, int depth)
{
    DIR *folder = fdopendir(fd);
    struct dirent *entry;
    if (folder == NULL)
        fail_here();
    while (errno = 0, (entry = readdir(folder)) != NULL) {
        size_t before;
        if (!is_name(entry->d_name))
            continue;
        before = path_push(&path, entry->d_name);
        send_any(fd, entry->d_name, entry->d_name, depth, false);
        path_pop(&path, before);
    }
    if (errno != 0)
        fail_here();
    closedir(folder);
    sent(send_empty(host, LEAVE, 0));
}

/* Opened and looked at again: between two looks the guest may have put something else in its place. */
static void send_opened(int fd, const char *shown, int depth)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        fail_here();
    if (S_ISREG(status.st_mode)) {
        send_entry('f', &status, shown, "");
        send_data(fd);
        close(fd);
    } else if (S_ISDIR(status.st_mode)) {
        if (depth == DEPTH_LIMIT) {
            errno = ENAMETOOLONG;
            fail_here();
        }
        send_entry('d', &status, shown, "");
        send_children(fd, depth + 1);
    } else {
        send_skipped(&status);
        close(fd);
    }
}

static void send_any(int folder, const char *name, const char *shown, int depth, bool follow)
{
    struct stat status;
    int fd;
    if (fstatat(folder, name, &status, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0) {
        /* What was deleted while the tree is being read was never there; the root of the copy is asked for. */
        if (errno == ENOENT && depth > 0)
            return;
        fail_here();
    }
    if (S_ISLNK(status.st_mode)) {
        send_link(folder, name, shown, &status);
        return;
    }
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        errno = EINVAL;
        if (depth == 0)
            fail_here();
        send_skipped(&status);
        return;
    }
    fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW));
    if (fd < 0 && (errno == ENOENT || errno == ELOOP) && depth > 0)
        return;
    if (fd < 0)
        fail_here();
    send_opened(fd, shown, depth);
}

void serve_copy_out(struct conn *conn, struct fields *fields)
{
    uint16_t flags = take_u16(fields);
    const char *source = take_string(fields);
    host = conn->fd;
    if (!fields_end(fields) || *source == 0 || (flags & ~COPY_OUT_FOLLOW) != 0)
        refuse(host, EPROTO, STAGE_REQUEST, "a malformed request for a copy");
    path_set(&path, source);
    source_size = path.length;
    sent(send_started(host, 0));
    send_any(AT_FDCWD, source, "", 0, (flags & COPY_OUT_FOLLOW) != 0);
    sent(send_empty(host, DONE, 0));
    _exit(0);
}
