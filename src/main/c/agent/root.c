/* From the initramfs to the root file system that the kernel's command line names, as the kernel itself would go. */
#include "init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEVICE_WAIT = 30000, DEVICE_PAUSE = 50000, VALUE_BYTES = 1024 };

static const char new_root[] = "/javisor/root";

/* As init=: stay process 1, for a root that has no init, such as a container image's. */
static const char self[] = "/javisor/agent";

struct options {
    char root[VALUE_BYTES], types[VALUE_BYTES], flags[VALUE_BYTES], init[VALUE_BYTES];
    bool writable;
    long delay;
};

static _Noreturn void give_up(const char *what, const char *path)
{
    complain(what, path);
    devices_list();
    /* The end of process 1 is a kernel panic, as it is without a root. */
    _exit(1);
}

static bool option(const char *word, const char *name, char *value)
{
    size_t length = strlen(name);
    if (strncmp(word, name, length) != 0)
        return false;
    snprintf(value, VALUE_BYTES, "%s", word + length);
    return true;
}

static void read_options(struct options *options)
{
    static char line[65536];
    char delay[VALUE_BYTES] = "0";
    memset(options, 0, sizeof *options);
    if (read_file(AT_FDCWD, "/proc/cmdline", line, sizeof line) < 0)
        give_up("cannot read", "/proc/cmdline");
    for (char *word = strtok(line, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        if (strcmp(word, "rw") == 0)
            options->writable = true;
        else if (strcmp(word, "ro") == 0)
            options->writable = false;
        else if (!option(word, "root=", options->root) && !option(word, "rootfstype=", options->types)
                 && !option(word, "rootflags=", options->flags) && !option(word, "init=", options->init))
            option(word, "rootdelay=", delay);
    }
    options->delay = atol(delay);
}

static void await_device(const struct options *options, char *path, size_t size)
{
    int64_t deadline;
    if (options->delay > 0 && options->delay < 600)
        sleep((unsigned int)options->delay);
    deadline = now_ms() + DEVICE_WAIT;
    while (!device_find(options->root, path, size)) {
        if (now_ms() > deadline) {
            errno = ENODEV;
            give_up("after 30 s there is no device", options->root);
        }
        usleep(DEVICE_PAUSE);
    }
}

static bool try_type(const struct options *options, const char *device, const char *type)
{
    unsigned long flags = options->writable ? 0 : MS_RDONLY;
    if (mount(device, new_root, type, flags, options->flags) == 0)
        return true;
    /* As the kernel: a disk that cannot be written is mounted all the same. */
    return options->writable && (errno == EACCES || errno == EROFS)
           && mount(device, new_root, type, MS_RDONLY, options->flags) == 0;
}

/* Those of the kernel's file systems that need a device. */
static bool try_all(const struct options *options, const char *device)
{
    static char list[16384];
    int error = ENODEV;
    if (try_type(options, device, "ext4"))
        return true;
    if (read_file(AT_FDCWD, "/proc/filesystems", list, sizeof list) < 0)
        return false;
    for (char *line = strtok(list, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (*line != '\t')
            continue;
        if (try_type(options, device, line + 1))
            return true;
        if (errno != EINVAL)
            error = errno;
    }
    errno = error;
    return false;
}

static bool mount_root(struct options *options, const char *device)
{
    bool mounted = false;
    if (options->types[0] == 0)
        return try_all(options, device);
    for (char *type = strtok(options->types, ","); type != NULL && !mounted; type = strtok(NULL, ","))
        mounted = try_type(options, device, type);
    return mounted;
}

static void take_along(const char *path)
{
    char target[64];
    snprintf(target, sizeof target, "%s%s", new_root, path);
    if (mount(path, target, NULL, MS_MOVE, NULL) < 0)
        umount2(path, MNT_DETACH);
}

/* Frees the memory of the initramfs; never leaves its file system. */
static void delete_all(int folder, dev_t device)
{
    DIR *entries = fdopendir(folder);
    struct dirent *entry;
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0
            || fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 || status.st_dev != device)
            continue;
        if (S_ISDIR(status.st_mode)) {
            int inner = openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (inner >= 0)
                delete_all(inner, device);
        }
        unlinkat(folder, entry->d_name, S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0);
    }
    if (entries != NULL)
        closedir(entries);
}

static void switch_root(void)
{
    struct stat old;
    int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    take_along("/dev");
    take_along("/proc");
    take_along("/sys");
    if (chdir(new_root) < 0)
        give_up("cannot enter", new_root);
    if (folder >= 0 && fstat(folder, &old) == 0)
        delete_all(folder, old.st_dev);
    if (mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0)
        give_up("cannot make the new root", "/");
}

static void start_init(char *path, char **argv, char **envp)
{
    argv[0] = path;
    execve(path, argv, envp);
}

void root_run(char **argv, char **envp)
{
    static struct options options;
    static char *inits[] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};
    char device[VALUE_BYTES];
    bool alone;
    read_options(&options);
    if (options.root[0] == 0) {
        errno = EINVAL;
        give_up("the kernel's command line has no", "root=");
    }
    await_device(&options, device, sizeof device);
    mkdir(new_root, 0755);
    if (!mount_root(&options, device))
        give_up("cannot mount the root", device);
    switch_root();
    alone = strcmp(options.init, self) == 0;
    if (alone) {
        bring_up_loopback();
        standalone_prepare();
        networks_configure();
    }
    /* Not before: a command would find itself in the initramfs, where there is nothing. */
    start_daemon(argv, alone ? HELLO_STANDALONE | HELLO_BY_INIT : HELLO_BY_INIT);
    if (alone)
        standalone_run();
    if (options.init[0] != 0) {
        start_init(options.init, argv, envp);
        give_up("cannot start", options.init);
    }
    for (size_t i = 0; i < sizeof inits / sizeof inits[0]; i++)
        start_init(inits[i], argv, envp);
    give_up("there is no", "/sbin/init");
}
