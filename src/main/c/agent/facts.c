/* What the guest knows of itself. */
#include "agent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { FACT_LIMIT = 16384 };

static char text[FACT_LIMIT];

static void put_fact(struct message *message, const char *name, const char *value)
{
    put_bytes(message, name, strlen(name));
    put_bytes(message, "=", 1);
    put_bytes(message, value, strlen(value) + 1);
}

static void put_number_fact(struct message *message, const char *name, uint64_t value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    put_fact(message, name, digits);
}

/* A file's content, without the newline of a single line. */
static void put_file(struct message *message, const char *name, int folder, const char *path, bool line)
{
    if (read_file(folder, path, text, sizeof text) < 0)
        return;
    if (line)
        text[strcspn(text, "\n")] = 0;
    put_fact(message, name, text);
}

static uint64_t available_memory(void)
{
    unsigned long long kib = 0;
    const char *line;
    if (read_file(proc_folder, "meminfo", text, sizeof text) < 0)
        return 0;
    line = strstr(text, "MemAvailable:");
    if (line == NULL || sscanf(line, "MemAvailable: %llu", &kib) != 1)
        return 0;
    return kib * 1024;
}

static int prefix_of(const uint8_t *mask, size_t length)
{
    int bits = 0;
    for (size_t i = 0; i < length; i++)
        bits += __builtin_popcount(mask[i]);
    return bits;
}

static void format_address(const struct ifaddrs *entry, char *line, size_t size)
{
    char address[INET6_ADDRSTRLEN];
    const void *bytes, *mask;
    size_t length;
    if (entry->ifa_addr->sa_family == AF_INET) {
        bytes = &((const struct sockaddr_in *)(const void *)entry->ifa_addr)->sin_addr;
        mask = &((const struct sockaddr_in *)(const void *)entry->ifa_netmask)->sin_addr;
        length = 4;
    } else {
        bytes = &((const struct sockaddr_in6 *)(const void *)entry->ifa_addr)->sin6_addr;
        mask = &((const struct sockaddr_in6 *)(const void *)entry->ifa_netmask)->sin6_addr;
        length = 16;
    }
    inet_ntop(entry->ifa_addr->sa_family, bytes, address, sizeof address);
    snprintf(line, size, "%s %s/%d\n", entry->ifa_name, address, prefix_of(mask, length));
}

static void put_addresses(struct message *message)
{
    struct ifaddrs *list = NULL;
    size_t length = 0;
    text[0] = 0;
    if (getifaddrs(&list) < 0)
        return;
    for (const struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next) {
        char line[IF_NAMESIZE + INET6_ADDRSTRLEN + 8];
        if (entry->ifa_addr == NULL || entry->ifa_netmask == NULL
            || (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6))
            continue;
        format_address(entry, line, sizeof line);
        if (length + strlen(line) >= sizeof text)
            break;
        strcpy(text + length, line);
        length += strlen(line);
    }
    freeifaddrs(list);
    put_fact(message, "addresses", text);
}

static void put_system(struct message *message)
{
    struct utsname names;
    struct sysinfo info;
    struct timespec up;
    if (uname(&names) == 0) {
        put_fact(message, "hostname", names.nodename);
        put_fact(message, "kernel", names.release);
        put_fact(message, "machine", names.machine);
    }
    if (clock_gettime(CLOCK_BOOTTIME, &up) == 0)
        put_number_fact(message, "uptime_ms", (uint64_t)up.tv_sec * 1000 + (uint64_t)up.tv_nsec / 1000000);
    if (sysinfo(&info) == 0)
        put_number_fact(message, "mem_total", (uint64_t)info.totalram * info.mem_unit);
    put_number_fact(message, "mem_available", available_memory());
    put_number_fact(message, "cpus", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
}

void serve_facts(struct conn *conn, struct fields *fields)
{
    static struct message message;
    take_u16(fields);
    if (!fields_end(fields))
        refuse(conn->fd, EPROTO, STAGE_REQUEST, "a malformed request for facts");
    message_begin(&message, DATA, 0);
    put_system(&message);
    put_file(&message, "boot_id", proc_folder, "sys/kernel/random/boot_id", true);
    put_addresses(&message);
    put_file(&message, "os_release", AT_FDCWD, "/etc/os-release", false);
    if (send_started(conn->fd, 0) == 0 && message_send(conn->fd, &message) == 0)
        send_empty(conn->fd, DATA, 0);
    _exit(0);
}
