/* The init of a guest that has nothing but a kernel, the agent, and maybe busybox. */
#include "init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUTTONS = 8, BUTTON_TRIES = 10, BUTTON_WAIT = 1000, LAST_WAIT = 20, LAST_PAUSE = 50000 };

/* Linux's struct input_event and three of its numbers, whose header musl's compiler does not see. */
struct key_event {
    struct timeval time;
    uint16_t type, code;
    int32_t value;
};

enum { KEY_TYPE = 1, POWER_CODE = 116, PRESSED = 1 };

static volatile sig_atomic_t wanted;

static bool is_empty(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = 0;
    if (folder == NULL)
        return false;
    while ((entry = readdir(folder)) != NULL)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return count == 0;
}

/* What the initramfs brought into a folder must not vanish under a mount. */
static void mount_over(const char *path, const char *type, unsigned long flags, const char *options)
{
    mkdir(path, 0755);
    if (is_empty(path) && mount(type, path, type, MS_NOSUID | flags, options) < 0 && errno != ENODEV)
        complain("cannot mount", path);
}

static void link_streams(void)
{
    static const char *const links[][2] = {
        {"/proc/self/fd", "/dev/fd"},
        {"/proc/self/fd/0", "/dev/stdin"},
        {"/proc/self/fd/1", "/dev/stdout"},
        {"/proc/self/fd/2", "/dev/stderr"},
    };
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (symlink(links[i][0], links[i][1]) < 0 && errno != EEXIST)
            complain("cannot make", links[i][1]);
    }
}

/* A guest without busybox serves copies, and what programs there are. */
static void install_busybox(void)
{
    static char *const arguments[] = {"busybox", "--install", "-s", "/bin", NULL};
    pid_t pid;
    if (access("/bin/busybox", X_OK) < 0)
        return;
    pid = fork();
    if (pid == 0) {
        execv("/bin/busybox", arguments);
        _exit(127);
    }
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

static void on_signal(int number)
{
    if (number != SIGCHLD)
        wanted = number;
}

/* As busybox's programs mean it: reboot sends SIGTERM, poweroff SIGUSR2, halt SIGUSR1. */
static void listen_for_signals(void)
{
    static const int numbers[] = {SIGCHLD, SIGTERM, SIGINT, SIGUSR1, SIGUSR2};
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
}

void standalone_prepare(void)
{
    mkdir("/tmp", 01777);
    mount_over("/dev/pts", "devpts", MS_NOEXEC, "gid=5,mode=620,ptmxmode=666");
    mount_over("/dev/shm", "tmpfs", MS_NODEV, "mode=1777");
    mount_over("/run", "tmpfs", MS_NODEV, "mode=0755");
    mount_over("/tmp", "tmpfs", MS_NODEV, "mode=1777");
    mount_over("/sys/fs/cgroup", "cgroup2", MS_NODEV | MS_NOEXEC, "");
    link_streams();
    sethostname("javisor", 7);
    install_busybox();
}

static _Noreturn void finish(int command)
{
    sync();
    kill(-1, SIGTERM);
    for (int i = 0; i < LAST_WAIT && (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD); i++)
        usleep(LAST_PAUSE);
    kill(-1, SIGKILL);
    sync();
    reboot(command);
    _exit(1);
}

/* The ACPI power button, where the kernel has drivers for it (button, evdev). */
static int open_buttons(struct pollfd *ready)
{
    DIR *folder = opendir("/dev/input");
    struct dirent *entry;
    char path[300];
    int count = 0;
    while (folder != NULL && count < BUTTONS && (entry = readdir(folder)) != NULL) {
        if (strncmp(entry->d_name, "event", 5) != 0)
            continue;
        snprintf(path, sizeof path, "/dev/input/%s", entry->d_name);
        ready[count].fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        ready[count].events = POLLIN;
        count += ready[count].fd >= 0;
    }
    if (folder != NULL)
        closedir(folder);
    return count;
}

static bool is_pressed(int fd)
{
    struct key_event event;
    while (read(fd, &event, sizeof event) == (ssize_t)sizeof event) {
        if (event.type == KEY_TYPE && event.code == POWER_CODE && event.value == PRESSED)
            return true;
    }
    return false;
}

void standalone_run(void)
{
    struct pollfd ready[BUTTONS];
    int count = 0;
    listen_for_signals();
    for (int tries = 0; wanted == 0;) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (count == 0 && tries++ < BUTTON_TRIES)
            count = open_buttons(ready);
        if (poll(ready, (nfds_t)count, BUTTON_WAIT) <= 0)
            continue;
        for (int i = 0; i < count; i++) {
            if (ready[i].revents != 0 && is_pressed(ready[i].fd))
                finish(RB_POWER_OFF);
        }
    }
    finish(wanted == SIGTERM || wanted == SIGINT ? RB_AUTOBOOT : RB_POWER_OFF);
}
