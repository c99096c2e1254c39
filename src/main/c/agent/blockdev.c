/* Finds the block device that root= names: by its path, by its file system, or by its entry in a partition table. */
#include "init.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 300, UUID_TEXT = 37 };

/* Where a file system keeps its magic bytes, its UUID and its label. */
struct file_system {
    long magic_at;
    const char *magic;
    int magic_size;
    long uuid_at, label_at;
    int label_size;
};

static const struct file_system file_systems[] = {
    {1024 + 56, "\x53\xef", 2, 1024 + 104, 1024 + 120, 16},                 /* ext2 to ext4 */
    {0, "XFSB", 4, 32, 108, 12},                                            /* XFS */
    {65536 + 64, "_BHRfS_M", 8, 65536 + 32, 65536 + 299, 255},              /* btrfs */
    {1024, "\xe2\xe1\xf5\xe0", 4, 1024 + 48, 1024 + 64, 16},                /* EROFS */
};

static bool read_at(int fd, long offset, void *bytes, size_t size)
{
    return pread(fd, bytes, size, offset) == (ssize_t)size;
}

static void format_uuid(const uint8_t *b, char *text)
{
    snprintf(text, UUID_TEXT, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

static bool has_uuid(int fd, const char *wanted)
{
    for (size_t i = 0; i < sizeof file_systems / sizeof file_systems[0]; i++) {
        const struct file_system *kind = &file_systems[i];
        uint8_t bytes[16];
        char text[UUID_TEXT];
        if (!read_at(fd, kind->magic_at, bytes, (size_t)kind->magic_size)
            || memcmp(bytes, kind->magic, (size_t)kind->magic_size) != 0 || !read_at(fd, kind->uuid_at, bytes, 16))
            continue;
        format_uuid(bytes, text);
        if (strcasecmp(text, wanted) == 0)
            return true;
    }
    return false;
}

static bool has_label(int fd, const char *wanted)
{
    for (size_t i = 0; i < sizeof file_systems / sizeof file_systems[0]; i++) {
        const struct file_system *kind = &file_systems[i];
        char text[256] = "";
        if (read_at(fd, kind->magic_at, text, (size_t)kind->magic_size)
            && memcmp(text, kind->magic, (size_t)kind->magic_size) == 0
            && read_at(fd, kind->label_at, text, (size_t)kind->label_size)) {
            text[kind->label_size] = 0;
            if (strcmp(text, wanted) == 0)
                return true;
        }
    }
    return false;
}

static uint64_t number(const uint8_t *bytes, int count)
{
    uint64_t value = 0;
    while (count-- > 0)
        value = value << 8 | bytes[count];
    return value;
}

/* A partition's own id in a GPT, whose first three fields are little-endian; false where there is no such table. */
static bool gpt_uuid(int disk, long block, long partition, char *text)
{
    uint8_t header[92], entry[32], id[16];
    if (!read_at(disk, block, header, sizeof header) || memcmp(header, "EFI PART", 8) != 0
        || (uint64_t)partition > number(header + 80, 4)
        || !read_at(disk, (long)(number(header + 72, 8) * (uint64_t)block
                                 + (uint64_t)(partition - 1) * number(header + 84, 4)), entry, sizeof entry))
        return false;
    static const int order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    for (int i = 0; i < 16; i++)
        id[i] = entry[16 + order[i]];
    format_uuid(id, text);
    return true;
}

static void mbr_uuid(int disk, long partition, char *text)
{
    uint8_t signature[4] = {0};
    read_at(disk, 440, signature, sizeof signature);
    snprintf(text, UUID_TEXT, "%08lx-%02lx", (unsigned long)number(signature, 4), partition);
}

static bool attribute(const char *name, const char *key, char *value, size_t size)
{
    char path[2 * NAME_BYTES];
    snprintf(path, sizeof path, "/sys/class/block/%s/%s", name, key);
    if (read_file(AT_FDCWD, path, value, size) < 0)
        return false;
    value[strcspn(value, "\n")] = 0;
    return true;
}

static int open_device(const char *name)
{
    char path[NAME_BYTES];
    snprintf(path, sizeof path, "/dev/%.255s", name);
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* The disk that a partition is of: sysfs has the one's folder in the other's. */
static bool parent_of(const char *name, char *parent, size_t size)
{
    char path[NAME_BYTES], target[1024], *end;
    ssize_t length;
    snprintf(path, sizeof path, "/sys/class/block/%.255s", name);
    length = readlink(path, target, sizeof target - 1);
    if (length < 0)
        return false;
    target[length] = 0;
    end = strrchr(target, '/');
    if (end == NULL)
        return false;
    *end = 0;
    end = strrchr(target, '/');
    if (end == NULL)
        return false;
    snprintf(parent, size, "%s", end + 1);
    return true;
}

static bool is_partition_uuid(const char *name, const char *wanted)
{
    char number_text[16], block_text[16], parent[NAME_BYTES], found[UUID_TEXT];
    int disk;
    long partition;
    if (!attribute(name, "partition", number_text, sizeof number_text) || !parent_of(name, parent, sizeof parent))
        return false;
    partition = atol(number_text);
    disk = open_device(parent);
    if (disk < 0)
        return false;
    if (!attribute(parent, "queue/logical_block_size", block_text, sizeof block_text))
        strcpy(block_text, "512");
    if (!gpt_uuid(disk, atol(block_text), partition, found))
        mbr_uuid(disk, partition, found);
    close(disk);
    return strcasecmp(found, wanted) == 0;
}

static bool is_partition_label(const char *name, const char *wanted)
{
    char text[2048], *label;
    char path[NAME_BYTES];
    snprintf(path, sizeof path, "/sys/class/block/%.255s/uevent", name);
    if (read_file(AT_FDCWD, path, text, sizeof text) < 0)
        return false;
    label = strstr(text, "PARTNAME=");
    if (label == NULL)
        return false;
    label += strlen("PARTNAME=");
    label[strcspn(label, "\n")] = 0;
    return strcmp(label, wanted) == 0;
}

/* VALUE where TEXT is KEY and VALUE, or the link of the same meaning that udev would make. */
static const char *value_of(const char *text, const char *key, const char *folder)
{
    if (strncmp(text, key, strlen(key)) == 0)
        return text + strlen(key);
    return strncmp(text, folder, strlen(folder)) == 0 ? text + strlen(folder) : NULL;
}

static bool matches(const char *name, const char *wanted)
{
    const char *value;
    int fd;
    bool found = false;
    if ((value = value_of(wanted, "PARTUUID=", "/dev/disk/by-partuuid/")) != NULL)
        return is_partition_uuid(name, value);
    if ((value = value_of(wanted, "PARTLABEL=", "/dev/disk/by-partlabel/")) != NULL)
        return is_partition_label(name, value);
    fd = open_device(name);
    if (fd < 0)
        return false;
    if ((value = value_of(wanted, "UUID=", "/dev/disk/by-uuid/")) != NULL)
        found = has_uuid(fd, value);
    else if ((value = value_of(wanted, "LABEL=", "/dev/disk/by-label/")) != NULL)
        found = has_label(fd, value);
    close(fd);
    return found;
}

bool device_find(const char *wanted, char *path, size_t size)
{
    DIR *folder;
    struct dirent *entry;
    struct stat status;
    bool found = false;
    if (strncmp(wanted, "/dev/", 5) == 0 && stat(wanted, &status) == 0 && S_ISBLK(status.st_mode)) {
        snprintf(path, size, "%s", wanted);
        return true;
    }
    folder = opendir("/sys/class/block");
    while (folder != NULL && !found && (entry = readdir(folder)) != NULL) {
        found = entry->d_name[0] != '.' && matches(entry->d_name, wanted);
        if (found)
            snprintf(path, size, "/dev/%s", entry->d_name);
    }
    if (folder != NULL)
        closedir(folder);
    return found;
}

void devices_list(void)
{
    DIR *folder = opendir("/sys/class/block");
    struct dirent *entry;
    int count = 0;
    fprintf(stderr, "javisor-agent: block devices:");
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char sectors[32];
        if (entry->d_name[0] == '.' || !attribute(entry->d_name, "size", sectors, sizeof sectors))
            continue;
        fprintf(stderr, " %s (%lld MiB)", entry->d_name, atoll(sectors) / 2048);
        count++;
    }
    fprintf(stderr, "%s\n", count == 0 ? " none" : "");
    if (folder != NULL)
        closedir(folder);
}
