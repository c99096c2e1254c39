/*
 * What the benchmark compares Javisor with: the same work on the same KVM, without Java.
 *
 *   bench_vmm serve             takes commands from stdin, a line each, and answers each with
 *                               "ns NANOSECONDS" or "error TEXT":
 *     pio ELF                     runs a payload, from its 'S' on the serial port to its 'E'
 *     read ELF RAM THP            maps RAM bytes anew and reads the file's segments into them
 *     boot ELF RAM THP            opens KVM, makes a machine of one vCPU with RAM bytes, loads the
 *                                 file, and runs it to its first byte on the serial port
 *     those of bench_net.c
 *   bench_vmm first ELF RAM     boots once and passes the guest's first serial byte on to stdout
 *
 * ELF: a PVH kernel. RAM: bytes below the hole. THP: 1 to ask for transparent huge pages.
 * Sources: KVM api.rst, Xen docs/misc/pvh.pandoc.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define HUGE_PAGE (2UL << 20)
#define SERIAL 0x3f8
#define MAX_SEGMENTS 16
#define MAX_CPUID 256

struct kernel {
  int fd;
  uint32_t entry;
  int count;
  struct { uint64_t gpa, offset, size; } segment[MAX_SEGMENTS];
};

struct ram {
  char *reserved, *start;
  size_t size;
};

struct machine {
  int kvm, vm, vcpu;
  size_t run_size;
  struct kvm_run *run;
  struct ram ram;
  uint8_t serial[8];
};

const char *net_command(const char *line, uint64_t *ns);
void net_end(void);

static char failure[256];

static int failed(const char *what) {
  snprintf(failure, sizeof failure, "%s: %s", what, strerror(errno));
  return -1;
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static int read_at(int fd, void *to, size_t size, off_t offset) {
  while (size > 0) {
    ssize_t n = pread(fd, to, size, offset);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return failed("pread");
    to = (char *)to + n;
    size -= n;
    offset += n;
  }
  return 0;
}

static int parse_notes(struct kernel *k, const Elf64_Phdr *ph) {
  char notes[4096];
  size_t size = ph->p_filesz < sizeof notes ? ph->p_filesz : sizeof notes;
  if (read_at(k->fd, notes, size, ph->p_offset)) return -1;
  for (size_t at = 0; at + sizeof(Elf64_Nhdr) <= size;) {
    Elf64_Nhdr *n = (Elf64_Nhdr *)(notes + at);
    size_t content = at + sizeof *n + ((n->n_namesz + 3) & ~3u);
    if (n->n_type == 18 && content + 4 <= size && !memcmp(n + 1, "Xen", 4))
      memcpy(&k->entry, notes + content, 4);
    at = content + ((n->n_descsz + 3) & ~3u);
  }
  return 0;
}

static int open_kernel(struct kernel *k, const char *path) {
  Elf64_Ehdr eh;
  Elf64_Phdr ph[MAX_SEGMENTS];
  memset(k, 0, sizeof *k);
  if ((k->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) return failed(path);
  if (read_at(k->fd, &eh, sizeof eh, 0)) return -1;
  if (eh.e_phnum > MAX_SEGMENTS) { errno = E2BIG; return failed("program headers"); }
  if (read_at(k->fd, ph, eh.e_phnum * sizeof *ph, eh.e_phoff)) return -1;
  for (int i = 0; i < eh.e_phnum; i++) {
    if (ph[i].p_type == PT_NOTE && parse_notes(k, &ph[i])) return -1;
    if (ph[i].p_type == PT_LOAD && ph[i].p_filesz > 0) {
      k->segment[k->count].gpa = ph[i].p_paddr;
      k->segment[k->count].offset = ph[i].p_offset;
      k->segment[k->count++].size = ph[i].p_filesz;
    }
  }
  return 0;
}

static int map_ram(struct ram *r, size_t size, int thp) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  r->size = size;
  r->reserved = mmap(0, size + HUGE_PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (r->reserved == MAP_FAILED) return failed("mmap");
  r->start = (char *)(((uintptr_t)r->reserved + HUGE_PAGE - 1) & -HUGE_PAGE);
  if (thp && madvise(r->start, size, MADV_HUGEPAGE)) return failed("madvise");
  return 0;
}

static void unmap_ram(struct ram *r) { munmap(r->reserved, r->size + HUGE_PAGE); }

static int load(struct kernel *k, struct ram *r) {
  for (int i = 0; i < k->count; i++)
    if (read_at(k->fd, r->start + k->segment[i].gpa, k->segment[i].size, k->segment[i].offset))
      return -1;
  return 0;
}

static int set_cpuid(struct machine *m) {
  static struct { struct kvm_cpuid2 head; struct kvm_cpuid_entry2 room[MAX_CPUID]; } cpuid;
  cpuid.head.nent = MAX_CPUID;
  if (ioctl(m->kvm, KVM_GET_SUPPORTED_CPUID, &cpuid)) return failed("KVM_GET_SUPPORTED_CPUID");
  if (ioctl(m->vcpu, KVM_SET_CPUID2, &cpuid)) return failed("KVM_SET_CPUID2");
  return 0;
}

static struct kvm_segment flat(int selector, int type) {
  struct kvm_segment s = {.limit = 0xffffffff, .selector = selector, .type = type, .present = 1,
                          .db = 1, .s = 1, .g = 1};
  return s;
}

static int set_registers(struct machine *m, uint32_t entry) {
  struct kvm_sregs s;
  struct kvm_regs r = {.rip = entry, .rflags = 2};
  if (ioctl(m->vcpu, KVM_GET_SREGS, &s)) return failed("KVM_GET_SREGS");
  s.cs = flat(0x08, 11);
  s.ds = s.es = s.fs = s.gs = s.ss = flat(0x10, 3);
  s.tr = (struct kvm_segment){.limit = 0x67, .selector = 0x18, .type = 11, .present = 1};
  s.cr0 = 1;
  if (ioctl(m->vcpu, KVM_SET_SREGS, &s)) return failed("KVM_SET_SREGS");
  if (ioctl(m->vcpu, KVM_SET_REGS, &r)) return failed("KVM_SET_REGS");
  return 0;
}

static int create(struct machine *m) {
  if ((m->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC)) < 0) return failed("/dev/kvm");
  if ((m->vm = ioctl(m->kvm, KVM_CREATE_VM, 0)) < 0) return failed("KVM_CREATE_VM");
  uint64_t identity_map = 0xf8003000;
  if (ioctl(m->vm, KVM_SET_IDENTITY_MAP_ADDR, &identity_map)) return failed("identity map");
  if (ioctl(m->vm, KVM_SET_TSS_ADDR, 0xf8000000)) return failed("KVM_SET_TSS_ADDR");
  struct kvm_enable_cap split = {.cap = KVM_CAP_SPLIT_IRQCHIP, .args = {24}};
  if (ioctl(m->vm, KVM_ENABLE_CAP, &split)) return failed("KVM_CAP_SPLIT_IRQCHIP");
  struct kvm_userspace_memory_region region = {
      .memory_size = m->ram.size, .userspace_addr = (uintptr_t)m->ram.start};
  if (ioctl(m->vm, KVM_SET_USER_MEMORY_REGION, &region)) return failed("memory region");
  if ((m->vcpu = ioctl(m->vm, KVM_CREATE_VCPU, 0)) < 0) return failed("KVM_CREATE_VCPU");
  m->run_size = ioctl(m->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
  m->run = mmap(0, m->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, m->vcpu, 0);
  if (m->run == MAP_FAILED) return failed("mmap of the vCPU");
  return 0;
}

static void destroy(struct machine *m) {
  munmap(m->run, m->run_size);
  close(m->vcpu);
  close(m->vm);
  close(m->kvm);
  unmap_ram(&m->ram);
}

/* Runs to the byte on the serial port, answering other ports as a machine without devices. */
static int run_to(struct machine *m, int byte) {
  for (;;) {
    if (ioctl(m->vcpu, KVM_RUN, 0)) {
      if (errno == EINTR) continue;
      return failed("KVM_RUN");
    }
    struct kvm_run *run = m->run;
    if (run->exit_reason != KVM_EXIT_IO) {
      snprintf(failure, sizeof failure, "exit %d", run->exit_reason);
      return -1;
    }
    uint8_t *data = (uint8_t *)run + run->io.data_offset;
    for (uint32_t i = 0; i < run->io.count; i++, data += run->io.size) {
      uint16_t offset = run->io.port - SERIAL;
      if (offset >= sizeof m->serial) {
        if (run->io.direction == KVM_EXIT_IO_IN) memset(data, 0xff, run->io.size);
      } else if (run->io.direction == KVM_EXIT_IO_IN) {
        *data = m->serial[offset];
      } else {
        m->serial[offset] = *data;
        if (offset == 0 && (byte < 0 || *data == byte)) return 0;
      }
    }
  }
}

static int boot(struct machine *m, const char *path, size_t size, int thp) {
  struct kernel k;
  memset(m, 0, sizeof *m);
  int bad = open_kernel(&k, path) || map_ram(&m->ram, size, thp) || load(&k, &m->ram) ||
            create(m) || set_cpuid(m) || set_registers(m, k.entry);
  close(k.fd);
  return bad ? -1 : 0;
}

static int time_pio(const char *path, uint64_t *ns) {
  struct machine m;
  if (boot(&m, path, 512UL << 20, 1) || run_to(&m, 'S')) return -1;
  uint64_t start = now();
  if (run_to(&m, 'E')) return -1;
  *ns = now() - start;
  destroy(&m);
  return 0;
}

static int time_read(const char *path, size_t size, int thp, uint64_t *ns) {
  struct kernel k;
  struct ram r;
  if (open_kernel(&k, path)) return -1;
  uint64_t start = now();
  if (map_ram(&r, size, thp) || load(&k, &r)) return -1;
  *ns = now() - start;
  unmap_ram(&r);
  close(k.fd);
  return 0;
}

static int time_boot(const char *path, size_t size, int thp, uint64_t *ns) {
  struct machine m;
  uint64_t start = now();
  if (boot(&m, path, size, thp) || run_to(&m, -1)) return -1;
  *ns = now() - start;
  destroy(&m);
  return 0;
}

static int serve(void) {
  char line[4352], path[4096];
  size_t ram = 0;
  int thp = 0;
  while (fgets(line, sizeof line, stdin)) {
    uint64_t ns = 0;
    int bad = -1;
    if (sscanf(line, "pio %4095s", path) == 1) bad = time_pio(path, &ns);
    else if (sscanf(line, "read %4095s %zu %d", path, &ram, &thp) == 3)
      bad = time_read(path, ram, thp, &ns);
    else if (sscanf(line, "boot %4095s %zu %d", path, &ram, &thp) == 3)
      bad = time_boot(path, ram, thp, &ns);
    else {
      const char *wrong = net_command(line, &ns);
      bad = wrong != 0;
      if (bad) snprintf(failure, sizeof failure, "%.250s", wrong);
    }
    if (bad) printf("error %s\n", failure);
    else printf("ns %llu\n", (unsigned long long)ns);
    fflush(stdout);
  }
  net_end();
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "serve")) return serve();
  if (argc == 4 && !strcmp(argv[1], "first")) {
    struct machine m;
    if (boot(&m, argv[2], strtoul(argv[3], 0, 0), 1) || run_to(&m, -1)) {
      fprintf(stderr, "bench_vmm: %s\n", failure);
      return 1;
    }
    return write(1, m.serial, 1) != 1;
  }
  fprintf(stderr, "usage: bench_vmm serve | bench_vmm first ELF RAM\n");
  return 64;
}
