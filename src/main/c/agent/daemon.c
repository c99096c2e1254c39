/* The process that accepts connections, and hands each to a process of its own. */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int wake[2] = {-1, -1};
static volatile sig_atomic_t terminated;

static void on_signal(int number)
{
    int error = errno;
    ssize_t written;
    if (number != SIGCHLD)
        terminated = 1;
    written = write(wake[1], "", 1);
    (void)written;
    errno = error;
}

static int prepare(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) < 0 || slots_make() < 0)
        return -1;
    sigemptyset(&action.sa_mask);
    sigaction(SIGCHLD, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    umask(022);
    return 0;
}

static void reap(void)
{
    char bytes[64];
    int status;
    pid_t pid;
    while (read(wake[0], bytes, sizeof bytes) > 0)
        ;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        slot_release(pid, WIFSIGNALED(status));
}

/* In the new process: nothing of the daemon's but its descriptor of /proc and the table stays. */
static _Noreturn void handle(int fd, int slot, int listener, const struct hello *hello, pid_t daemon)
{
    close(listener);
    close(wake[0]);
    close(wake[1]);
    if (hello != NULL && hello->fd >= 0)
        close(hello->fd);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != daemon)
        _exit(1);
    serve(fd, slot, hello != NULL);
}

static void accept_one(int listener, const struct hello *hello)
{
    int slot = slot_take();
    pid_t daemon = getpid(), pid;
    int fd = slot < 0 ? -1 : accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    if (hello != NULL && !vsock_is_host(fd)) {
        close(fd);
        return;
    }
    pid = fork();
    if (pid == 0)
        handle(fd, slot, listener, hello, daemon);
    if (pid < 0)
        send_failed(fd, errno, STAGE_FORK, "the agent's own process");
    else
        slot_set_handler(slot, pid);
    close(fd);
}

/* In the guest, where the listener may have to wait for a driver. */
static void keep_trying(int *listener, struct hello *hello)
{
    if (hello_wait(hello) != 0)
        return;
    if (*listener < 0)
        *listener = vsock_listen();
    if (*listener >= 0)
        hello_try(hello);
    else
        hello->next = now_ms() + retry_interval(hello->since);
}

static int finish(void)
{
    slots_kill_all();
    return 0;
}

/* HELLO is NULL outside a guest, where the end of standard input, which somebody holds, ends the daemon. */
static int loop(int listener, struct hello *hello, int lifeline)
{
    while (!terminated) {
        struct pollfd ready[] = {
            {wake[0], POLLIN, 0},
            {slots_free() > 0 ? listener : -1, POLLIN, 0},
            {hello == NULL ? lifeline : hello->fd, POLLIN, 0},
        };
        if (hello != NULL) {
            keep_trying(&listener, hello);
            ready[1].fd = slots_free() > 0 ? listener : -1;
            ready[2].fd = hello->fd;
            ready[2].events = hello->said ? POLLIN : POLLOUT;
        }
        if (poll(ready, 3, hello == NULL ? -1 : hello_wait(hello)) <= 0)
            continue;
        if (ready[0].revents != 0)
            reap();
        if (ready[1].revents != 0)
            accept_one(listener, hello);
        if (ready[2].revents != 0 && hello != NULL)
            hello_ready(hello, ready[2].revents);
        if (ready[2].revents != 0 && hello == NULL) {
            char bytes[256];
            if (read(lifeline, bytes, sizeof bytes) <= 0)
                break;
        }
    }
    return finish();
}

/* The kernel must not choose us when memory runs out: nobody could tell the host. Commands do not inherit it. */
static void hold_on(void)
{
    int fd = proc_folder < 0 ? -1 : openat(proc_folder, "self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t written = write(fd, "-900", 4);
        (void)written;
        close(fd);
    }
}

int daemon_run(uint16_t hello_flags)
{
    struct hello hello;
    open_proc();
    hold_on();
    if (prepare() < 0) {
        tell("cannot start: %s", strerror(errno));
        return 1;
    }
    hello_init(&hello, hello_flags);
    return loop(-1, &hello, -1);
}

int daemon_run_detached(void)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid < 0;
    setsid();
    if (chdir("/") < 0)
        return 1;
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
    return daemon_run(0);
}

/* Whether standard input is held by whoever started us, and no terminal or file. */
static bool held(void)
{
    struct stat status;
    return fstat(0, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

int daemon_run_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int result;
    if (strlen(path) >= sizeof address.sun_path) {
        fprintf(stderr, "agent: the socket's path is too long: %s\n", path);
        return 64;
    }
    strcpy(address.sun_path, path);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0
        || listen(listener, 128) < 0 || prepare() < 0) {
        fprintf(stderr, "agent: %s: %s\n", path, strerror(errno));
        return 1;
    }
    open_proc();
    result = loop(listener, NULL, held() ? 0 : -1);
    unlink(path);
    return result;
}
