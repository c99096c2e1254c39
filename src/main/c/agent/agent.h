/* What the agent's parts share. */
#ifndef JAVISOR_AGENT_H
#define JAVISOR_AGENT_H

#include "protocol.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#ifndef BUILD_ID
#define BUILD_ID "unknown"
#endif

/* util.c */
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
int64_t now_ms(void);
/* Reads a small file: the count, at most size - 1, and a NUL after it; -1 with errno. */
long read_file(int folder, const char *path, char *text, size_t size);
int set_nonblocking(int fd);
/* The descriptors 0 to 2 are open when this returns, so that none of ours gets their numbers. */
void claim_standard_streams(void);
/* A descriptor of /proc, which stays good when the mount moves or goes; -1 where there is none. */
extern int proc_folder;
void open_proc(void);
/* Kills everything in the session and its leader's group. */
void kill_session(pid_t session);

/* daemon.c */
int daemon_run(uint16_t hello_flags);
int daemon_run_unix(const char *path);
int daemon_run_detached(void);

/* slots.c: what the daemon knows of the processes that serve its connections. */
enum { SLOTS = 1024 };
int slots_make(void);
int slots_free(void);
int slot_take(void);
void slot_set_handler(int slot, pid_t handler);
void slot_set_session(int slot, pid_t session);
/* Frees the slot of a process that ended; what it left unfinished is killed. */
void slot_release(pid_t handler, bool killed);
void slots_kill_all(void);

/* hello.c */
struct hello {
    int fd;
    bool said;
    uint16_t flags;
    int64_t since, next;
    struct conn conn;
};
void hello_init(struct hello *hello, uint16_t flags);
/* Milliseconds until the next try; -1 where there is a connection. */
int hello_wait(const struct hello *hello);
void hello_try(struct hello *hello);
void hello_ready(struct hello *hello, short events);
int vsock_listen(void);
/* Whether the peer is the host, and nobody in the guest. */
bool vsock_is_host(int fd);
/* How long to wait before another try: often at first. */
int64_t retry_interval(int64_t since);

/* serve.c: one connection, in a process of its own. */
_Noreturn void serve(int fd, int slot, bool in_guest);
/* Ends the process after an answer. */
_Noreturn void refuse(int fd, int error, enum stage stage, const char *what);

/* user.c */
enum { GROUPS_LIMIT = 256 };
struct user {
    uid_t uid;
    gid_t gid;
    int group_count;
    gid_t groups[GROUPS_LIMIT];
    char name[256];
    char home[1024];
    char shell[1024];
};
/* 0, or an errno. */
int user_find(const char *spec, struct user *user);
/* 0, or -1 with errno. */
int user_become(const struct user *user);

/* exec.c, spawn.c, session.c */
struct command {
    uint16_t flags, cols, rows;
    char *user, *directory;
    char **argv, **env;
};
struct child {
    pid_t pid;
    int in, out, err; /* -1 where there is none; in and out are the same terminal */
};
/* Starts the command or refuses. */
struct child spawn(int fd, const struct command *command);
_Noreturn void session_run(struct conn *conn, const struct child *child, bool terminal, int slot);
_Noreturn void serve_exec(struct conn *conn, struct fields *fields, int slot);
char **environment_make(const struct user *user, uint16_t flags, char **wanted);

/* The other requests. */
_Noreturn void serve_copy_in(struct conn *conn, struct fields *fields);
_Noreturn void serve_copy_out(struct conn *conn, struct fields *fields);
_Noreturn void serve_tcp(struct conn *conn, struct fields *fields);
_Noreturn void serve_facts(struct conn *conn, struct fields *fields);

/* init.c: the first process. */
_Noreturn void init_run(char **argv, char **envp);

#endif
