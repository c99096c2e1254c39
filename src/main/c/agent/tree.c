/* Paths of copied trees. */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void path_set(struct path *path, const char *text)
{
    path->length = strlen(text);
    if (path->length > sizeof path->text - 1)
        path->length = sizeof path->text - 1;
    memcpy(path->text, text, path->length);
    path->text[path->length] = 0;
}

size_t path_push(struct path *path, const char *name)
{
    size_t before = path->length, length = strlen(name);
    if (before + length + 2 > sizeof path->text)
        return before;
    if (before > 0 && path->text[before - 1] != '/')
        path->text[path->length++] = '/';
    memcpy(path->text + path->length, name, length + 1);
    path->length += length;
    return before;
}

void path_pop(struct path *path, size_t length)
{
    path->length = length;
    path->text[length] = 0;
}

bool is_name(const char *name)
{
    return *name != 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strchr(name, '/') == NULL;
}

/* Takes the next component off a path: 1, 0 where there is none, -1 (ENAMETOOLONG) where no file has such a name. */
static int next_name(const char **at, char *name, size_t size)
{
    size_t length;
    *at += strspn(*at, "/");
    length = strcspn(*at, "/");
    if (length == 0)
        return 0;
    if (length >= size) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(name, *at, length);
    name[length] = 0;
    *at += length;
    return 1;
}

static int enter(int folder, const char *name, bool make)
{
    int inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (inner < 0 && errno == ENOENT && make && (mkdirat(folder, name, 0755) == 0 || errno == EEXIST))
        inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = errno;
    close(folder);
    errno = error;
    return inner;
}

int place_find(const char *target, bool parents, struct place *place)
{
    char name[256];
    const char *at = target;
    int there;
    place->folder = open(*target == '/' ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    strcpy(place->name, ".");
    while (place->folder >= 0 && (there = next_name(&at, name, sizeof name)) != 0) {
        if (there < 0)
            return -1;
        if (at[strspn(at, "/")] == 0) {
            strcpy(place->name, name);
            return 0;
        }
        place->folder = enter(place->folder, name, parents);
    }
    return place->folder < 0 ? -1 : 0;
}
