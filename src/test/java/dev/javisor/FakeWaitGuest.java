package dev.javisor;

import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A machine whose time passes only while somebody waits. */
final class FakeWaitGuest implements WaitClock {
  private record Deed(Duration time, Runnable deed) {}

  final VirtualMachine vm = mock(VirtualMachine.class);
  final CompletableFuture<VmExit> exit = new CompletableFuture<>();
  final List<Deed> deeds = new ArrayList<>();
  Duration time = Duration.ZERO;
  String console = "";
  String panic;
  double multiplier = 1;
  Executor threads = Runnable::run;

  FakeWaitGuest() {
    Console shown = mock(Console.class);
    when(vm.name()).thenReturn("test");
    when(vm.state()).thenReturn(VmState.RUNNING);
    when(vm.exit()).thenReturn(exit);
    when(vm.console()).thenReturn(shown);
    VcpuInfo vcpu = mock(VcpuInfo.class);
    when(vm.vcpus()).thenReturn(List.of(vcpu));
    when(shown.text()).thenAnswer(call -> console);
    when(shown.tail(anyInt())).thenReturn("the tail");
  }

  void at(Duration moment, Runnable deed) {
    deeds.add(new Deed(moment, deed));
  }

  void waitFor(Wait... waits) throws InterruptedException {
    run(this, waits);
  }

  void waitInRealTime(Wait... waits) throws InterruptedException {
    run(WaitClock.SYSTEM, waits);
  }

  private void run(WaitClock clock, Wait... waits) throws InterruptedException {
    new WaitRun(vm, WaitRun.of(waits), multiplier, clock, threads, () -> panic).run();
  }

  @Override
  public long nanos() {
    return time.toNanos();
  }

  @Override
  public void pass(Duration pause, CompletableFuture<?> end) {
    Duration until = time.plus(pause);
    for (Deed deed : List.copyOf(deeds)) {
      if (deed.time().compareTo(until) <= 0 && !end.isDone()) {
        deeds.remove(deed);
        time = deed.time();
        deed.deed().run();
      }
    }
    time = end.isDone() ? time : until;
  }
}
