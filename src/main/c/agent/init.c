/*
 * The first process: what a kernel started from the initramfs that Javisor writes. It loads modules, starts the daemon,
 * and then is a small init itself, or hands over to the init of the initramfs or of a disk.
 */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char configuration[] = "/javisor/agent.conf";

static struct {
    const char *path, *type, *options;
    unsigned long flags;
    bool ours;
} mounts[] = {
    {"/proc", "proc", "", MS_NOSUID | MS_NOEXEC | MS_NODEV, false},
    {"/sys", "sysfs", "", MS_NOSUID | MS_NOEXEC | MS_NODEV, false},
    {"/dev", "devtmpfs", "mode=0755", MS_NOSUID, false},
};

enum { MOUNTS = sizeof mounts / sizeof mounts[0], COMPRESSED = 4 /* MODULE_INIT_COMPRESSED_FILE */ };

void complain(const char *what, const char *path)
{
    int error = errno;
    fprintf(stderr, "javisor-agent: %s %s: %s\n", what, path, strerror(error));
}

static void mount_needed(void)
{
    for (int i = 0; i < MOUNTS; i++) {
        mkdir(mounts[i].path, 0755);
        /* EBUSY: it is there already. */
        mounts[i].ours = mount(mounts[i].type, mounts[i].path, mounts[i].type, mounts[i].flags,
                               mounts[i].options) == 0;
        if (!mounts[i].ours && errno != EBUSY)
            complain("cannot mount", mounts[i].path);
    }
}

/* For an init that expects to make them; who holds a descriptor, as the daemon of /proc, keeps what it is of. */
static void unmount_ours(void)
{
    for (int i = MOUNTS - 1; i >= 0; i--) {
        if (mounts[i].ours)
            umount2(mounts[i].path, MNT_DETACH);
    }
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* LINE is the module's path, and maybe parameters after a space. */
static void load_module(char *line)
{
    char *parameters = strchr(line, ' ');
    int fd;
    bool compressed;
    if (parameters != NULL)
        *parameters++ = 0;
    compressed = ends_with(line, ".xz") || ends_with(line, ".zst") || ends_with(line, ".gz");
    fd = open(line, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || (syscall(SYS_finit_module, fd, parameters == NULL ? "" : parameters, compressed ? COMPRESSED : 0) < 0
                   && errno != EEXIST))
        complain("cannot load the module", line);
    if (fd >= 0)
        close(fd);
}

void bring_up_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        complain("cannot bring up", "lo");
    if (fd >= 0)
        close(fd);
}

/* systemd lets a process live whose command line begins with "@" when it leaves an initramfs or ends. */
void start_daemon(char **argv, uint16_t flags)
{
    pid_t pid = fork();
    int null;
    if (pid < 0)
        complain("cannot start", "the agent");
    if (pid != 0)
        return;
    argv[0][0] = '@';
    prctl(PR_SET_NAME, "javisor-agent");
    setsid();
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
    _exit(daemon_run(flags));
}

static _Noreturn void hand_over(char *path, char **argv, char **envp)
{
    unmount_ours();
    argv[0] = path;
    execve(path, argv, envp);
    complain("cannot start", path);
    _exit(1);
}

/* The console, where the kernel had none to give because /dev was empty. */
static void open_console(void)
{
    int fd = open("/dev/console", O_RDWR | O_NOCTTY);
    for (int stream = 0; stream < 3 && fd >= 0; stream++) {
        if (fcntl(stream, F_GETFD) < 0)
            dup2(fd, stream);
    }
    if (fd > 2)
        close(fd);
    claim_standard_streams();
}

/* The lines of the configuration one after the other, in place. */
static char *next_line(char **at)
{
    char *line = *at;
    if (*line == 0)
        return NULL;
    *at += strcspn(line, "\n");
    if (**at != 0)
        *(*at)++ = 0;
    return line;
}

void init_run(char **argv, char **envp)
{
    static char text[65536];
    char *at = text, *line, *next = NULL;
    bool root = false;
    mount_needed();
    open_console();
    open_proc();
    if (read_file(AT_FDCWD, configuration, text, sizeof text) < 0)
        complain("cannot read", configuration);
    while ((line = next_line(&at)) != NULL) {
        if (strncmp(line, "module ", 7) == 0)
            load_module(line + 7);
        else if (strncmp(line, "next ", 5) == 0)
            next = line + 5;
        else if (strcmp(line, "root") == 0)
            root = true;
    }
    if (next == NULL && !root) {
        bring_up_loopback();
        standalone_prepare();
        networks_configure();
    }
    if (root && next == NULL)
        root_run(argv, envp);
    start_daemon(argv, next == NULL ? HELLO_STANDALONE | HELLO_BY_INIT : HELLO_BY_INIT);
    if (next != NULL)
        hand_over(next, argv, envp);
    standalone_run();
}
