/* Small things that several parts need. */
#include "agent.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int proc_folder = -1;

/* To the kernel's log, where the console shows it; to stderr where there is none to write to. */
void tell(const char *format, ...)
{
    char line[512];
    int prefix = snprintf(line, sizeof line, "<5>javisor-agent: ");
    int length, fd;
    va_list arguments;
    va_start(arguments, format);
    length = vsnprintf(line + prefix, sizeof line - (size_t)prefix - 1, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    length += prefix;
    if (length > (int)sizeof line - 2)
        length = (int)sizeof line - 2;
    line[length++] = '\n';
    fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || getuid() != 0 || write(fd, line, (size_t)length) < 0)
        length = (int)write(2, line + 3, (size_t)length - 3);
    if (fd >= 0)
        close(fd);
}

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

long read_file(int folder, const char *path, char *text, size_t size)
{
    size_t length = 0;
    ssize_t count = 0;
    int fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return -1;
    while (length < size - 1 && (count = read(fd, text + length, size - 1 - length)) > 0)
        length += (size_t)count;
    text[length] = 0;
    close(fd);
    return count < 0 ? -1 : (long)length;
}

int set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

void claim_standard_streams(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd < 3);
    if (fd >= 3)
        close(fd);
}

void open_proc(void)
{
    if (proc_folder < 0)
        proc_folder = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* The session of a process, by the sixth field of its stat: the second, its name, may hold anything. */
static pid_t session_of(int proc, const char *process)
{
    char path[300], text[1024], *after;
    int session = 0;
    snprintf(path, sizeof path, "%s/stat", process);
    if (read_file(proc, path, text, sizeof text) <= 0)
        return 0;
    after = strrchr(text, ')');
    if (after == NULL || sscanf(after + 1, " %*c %*d %*d %d", &session) != 1)
        return 0;
    return session;
}

static int kill_members(pid_t session)
{
    int killed = 0;
    int folder = proc_folder < 0 ? -1 : openat(proc_folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *processes = folder < 0 ? NULL : fdopendir(folder);
    struct dirent *entry;
    if (processes == NULL)
        return 0;
    while ((entry = readdir(processes)) != NULL) {
        if (isdigit((unsigned char)entry->d_name[0]) && session_of(folder, entry->d_name) == session
            && kill(atoi(entry->d_name), SIGKILL) == 0)
            killed++;
    }
    closedir(processes);
    return killed;
}

void kill_session(pid_t session)
{
    if (session <= 1)
        return;
    kill(-session, SIGKILL);
    /* A process may fork while the others are being killed: look again, but not for ever. */
    for (int pass = 0; pass < 3 && kill_members(session) > 0; pass++)
        ;
}
