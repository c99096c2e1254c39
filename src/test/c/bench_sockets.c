/*
 * The guest's end of TCP connections that are measured: it connects or listens, and moves bytes, or none. A static program
 * for a guest that has no libraries.
 *
 * usage: bench_sockets send HOST PORT BYTES     connects, sends, and waits until the other side has closed
 *        bench_sockets receive HOST PORT        connects, and reads until the other side has closed
 *        bench_sockets connect HOST PORT COUNT  connects COUNT times, one after the other, each until closed
 *        bench_sockets source PORT BYTES        listens for ever, and sends to each who connects
 *        bench_sockets sink PORT                listens for ever, and reads from each who connects
 *        bench_sockets close PORT               listens for ever, and closes each connection
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char block[65536];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int dial(const char *host, const char *port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, host, &to.sin_addr);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
        fail("connect");
    return fd;
}

static void write_all(int fd, long long left)
{
    while (left > 0) {
        ssize_t done = write(fd, block, left < (long long)sizeof block ? (size_t)left : sizeof block);
        if (done <= 0)
            fail("write");
        left -= done;
    }
}

static void read_all(int fd)
{
    ssize_t done;
    while ((done = read(fd, block, sizeof block)) > 0)
        continue;
    if (done < 0)
        fail("read");
}

static void serve(char kind, const char *port, long long bytes)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
    int one = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0
        || bind(listener, (struct sockaddr *)&here, sizeof here) < 0 || listen(listener, 128) < 0)
        fail("listen");
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            fail("accept");
        if (kind == 'o') {
            write_all(fd, bytes);
            shutdown(fd, SHUT_WR);
        }
        if (kind != 'l')
            read_all(fd);
        close(fd);
    }
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "send") == 0) {
        int fd = dial(argv[2], argv[3]);
        write_all(fd, atoll(argv[4]));
        shutdown(fd, SHUT_WR);
        read_all(fd);
    } else if (argc == 4 && strcmp(argv[1], "receive") == 0) {
        read_all(dial(argv[2], argv[3]));
    } else if (argc == 5 && strcmp(argv[1], "connect") == 0) {
        for (int left = atoi(argv[4]); left > 0; left--) {
            int fd = dial(argv[2], argv[3]);
            read_all(fd);
            close(fd);
        }
    } else if (argc == 4 && strcmp(argv[1], "source") == 0) {
        serve('o', argv[2], atoll(argv[3]));
    } else if (argc == 3 && strcmp(argv[1], "sink") == 0) {
        serve('i', argv[2], 0);
    } else if (argc == 3 && strcmp(argv[1], "close") == 0) {
        serve('l', argv[2], 0);
    } else {
        fputs("usage: send HOST PORT BYTES | receive HOST PORT | connect HOST PORT COUNT | source PORT BYTES | sink PORT"
              " | close PORT\n", stderr);
        return 64;
    }
    return 0;
}
