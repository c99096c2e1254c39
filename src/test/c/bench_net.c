/*
 * What the benchmark measures networks with: TAP interfaces of its own, the host's end of each, and
 * loops that move frames by it without any machine. Commands, as bench_vmm.c takes them:
 *
 *   tap NAME                  makes a TAP that stays, with a queue for FRAMES frames
 *   untap NAME                removes it; the end of this program does, too
 *   fill NAME BYTES COUNT     sends frames to it from the host, as fast as it can, into its queue
 *   echo NAME, silence        answers each frame that comes out of it, until told to stop
 *   send NAME BYTES COUNT URING      takes the time of writing frames to it
 *   receive NAME BYTES COUNT URING   fills it, and takes the time of reading them
 *   ping NAME BYTES COUNT            takes the time until frames have been written and answered
 *
 * BYTES: of a frame, without the virtio header. URING: 1 for io_uring, 0 for writev and readv.
 * Frames are TCP over IPv4, for another host, so that the kernel drops them early; those that are
 * longer than the TAP's MTU are segments that are yet to be cut.
 * Sources: linux/if_tun.h, packet(7), io_uring(7), virtio 1.3 5.1.6.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FRAMES 100000
#define HEADER 12
#define PACKET_HEADER 10
#define DEPTH 128
#define ROOM (68 << 10)
#define MTU 1500
#define ETHER 14
#define HEADERS 54
#define SEGMENT 1448
#define BATCH 64

static char failure[256];
static char made[IFNAMSIZ];
static pid_t echoing;

static int failed(const char *what) {
  snprintf(failure, sizeof failure, "%s: %s", what, strerror(errno));
  return -1;
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* The virtio header of a frame, without its last field, and the frame. */
static void make_frame(uint8_t *header, uint8_t *frame, int bytes) {
  memset(header, 0, PACKET_HEADER);
  memset(frame, 0x5a, bytes);
  memcpy(frame, "\2\0\0\0\0\1\2\0\0\0\0\2\x08\0\x45\0", 16);
  memset(frame + 16, 0, HEADERS - 16);
  frame[16] = (bytes - ETHER) >> 8;
  frame[17] = bytes - ETHER;
  frame[22] = 64;
  frame[23] = 6;
  memcpy(frame + 26, "\xc6\x12\0\1\xc6\x12\0\2", 8);
  frame[46] = 0x50;
  if (bytes <= MTU + ETHER) return;
  header[0] = 1; /* checksum to be done */
  header[1] = 1; /* TCP over IPv4 */
  header[2] = HEADERS;
  header[4] = SEGMENT & 0xff;
  header[5] = SEGMENT >> 8;
  header[6] = 34;
  header[8] = 16;
}

static int attach(const char *name) {
  struct ifreq r = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
  int size = HEADER;
  int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
  snprintf(r.ifr_name, IFNAMSIZ, "%s", name);
  if (fd >= 0 && !ioctl(fd, TUNSETIFF, &r) && !ioctl(fd, TUNSETVNETHDRSZ, &size) &&
      !ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4))
    return fd;
  failed(name);
  if (fd >= 0) close(fd);
  return -1;
}

static int persist(const char *name, long on) {
  int fd = attach(name);
  if (fd < 0) return -1;
  int bad = ioctl(fd, TUNSETPERSIST, on);
  if (bad) failed("TUNSETPERSIST");
  close(fd);
  return bad;
}

static int untap(const char *name) {
  int bad = persist(name, 0);
  made[0] = 0;
  return bad;
}

static int tap(const char *name) {
  if (persist(name, 1)) return -1;
  snprintf(made, sizeof made, "%s", name);
  char path[128];
  snprintf(path, sizeof path, "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
  int quiet = open(path, O_WRONLY | O_CLOEXEC);
  /* Without IPv6 in the kernel there is nothing to keep quiet. */
  if (quiet >= 0 && write(quiet, "1", 1) != 1) return failed(path);
  if (quiet >= 0) close(quiet);
  struct ifreq length = {.ifr_qlen = FRAMES}, up = {.ifr_flags = IFF_UP};
  snprintf(length.ifr_name, IFNAMSIZ, "%s", name);
  snprintf(up.ifr_name, IFNAMSIZ, "%s", name);
  int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int bad = ioctl(s, SIOCSIFTXQLEN, &length) || ioctl(s, SIOCSIFFLAGS, &up);
  if (bad) failed(name);
  close(s);
  return bad ? -1 : 0;
}

/* The host's end. */
static int host_end(const char *name, int protocol) {
  struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(protocol)};
  int on = 1, size = 64 << 20;
  at.sll_ifindex = if_nametoindex(name);
  int s = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (s >= 0 && !setsockopt(s, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) &&
      !setsockopt(s, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) &&
      !setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) &&
      !bind(s, (struct sockaddr *)&at, sizeof at))
    return s;
  failed("packet socket");
  if (s >= 0) close(s);
  return -1;
}

static int fill(const char *name, int bytes, int count) {
  static uint8_t header[PACKET_HEADER], frame[ROOM];
  make_frame(header, frame, bytes);
  struct iovec v[2] = {{header, PACKET_HEADER}, {frame, bytes}};
  struct mmsghdr batch[BATCH];
  for (int i = 0; i < BATCH; i++)
    batch[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = v, .msg_iovlen = 2}};
  int s = host_end(name, 0);
  if (s < 0) return -1;
  while (count > 0) {
    int n = sendmmsg(s, batch, count < BATCH ? count : BATCH, 0);
    if (n <= 0 && errno != ENOBUFS && errno != EINTR) {
      failed("sendmmsg");
      close(s);
      return -1;
    }
    /* ENOBUFS: the queue is full, and one frame is lost. */
    count -= n > 0 ? n : 1;
  }
  close(s);
  return 0;
}

static int echo(const char *name) {
  int s = host_end(name, ETH_P_IP);
  if (s < 0) return -1;
  echoing = fork();
  if (echoing) {
    close(s);
    return echoing < 0 ? failed("fork") : 0;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  static uint8_t frame[ROOM];
  for (;;) {
    ssize_t n = recv(s, frame, sizeof frame, 0);
    if (n > 0 && send(s, frame, n, 0) < 0 && errno != ENOBUFS) _exit(1);
  }
}

static int silence(void) {
  if (echoing > 0) {
    kill(echoing, SIGKILL);
    waitpid(echoing, 0, 0);
  }
  echoing = 0;
  return 0;
}

struct ring {
  int fd;
  unsigned *sq_tail, *sq_array, *cq_head, *cq_tail, sq_mask, cq_mask;
  struct io_uring_sqe *sqes;
  struct io_uring_cqe *cqes;
};

static int make_ring(struct ring *r) {
  struct io_uring_params p = {0};
  r->fd = syscall(__NR_io_uring_setup, DEPTH, &p);
  if (r->fd < 0) return failed("io_uring_setup");
  char *m = mmap(0, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
                 PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQ_RING);
  r->sqes = mmap(0, p.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE, MAP_SHARED,
                 r->fd, IORING_OFF_SQES);
  if (m == MAP_FAILED || r->sqes == MAP_FAILED) return failed("mmap of io_uring");
  r->sq_tail = (unsigned *)(m + p.sq_off.tail);
  r->sq_array = (unsigned *)(m + p.sq_off.array);
  r->sq_mask = *(unsigned *)(m + p.sq_off.ring_mask);
  r->cq_head = (unsigned *)(m + p.cq_off.head);
  r->cq_tail = (unsigned *)(m + p.cq_off.tail);
  r->cq_mask = *(unsigned *)(m + p.cq_off.ring_mask);
  r->cqes = (struct io_uring_cqe *)(m + p.cq_off.cqes);
  return 0;
}

/* Moves a batch of frames, and returns how many have moved. */
static int by_ring(struct ring *r, int fd, int operation, struct iovec *v, int count) {
  unsigned tail = *r->sq_tail;
  for (int i = 0; i < count; i++, tail++) {
    struct io_uring_sqe *e = &r->sqes[tail & r->sq_mask];
    *e = (struct io_uring_sqe){.opcode = operation, .fd = fd, .off = -1ULL, .len = v[i].iov_len};
    e->addr = (uint64_t)v[i].iov_base;
    r->sq_array[tail & r->sq_mask] = tail & r->sq_mask;
  }
  __atomic_store_n(r->sq_tail, tail, __ATOMIC_RELEASE);
  int bad = syscall(__NR_io_uring_enter, r->fd, count, count, IORING_ENTER_GETEVENTS, 0, 0);
  if (bad < 0) return failed("io_uring_enter");
  int moved = 0;
  for (int seen = 0; seen < count; seen++) {
    unsigned head = *r->cq_head;
    while (head == __atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE)) {}
    moved += r->cqes[head & r->cq_mask].res > 0;
    __atomic_store_n(r->cq_head, head + 1, __ATOMIC_RELEASE);
  }
  return moved;
}

static int by_vector(int fd, int writing, struct iovec *v, int count) {
  int moved = 0;
  for (int i = 0; i < count; i++)
    moved += (writing ? writev(fd, v + i, 1) : readv(fd, v + i, 1)) > 0;
  return moved;
}

/* Moves frames until there were so many, or there are none any more. */
static int move(struct ring *r, int fd, int writing, int bytes, int count) {
  static uint8_t *frames;
  struct iovec v[DEPTH];
  if (!frames) frames = malloc((size_t)DEPTH * ROOM);
  for (int i = 0; i < DEPTH; i++) {
    uint8_t *at = frames + (size_t)i * ROOM;
    v[i] = (struct iovec){at, writing ? HEADER + bytes : ROOM};
    if (writing) make_frame(at, at + HEADER, bytes);
  }
  while (count > 0) {
    int wanted = count < DEPTH ? count : DEPTH;
    int n = r ? by_ring(r, fd, writing ? IORING_OP_WRITE : IORING_OP_READ, v, wanted)
              : by_vector(fd, writing, v, wanted);
    if (n < 0) return -1;
    if (n < wanted) {
      snprintf(failure, sizeof failure, "%d of %d frames, %d to go", n, wanted, count);
      return -1;
    }
    count -= n;
  }
  return 0;
}

static int time_move(const char *name, int writing, int bytes, int count, int uring, uint64_t *ns) {
  struct ring ring = {.fd = -1}, *r = uring ? &ring : 0;
  int fd = attach(name);
  if (fd < 0) return -1;
  int bad = (r && make_ring(r)) || (!writing && fill(name, bytes, count / 8 + count)) ||
            move(r, fd, writing, bytes, count / 8);
  uint64_t start = now();
  bad = bad || move(r, fd, writing, bytes, count);
  *ns = now() - start;
  if (ring.fd >= 0) close(ring.fd);
  close(fd);
  return bad ? -1 : 0;
}

static int ping(int fd, uint8_t *out, int bytes, int count) {
  static uint8_t in[ROOM];
  struct pollfd p = {fd, POLLIN, 0};
  while (count-- > 0) {
    if (write(fd, out, HEADER + bytes) < 0) return failed("write");
    ssize_t n;
    while ((n = read(fd, in, sizeof in)) < 0 && errno == EAGAIN)
      if (poll(&p, 1, 1000) == 0) return failed("no answer");
    if (n != HEADER + bytes) return failed("read");
  }
  return 0;
}

static int time_ping(const char *name, int bytes, int count, uint64_t *ns) {
  static uint8_t frame[ROOM];
  make_frame(frame, frame + HEADER, bytes);
  int fd = attach(name);
  if (fd < 0) return -1;
  int bad = echo(name) || ping(fd, frame, bytes, count / 8);
  uint64_t start = now();
  bad = bad || ping(fd, frame, bytes, count);
  *ns = now() - start;
  silence();
  close(fd);
  return bad ? -1 : 0;
}

/* Does what a line says; returns 0, or the text of what went wrong. */
const char *net_command(const char *line, uint64_t *ns) {
  char name[IFNAMSIZ];
  int bytes, count, uring, bad;
  if (sscanf(line, "tap %15s", name) == 1) bad = tap(name);
  else if (sscanf(line, "untap %15s", name) == 1) bad = untap(name);
  else if (sscanf(line, "fill %15s %d %d", name, &bytes, &count) == 3)
    bad = fill(name, bytes, count);
  else if (sscanf(line, "echo %15s", name) == 1) bad = echo(name);
  else if (!strcmp(line, "silence\n")) bad = silence();
  else if (sscanf(line, "send %15s %d %d %d", name, &bytes, &count, &uring) == 4)
    bad = time_move(name, 1, bytes, count, uring, ns);
  else if (sscanf(line, "receive %15s %d %d %d", name, &bytes, &count, &uring) == 4)
    bad = time_move(name, 0, bytes, count, uring, ns);
  else if (sscanf(line, "ping %15s %d %d", name, &bytes, &count) == 3)
    bad = time_ping(name, bytes, count, ns);
  else {
    bad = 1;
    snprintf(failure, sizeof failure, "no such command: %.200s", line);
  }
  return bad ? failure : 0;
}

/* The end: nothing stays. */
void net_end(void) {
  silence();
  if (made[0]) untap(made);
}
