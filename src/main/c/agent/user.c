/* Who a command runs as. */
#include "agent.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void copy_text(char *target, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size)
        length = size - 1;
    memcpy(target, text, length);
    target[length] = 0;
}

static bool number(const char *text, uint32_t *value)
{
    char *end;
    unsigned long long parsed;
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    parsed = strtoull(text, &end, 10);
    /* The last one means "leave as it is" to the kernel. */
    if (*end != 0 || errno != 0 || parsed >= UINT32_MAX)
        return false;
    *value = (uint32_t)parsed;
    return true;
}

static void known(struct user *user, const struct passwd *entry)
{
    user->uid = entry->pw_uid;
    user->gid = entry->pw_gid;
    copy_text(user->name, sizeof user->name, entry->pw_name);
    copy_text(user->home, sizeof user->home, entry->pw_dir);
    copy_text(user->shell, sizeof user->shell, entry->pw_shell);
}

/* A guest need not have /etc/passwd: root and numbers are users without it. */
static int find_person(const char *spec, struct user *user)
{
    uint32_t uid = geteuid();
    const struct passwd *entry = NULL;
    bool numeric = *spec == 0 || number(spec, &uid);
    if (*spec != 0)
        entry = getpwnam(spec);
    if (entry == NULL && strcmp(spec, "root") == 0) {
        uid = 0;
        numeric = true;
    }
    if (entry == NULL && numeric)
        entry = getpwuid(uid);
    if (entry != NULL) {
        known(user, entry);
        return 0;
    }
    if (!numeric)
        return ENOENT;
    user->uid = uid;
    user->gid = uid;
    copy_text(user->name, sizeof user->name, uid == 0 ? "root" : spec);
    copy_text(user->home, sizeof user->home, uid == 0 ? "/root" : "/");
    return 0;
}

static int find_group(const char *spec, gid_t *gid)
{
    const struct group *entry = getgrnam(spec);
    uint32_t value;
    if (entry != NULL)
        *gid = entry->gr_gid;
    else if (number(spec, &value))
        *gid = value;
    else if (strcmp(spec, "root") == 0)
        *gid = 0;
    else
        return ENOENT;
    return 0;
}

int user_find(const char *spec, struct user *user)
{
    char person[256];
    const char *colon = strchr(spec, ':');
    size_t length = colon == NULL ? strlen(spec) : (size_t)(colon - spec);
    memset(user, 0, sizeof *user);
    if (length >= sizeof person || (colon != NULL && (length == 0 || colon[1] == 0)))
        return EINVAL;
    memcpy(person, spec, length);
    person[length] = 0;
    int error = find_person(person, user);
    if (error != 0)
        return error;
    if (user->shell[0] == 0)
        copy_text(user->shell, sizeof user->shell, "/bin/sh");
    if (colon != NULL) {
        user->group_count = 0;
        return find_group(colon + 1, &user->gid);
    }
    user->group_count = GROUPS_LIMIT;
    if (user->name[0] == 0 || getgrouplist(user->name, user->gid, user->groups, &user->group_count) < 0)
        user->group_count = 0;
    return 0;
}

int user_become(const struct user *user)
{
    /* An ordinary user, as in a test of the agent, can only stay what he is. */
    if (geteuid() == 0 && setgroups((size_t)user->group_count, user->groups) < 0)
        return -1;
    if ((user->gid != getegid() || geteuid() == 0) && setgid(user->gid) < 0)
        return -1;
    return setuid(user->uid);
}
