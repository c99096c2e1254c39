package dev.javisor.internal.machine;

import dev.javisor.event.VmExit;
import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.bus.Bus;
import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.bus.SystemControl;
import dev.javisor.internal.sys.KickSignal;
import dev.javisor.testing.microguest.BareMachine;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;

/**
 * A micro-guest whose first vCPU runs on a thread of its own, with what devices a test gives it.
 */
final class RunningBareMachine implements AutoCloseable {
  final BareMachine bare;
  final Bus pio = new Bus();
  final Bus mmio = new Bus();
  final CompletableFuture<VmExit> end = new CompletableFuture<>();
  IntConsumer endOfInterrupt = vector -> {};
  VcpuRunner runner;
  private Thread thread;

  RunningBareMachine(MicroGuest guest) {
    this(guest.bare());
  }

  RunningBareMachine(BareMachine bare) {
    this.bare = bare;
    KickSignal.ignore();
  }

  /** Puts a device at all ports, or else at all addresses that are no RAM. */
  RunningBareMachine with(boolean ports, BusDevice device) {
    (ports ? pio : mmio).add(new AddressRange(0, Long.MAX_VALUE), device);
    return this;
  }

  RunningBareMachine start() {
    return start(new CountDownLatch(0));
  }

  /** Starts a thread that the host does not let run until then. */
  RunningBareMachine start(CountDownLatch begin) {
    runner =
        new VcpuRunner(
            0,
            bare.vcpu(),
            new ExitDispatcher(pio, mmio, new NoControl(), endOfInterrupt),
            VcpuRunner.Command.RUN,
            end::complete);
    thread =
        new Thread(
            () -> {
              await(begin);
              runner.run();
            },
            "micro vcpu");
    thread.setDaemon(true);
    thread.start();
    runner.started();
    return this;
  }

  void park() {
    runner.command(VcpuRunner.Command.PARK);
    check(runner.awaitRest(MicroMachine.LONG), "park");
  }

  void resume() {
    runner.command(VcpuRunner.Command.RUN);
  }

  void stop() {
    runner.command(VcpuRunner.Command.STOP);
    check(runner.awaitEnd(MicroMachine.LONG), "stop");
  }

  @Override
  public void close() {
    stop();
    bare.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void check(boolean done, String what) {
    if (!done) {
      throw new AssertionError("the vCPU did not " + what + ": " + end.getNow(null));
    }
  }

  private static final class NoControl implements SystemControl {
    @Override
    public void powerOff() {}

    @Override
    public void reset() {}
  }
}
