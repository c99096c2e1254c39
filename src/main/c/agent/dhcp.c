/*
 * Addresses for a guest in which nobody else asks for them: a small client of DHCP (RFC 2131), once for each network
 * interface of Ethernet. What it is given it keeps for as long as the guest lives: nothing is renewed.
 */
#include "init.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SERVER_PORT = 67,
    CLIENT_PORT = 68,
    FIXED = 240, /* bytes before the options, with the cookie */
    LEAST = 300, /* some servers want as much: RFC 1542 §2.1 */
    MOST = 1500,
    ROUNDS = 12,
    FIRST_WAIT = 250, /* ms for an answer; twice as much each time, up to the next */
    LAST_WAIT = 4000,
    PATIENCE = 2000, /* ms for which the rest of the guest waits */
    ETHERNET = 1,
    INTERFACES = 16,
    NAME_SERVERS = 3,
};

enum { DISCOVER = 1, OFFER = 2, REQUEST = 3, ACK = 5, NAK = 6 };

enum option {
    MASK = 1,
    ROUTER = 3,
    NAME_SERVER = 6,
    HOST_NAME = 12,
    MTU = 26,
    WANTED = 50,
    TYPE = 53,
    SERVER = 54,
    ASKED = 55,
    END = 255,
};

/* Addresses are in network order. */
struct lease {
    uint32_t address, mask, router, server, name_servers[NAME_SERVERS];
    int name_server_count;
    uint16_t mtu;
    uint8_t type;
    char host_name[65];
};

struct client {
    int fd;
    const char *name;
    uint8_t mac[6];
    uint32_t id;
};

static size_t put(uint8_t *at, enum option option, const void *value, size_t length)
{
    at[0] = (uint8_t)option;
    at[1] = (uint8_t)length;
    memcpy(at + 2, value, length);
    return length + 2;
}

/* OFFERED is NULL in a DISCOVER. */
static int ask(const struct client *client, uint8_t type, const struct lease *offered)
{
    static const uint8_t cookie[4] = {0x63, 0x82, 0x53, 0x63};
    static const uint8_t asked[] = {MASK, ROUTER, NAME_SERVER, HOST_NAME, MTU};
    uint8_t bytes[LEAST + 64] = {1 /* a request */, ETHERNET, sizeof client->mac};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(SERVER_PORT)};
    size_t length = FIXED;
    memcpy(bytes + 4, &client->id, 4);
    bytes[10] = 0x80; /* answer by a broadcast: nothing else reaches who has no address */
    memcpy(bytes + 28, client->mac, sizeof client->mac);
    memcpy(bytes + 236, cookie, sizeof cookie);
    length += put(bytes + length, TYPE, &type, 1);
    if (offered != NULL) {
        length += put(bytes + length, WANTED, &offered->address, 4);
        length += put(bytes + length, SERVER, &offered->server, 4);
    }
    length += put(bytes + length, ASKED, asked, sizeof asked);
    bytes[length] = END;
    to.sin_addr.s_addr = INADDR_BROADCAST;
    return sendto(client->fd, bytes, LEAST, 0, (struct sockaddr *)&to, sizeof to) < 0 ? -1 : 0;
}

static void take_option(struct lease *lease, enum option option, const uint8_t *value, size_t length)
{
    switch (option) {
    case TYPE:
        lease->type = value[0];
        break;
    case HOST_NAME:
        if (length < sizeof lease->host_name) {
            memcpy(lease->host_name, value, length);
            lease->host_name[length] = 0;
        }
        break;
    case MTU:
        if (length == 2)
            lease->mtu = (uint16_t)(value[0] << 8 | value[1]);
        break;
    case NAME_SERVER:
        lease->name_server_count = 0;
        for (size_t at = 0; at + 4 <= length && lease->name_server_count < NAME_SERVERS; at += 4)
            memcpy(&lease->name_servers[lease->name_server_count++], value + at, 4);
        break;
    default:
        if (length >= 4 && (option == MASK || option == ROUTER || option == SERVER))
            memcpy(option == MASK ? &lease->mask : option == ROUTER ? &lease->router : &lease->server, value, 4);
    }
}

/* Whether it is an answer to this client. */
static bool take_answer(const struct client *client, const uint8_t *bytes, size_t length, struct lease *lease)
{
    size_t at = FIXED;
    if (length < FIXED || bytes[0] != 2 || memcmp(bytes + 4, &client->id, 4) != 0
        || memcmp(bytes + 28, client->mac, sizeof client->mac) != 0)
        return false;
    memset(lease, 0, sizeof *lease);
    memcpy(&lease->address, bytes + 16, 4);
    while (at < length && bytes[at] != END) {
        if (bytes[at] == 0) {
            at++;
            continue;
        }
        if (at + 2 > length || at + 2 + bytes[at + 1] > length || bytes[at + 1] == 0)
            return false;
        take_option(lease, bytes[at], bytes + at + 2, bytes[at + 1]);
        at += 2 + (size_t)bytes[at + 1];
    }
    return lease->type != 0;
}

/*
 * The type of the answer that came within WAIT milliseconds, or 0. To a request it is no offer: where an answer was slow,
 * this client has asked again, and another offer is still to come.
 */
static uint8_t await_answer(const struct client *client, int wait, bool requested, struct lease *lease)
{
    int64_t deadline = now_ms() + wait;
    int64_t left;
    while ((left = deadline - now_ms()) > 0) {
        uint8_t bytes[MOST];
        struct pollfd ready = {client->fd, POLLIN, 0};
        ssize_t length;
        if (poll(&ready, 1, (int)left) <= 0)
            continue;
        length = recv(client->fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (length > 0 && take_answer(client, bytes, (size_t)length, lease)
            && requested == (lease->type != OFFER))
            return lease->type;
    }
    return 0;
}

static bool obtain(const struct client *client, struct lease *lease)
{
    int wait = FIRST_WAIT;
    for (int round = 0; round < ROUNDS; round++) {
        struct lease offered;
        if (ask(client, DISCOVER, NULL) < 0)
            usleep((useconds_t)wait * 1000);
        else if (await_answer(client, wait, false, &offered) == OFFER && ask(client, REQUEST, &offered) == 0
            && await_answer(client, wait, true, lease) == ACK)
            return true;
        wait = 2 * wait < LAST_WAIT ? 2 * wait : LAST_WAIT;
    }
    return false;
}

static void set_address(int fd, const char *name, unsigned long request, uint32_t address)
{
    struct ifreq value = {0};
    struct sockaddr_in *in = (struct sockaddr_in *)(void *)&value.ifr_addr;
    strncpy(value.ifr_name, name, IFNAMSIZ - 1);
    in->sin_family = AF_INET;
    in->sin_addr.s_addr = address;
    if (ioctl(fd, (int)request, &value) < 0)
        complain("cannot set the address of", name);
}

static void add_route(int fd, char *name, uint32_t router)
{
    struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY, .rt_dev = name};
    struct sockaddr_in *gateway = (struct sockaddr_in *)(void *)&route.rt_gateway;
    route.rt_dst.sa_family = AF_INET;
    route.rt_genmask.sa_family = AF_INET;
    gateway->sin_family = AF_INET;
    gateway->sin_addr.s_addr = router;
    if (ioctl(fd, SIOCADDRT, &route) < 0 && errno != EEXIST)
        complain("cannot set the gateway of", name);
}

/* The guest's own file, if it brought one, stays. */
static void write_name_servers(const struct lease *lease)
{
    int fd;
    mkdir("/etc", 0755);
    fd = open("/etc/resolv.conf", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return;
    for (int i = 0; i < lease->name_server_count; i++) {
        struct in_addr server = {lease->name_servers[i]};
        char text[INET_ADDRSTRLEN];
        dprintf(fd, "nameserver %s\n", inet_ntop(AF_INET, &server, text, sizeof text));
    }
    close(fd);
}

static void use(int fd, char *name, const struct lease *lease)
{
    struct ifreq mtu = {.ifr_mtu = lease->mtu};
    strncpy(mtu.ifr_name, name, IFNAMSIZ - 1);
    if (lease->mtu != 0 && ioctl(fd, SIOCSIFMTU, &mtu) < 0)
        complain("cannot set the MTU of", name);
    set_address(fd, name, SIOCSIFADDR, lease->address);
    if (lease->mask != 0)
        set_address(fd, name, SIOCSIFNETMASK, lease->mask);
    if (lease->router != 0)
        add_route(fd, name, lease->router);
    if (lease->name_server_count > 0)
        write_name_servers(lease);
    if (lease->host_name[0] != 0)
        sethostname(lease->host_name, strlen(lease->host_name));
}

static int open_socket(const char *name)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(CLIENT_PORT)};
    int one = 1;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0
        && (setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof one) < 0
            || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name) + 1) < 0
            || bind(fd, (struct sockaddr *)&here, sizeof here) < 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

static _Noreturn void configure(char *name)
{
    struct client client = {.fd = open_socket(name), .name = name};
    struct ifreq request = {0};
    struct lease lease;
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    if (client.fd < 0 || ioctl(client.fd, SIOCGIFHWADDR, &request) < 0) {
        complain("cannot ask for an address of", name);
        _exit(1);
    }
    memcpy(client.mac, request.ifr_hwaddr.sa_data, sizeof client.mac);
    if (getrandom(&client.id, sizeof client.id, GRND_NONBLOCK) != sizeof client.id)
        client.id = (uint32_t)now_ms();
    /* A network without a server is no mistake: its guests set their addresses themselves. */
    if (obtain(&client, &lease))
        use(client.fd, name, &lease);
    _exit(0);
}

/* Whether it is Ethernet, and up from now on. */
static bool bring_up(const char *name)
{
    struct ifreq request = {0};
    char path[300], type[16];
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool up;
    snprintf(path, sizeof path, "/sys/class/net/%s/type", name);
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    up = fd >= 0 && read_file(AT_FDCWD, path, type, sizeof type) > 0 && atoi(type) == ETHERNET
        && ioctl(fd, SIOCGIFFLAGS, &request) == 0;
    request.ifr_flags |= IFF_UP;
    up = up && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    if (fd >= 0)
        close(fd);
    return up;
}

void networks_configure(void)
{
    pid_t children[INTERFACES];
    int count = 0;
    int64_t deadline = now_ms() + PATIENCE;
    struct dirent *entry;
    DIR *folder = opendir("/sys/class/net");
    while (folder != NULL && count < INTERFACES && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.' || !bring_up(entry->d_name))
            continue;
        children[count] = fork();
        if (children[count] == 0)
            configure(entry->d_name);
        count += children[count] > 0;
    }
    if (folder != NULL)
        closedir(folder);
    /* Those that are not done by then go on beside the rest. */
    for (int i = 0; i < count; i++) {
        while (waitpid(children[i], NULL, WNOHANG) == 0 && now_ms() < deadline)
            usleep(2000);
    }
}
