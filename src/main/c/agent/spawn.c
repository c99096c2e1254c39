/* Starts a command; why it cannot start comes back through a pipe that a successful exec closes. */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The command's ends of its streams, and ours. */
struct plumbing {
    int command[3];
    struct child child;
    bool terminal;
};

struct start_error {
    int error;
    enum stage stage;
};

static void open_terminal(int fd, const struct command *command, const struct user *user, struct plumbing *pipes)
{
    struct winsize size = {.ws_row = command->rows, .ws_col = command->cols};
    char name[64];
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    int error = master < 0 ? errno : 0;
    if (master < 0 || unlockpt(master) < 0 || ptsname_r(master, name, sizeof name) != 0)
        refuse(fd, error != 0 ? error : errno, STAGE_PTY, "/dev/ptmx");
    int slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0)
        refuse(fd, errno, STAGE_PTY, name);
    if (user->uid != geteuid() && fchown(slave, user->uid, (gid_t)-1) < 0)
        refuse(fd, errno, STAGE_PTY, name);
    ioctl(master, TIOCSWINSZ, &size);
    pipes->terminal = true;
    pipes->command[0] = pipes->command[1] = pipes->command[2] = slave;
    pipes->child.in = pipes->child.out = master;
    pipes->child.err = -1;
}

static void open_pipes(int fd, const struct command *command, struct plumbing *pipes)
{
    int in[2], out[2], err[2] = {-1, -1};
    bool merge = (command->flags & EXEC_MERGE) != 0;
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || (!merge && pipe2(err, O_CLOEXEC) < 0))
        refuse(fd, errno, STAGE_FORK, "pipes");
    pipes->command[0] = in[0];
    pipes->command[1] = out[1];
    pipes->command[2] = merge ? out[1] : err[1];
    pipes->child.in = in[1];
    pipes->child.out = out[0];
    pipes->child.err = err[0];
}

/* Standard input that is empty: there is nothing that the host could send. */
static void open_null(int fd, struct plumbing *pipes)
{
    if (!pipes->terminal)
        close(pipes->child.in);
    pipes->child.in = -1;
    pipes->command[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (pipes->command[0] >= 0)
        return;
    /* A guest need not have /dev; a pipe whose other end is closed reads the same. */
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        refuse(fd, errno, STAGE_FORK, "pipes");
    close(ends[1]);
    pipes->command[0] = ends[0];
}

static void clean_signals(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void be_expendable(void)
{
    int fd = proc_folder < 0 ? -1 : openat(proc_folder, "self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t written = write(fd, "0", 1);
        (void)written;
        close(fd);
    }
}

static _Noreturn void give_up(int errors, enum stage stage)
{
    struct start_error error = {errno, stage};
    ssize_t written = write(errors, &error, sizeof error);
    (void)written;
    _exit(127);
}

static void enter_directory(int errors, const struct command *command, const struct user *user)
{
    if (command->directory[0] != 0) {
        if (chdir(command->directory) < 0)
            give_up(errors, STAGE_DIRECTORY);
    } else if (chdir(user->home) < 0 && chdir("/") < 0) {
        give_up(errors, STAGE_DIRECTORY);
    }
}

static _Noreturn void become_command(const struct command *command, const struct user *user,
                                     const struct plumbing *pipes, int errors, pid_t handler)
{
    setsid();
    if (pipes->terminal && ioctl(pipes->command[1], TIOCSCTTY, 0) < 0)
        give_up(errors, STAGE_PTY);
    for (int i = 0; i < 3; i++) {
        if (dup2(pipes->command[i], i) < 0)
            give_up(errors, STAGE_FORK);
    }
    be_expendable();
    if (user_become(user) < 0)
        give_up(errors, STAGE_USER);
    /* After the change of user, which the kernel forgets it at. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != handler)
        _exit(127);
    enter_directory(errors, command, user);
    clean_signals();
    umask(022);
    environ = environment_make(user, command->flags, command->env);
    execvp(command->argv[0], command->argv);
    give_up(errors, STAGE_EXECUTE);
}

static const char *what_failed(enum stage stage, const struct command *command)
{
    switch (stage) {
    case STAGE_USER:
        return command->user;
    case STAGE_DIRECTORY:
        return command->directory;
    case STAGE_EXECUTE:
        return command->argv[0];
    case STAGE_PTY:
        return "the terminal";
    default:
        return "";
    }
}

static void await_start(int fd, const struct command *command, pid_t pid, int errors)
{
    struct start_error error;
    ssize_t count;
    do
        count = read(errors, &error, sizeof error);
    while (count < 0 && errno == EINTR);
    close(errors);
    if (count != sizeof error)
        return;
    waitpid(pid, NULL, 0);
    refuse(fd, error.error, error.stage, what_failed(error.stage, command));
}

struct child spawn(int fd, const struct command *command)
{
    static struct user user;
    struct plumbing pipes = {.terminal = false};
    int errors[2];
    pid_t handler = getpid();
    int error = user_find(command->user, &user);
    if (error != 0)
        refuse(fd, error, STAGE_USER, command->user);
    if ((command->flags & EXEC_PTY) != 0)
        open_terminal(fd, command, &user, &pipes);
    else
        open_pipes(fd, command, &pipes);
    if ((command->flags & EXEC_NO_STDIN) != 0)
        open_null(fd, &pipes);
    if (pipe2(errors, O_CLOEXEC) < 0)
        refuse(fd, errno, STAGE_FORK, "pipes");
    pipes.child.pid = fork();
    if (pipes.child.pid < 0)
        refuse(fd, errno, STAGE_FORK, command->argv[0]);
    if (pipes.child.pid == 0)
        become_command(command, &user, &pipes, errors[1], handler);
    close(errors[1]);
    for (int i = 0; i < 3; i++) {
        if (i == 0 || pipes.command[i] != pipes.command[i - 1])
            close(pipes.command[i]);
    }
    await_start(fd, command, pipes.child.pid, errors[0]);
    return pipes.child;
}
