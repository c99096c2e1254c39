/* The request to run a command, and its environment. */
#include "agent.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char default_path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* Puts NAME=VALUE into the list, in the place of an earlier value. */
static size_t put_variable(char **list, size_t count, char *variable)
{
    size_t name = (size_t)(strchr(variable, '=') - variable) + 1;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(list[i], variable, name) == 0) {
            list[i] = variable;
            return count;
        }
    }
    list[count] = variable;
    return count + 1;
}

static char *variable(const char *name, const char *value)
{
    size_t size = strlen(name) + strlen(value) + 2;
    char *text = malloc(size);
    if (text == NULL)
        _exit(1);
    snprintf(text, size, "%s=%s", name, value);
    return text;
}

static size_t put_defaults(char **list, const struct user *user, uint16_t flags)
{
    size_t count = 0;
    list[count++] = default_path;
    list[count++] = variable("HOME", user->home);
    list[count++] = variable("SHELL", user->shell);
    list[count++] = variable("LANG", "C.UTF-8");
    if (user->name[0] != 0) {
        list[count++] = variable("USER", user->name);
        list[count++] = variable("LOGNAME", user->name);
    }
    if ((flags & EXEC_PTY) != 0)
        list[count++] = variable("TERM", "xterm");
    return count;
}

char **environment_make(const struct user *user, uint16_t flags, char **wanted)
{
    size_t count = 0, wanted_count = 0;
    char **list;
    while (wanted[wanted_count] != NULL)
        wanted_count++;
    list = calloc(wanted_count + 8, sizeof *list);
    if (list == NULL)
        _exit(1);
    if ((flags & EXEC_CLEAR_ENV) == 0)
        count = put_defaults(list, user, flags);
    for (size_t i = 0; i < wanted_count; i++)
        count = put_variable(list, count, wanted[i]);
    list[count] = NULL;
    return list;
}

/* A counted list of strings, ended by NULL; NULL where it is bad. */
static char **take_strings(struct fields *fields)
{
    uint32_t count = take_u32(fields);
    char **list;
    /* Each string takes four bytes at least: what claims to be longer than the frame gets no memory. */
    if (fields->bad || count > fields->left / 4)
        return NULL;
    list = calloc((size_t)count + 1, sizeof *list);
    for (uint32_t i = 0; list != NULL && i < count; i++) {
        list[i] = take_string(fields);
        if (list[i] == NULL)
            return NULL;
    }
    return list;
}

static bool are_variables(char **env)
{
    for (; *env != NULL; env++) {
        const char *equals = strchr(*env, '=');
        if (equals == NULL || equals == *env)
            return false;
    }
    return true;
}

static void take_command(int fd, struct fields *fields, struct command *command)
{
    command->flags = take_u16(fields);
    command->cols = take_u16(fields);
    command->rows = take_u16(fields);
    command->user = take_string(fields);
    command->directory = take_string(fields);
    command->argv = take_strings(fields);
    command->env = command->argv == NULL ? NULL : take_strings(fields);
    if (command->env == NULL || !fields_end(fields))
        refuse(fd, EPROTO, STAGE_REQUEST, "a malformed request for a command");
    if (command->argv[0] == NULL)
        refuse(fd, EINVAL, STAGE_REQUEST, "a command without a name");
    if (!are_variables(command->env))
        refuse(fd, EINVAL, STAGE_REQUEST, "an environment variable that is not NAME=VALUE");
    if ((command->flags & ~(EXEC_PTY | EXEC_CLEAR_ENV | EXEC_MERGE | EXEC_NO_STDIN)) != 0)
        refuse(fd, EINVAL, STAGE_REQUEST, "a flag that this agent does not know");
}

void serve_exec(struct conn *conn, struct fields *fields, int slot)
{
    struct command command;
    take_command(conn->fd, fields, &command);
    struct child child = spawn(conn->fd, &command);
    slot_set_session(slot, child.pid);
    if (send_started(conn->fd, (uint32_t)child.pid) < 0) {
        kill_session(child.pid);
        _exit(0);
    }
    session_run(conn, &child, (command.flags & EXEC_PTY) != 0, slot);
}
