/* The path within a copied tree, for messages, and what an entry says. */
#ifndef JAVISOR_TREE_H
#define JAVISOR_TREE_H

#include "agent.h"

#include <stdint.h>
#include <time.h>

enum { PATH_BYTES = 40000 };

struct path {
    size_t length;
    char text[PATH_BYTES];
};

void path_set(struct path *path, const char *text);
/* Appends a name; the result is the length to go back to. */
size_t path_push(struct path *path, const char *name);
void path_pop(struct path *path, size_t length);

/* A path's folder, which stays open, and its last name; "." where the path is a root. */
struct place {
    int folder;
    char name[256];
};

/* 0, or -1 with errno. Makes folders that are missing where PARENTS is set. */
int place_find(const char *target, bool parents, struct place *place);

/* What may follow a folder's name: neither empty nor "." nor "..", and no "/". */
bool is_name(const char *name);

#endif
