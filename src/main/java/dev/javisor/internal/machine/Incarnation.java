package dev.javisor.internal.machine;

import dev.javisor.event.VcpuInfo;
import dev.javisor.internal.kvm.KvmVcpu;
import dev.javisor.internal.kvm.KvmVm;
import dev.javisor.internal.kvm.VcpuState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What is KVM's of a machine, from one reset to the next: its descriptor, its vCPUs and their
 * threads. A reset gets a new one: in the old one the guest's paravirtual registers would go on
 * writing into the reloaded RAM, and a vCPU that has run takes no other CPUID.
 *
 * <p>Threading: one thread at a time, under the machine's lock; {@link #inspect} from any thread.
 */
final class Incarnation {
  private static final Duration REST_LIMIT = Duration.ofSeconds(10);
  private static final Duration INSPECTION_LIMIT = Duration.ofMillis(500);

  private final KvmVm vm;
  private final List<KvmVcpu> vcpus;
  private final List<VcpuRunner> runners;
  private final MachineThreads threads;
  private final List<VcpuRunner> running = new ArrayList<>();
  private long clockAtPause;

  Incarnation(KvmVm vm, List<KvmVcpu> vcpus, List<VcpuRunner> runners, MachineThreads threads) {
    this.vm = vm;
    this.vcpus = List.copyOf(vcpus);
    this.runners = List.copyOf(runners);
    this.threads = threads;
  }

  /**
   * One that is parked.
   *
   * @param clockNanos the guest's paravirtual clock, once it goes on
   */
  static Incarnation parked(
      KvmVm vm,
      List<KvmVcpu> vcpus,
      List<VcpuRunner> runners,
      MachineThreads threads,
      long clockNanos) {
    Incarnation made = new Incarnation(vm, vcpus, runners, threads);
    made.clockAtPause = clockNanos;
    return made;
  }

  /**
   * Starts the vCPUs' threads.
   *
   * @throws IllegalStateException if the caller's factory makes none
   */
  void start() {
    List<Thread> made = new ArrayList<>();
    for (int i = 0; i < runners.size(); i++) {
      made.add(threads.newThread("vcpu" + i, runners.get(i)));
    }
    for (int i = 0; i < made.size(); i++) {
      made.get(i).start();
      runners.get(i).started();
      running.add(runners.get(i));
    }
  }

  /** Returns once no vCPU is in the guest; its paravirtual clock stands still then. */
  void park() {
    runners.forEach(runner -> runner.command(VcpuRunner.Command.PARK));
    awaitRest();
    clockAtPause = vm.clock();
  }

  /** Returns once all that are told to park are. */
  void awaitRest() {
    for (VcpuRunner runner : running) {
      check(runner, "pause", runner.awaitRest(REST_LIMIT));
    }
  }

  /** Goes on after {@link #park}. */
  void resume() {
    vm.setClock(clockAtPause);
    runners.forEach(runner -> runner.command(VcpuRunner.Command.RUN));
  }

  /** The guest's paravirtual clock in nanoseconds, while parked. */
  long clock() {
    return clockAtPause;
  }

  /** What the vCPUs are like, by number, while parked. */
  List<VcpuState> saveVcpus(List<Integer> msrIndices) {
    return vcpus.stream().map(vcpu -> vcpu.save(msrIndices)).toList();
  }

  /** Ends the vCPUs' threads. Later calls do nothing. */
  void stop() {
    runners.forEach(runner -> runner.command(VcpuRunner.Command.STOP));
    for (VcpuRunner runner : running) {
      check(runner, "stop", runner.awaitEnd(REST_LIMIT));
    }
  }

  /** Gives KVM's part back, after {@link #stop}, and once no device uses it. */
  void close() {
    vcpus.forEach(KvmVcpu::close);
    vm.close();
  }

  /** What the vCPUs are doing. */
  List<VcpuInfo> inspect() {
    List<VcpuInfo> reports = new ArrayList<>();
    runners.forEach(runner -> reports.add(runner.inspect(INSPECTION_LIMIT)));
    return List.copyOf(reports);
  }

  KvmVm vm() {
    return vm;
  }

  List<KvmVcpu> vcpus() {
    return vcpus;
  }

  private static void check(VcpuRunner runner, String what, boolean reached) {
    if (!reached) {
      // Freeing what a vCPU still runs on would end the JVM; so nothing is freed.
      throw new IllegalStateException(
          "vCPU %d did not %s within %s".formatted(runner.id(), what, REST_LIMIT));
    }
  }
}
