package dev.javisor;

import dev.javisor.agent.Agent;
import dev.javisor.config.NetChannel;
import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmState;
import dev.javisor.internal.config.MachineSize;
import dev.javisor.internal.machine.MachineSpec;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The handle that users hold. All it does is delegate, and be missed when it is lost. */
final class DefaultVirtualMachine implements VirtualMachine, MachineSize {
  private static final Logger LOG = LoggerFactory.getLogger(VirtualMachine.class);
  private static final Cleaner CLEANER = Cleaner.create();

  private final VmLifecycle lifecycle;
  private final Console console;
  private final List<NetDevice> nets;
  private final Optional<DefaultVsock> vsock;
  private final Optional<VmAgent> agent;
  private final double timeoutMultiplier;
  private final int vcpuCount;
  private final long ramBytes;
  private final Cleaner.Cleanable leakReport;

  /**
   * @param spec what its setup has come to
   */
  DefaultVirtualMachine(VmSetup setup, MachineSpec spec) {
    lifecycle = new VmLifecycle(setup);
    nets = setup.nets();
    vsock = setup.vsock();
    agent = setup.agent();
    timeoutMultiplier = setup.timeoutMultiplier();
    vcpuCount = spec.cpus().count();
    ramBytes = spec.ram().bytes();
    console = new DefaultConsole(this, lifecycle);
    leakReport =
        CLEANER.register(this, new LeakReport(lifecycle, new Throwable("it was created here")));
  }

  @Override
  public String name() {
    return lifecycle.name();
  }

  @Override
  public VmState state() {
    return lifecycle.state();
  }

  @Override
  public VirtualMachine boot() {
    lifecycle.boot(this);
    return this;
  }

  @Override
  public void pause() {
    lifecycle.pause();
  }

  @Override
  public void resume() {
    lifecycle.resume();
  }

  @Override
  public void reset() {
    lifecycle.reset();
  }

  @Override
  public void powerButton() {
    lifecycle.powerButton();
  }

  @Override
  public boolean shutdown(Duration timeout) throws InterruptedException {
    return lifecycle.shutdown(Objects.requireNonNull(timeout, "timeout"));
  }

  @Override
  public void kill() {
    lifecycle.kill();
  }

  @Override
  public VmExit awaitExit(Duration timeout) throws InterruptedException {
    return lifecycle.awaitExit(Objects.requireNonNull(timeout, "timeout"));
  }

  @Override
  public VirtualMachine waitFor(Wait... waits) throws InterruptedException {
    Wait wait = WaitRun.of(waits.clone());
    lifecycle.checkMayWait("waitFor()");
    Executor threads = look -> lifecycle.newThread("wait", look).start();
    new WaitRun(this, wait, timeoutMultiplier, WaitClock.SYSTEM, threads, lifecycle::endlessPanic)
        .run();
    return this;
  }

  @Override
  public CompletableFuture<VmExit> exit() {
    return lifecycle.exited().copy();
  }

  @Override
  public Console console() {
    return console;
  }

  @Override
  public Optional<Path> serialPath() {
    return lifecycle.serialPath();
  }

  @Override
  public Optional<Path> virtioConsolePath() {
    return lifecycle.virtioConsolePath();
  }

  @Override
  public List<VcpuInfo> vcpus() {
    return lifecycle.vcpus();
  }

  @Override
  public int vcpuCount() {
    return vcpuCount;
  }

  @Override
  public long ramBytes() {
    return ramBytes;
  }

  @Override
  public Map<String, Map<String, Long>> counters() {
    return lifecycle.counters();
  }

  @Override
  public List<NetDevice> nets() {
    return nets;
  }

  @Override
  public NetDevice net(String id) {
    return nets.stream()
        .filter(net -> net.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no network device %s; there are %s"
                        .formatted(id, nets.stream().map(NetDevice::id).toList())));
  }

  @Override
  public int port(int guestPort) {
    return UserNets.hostPort(nets, guestPort);
  }

  @Override
  public NetChannel connect(int guestPort, Duration timeout) throws IOException {
    return UserNets.connect(nets, guestPort, timeout);
  }

  @Override
  public Vsock vsock() {
    return vsock.orElseThrow(
        () -> new IllegalStateException("no vsock device; the builder's vsock() gives one"));
  }

  @Override
  public Agent agent() {
    return agent
        .map(VmAgent::api)
        .orElseThrow(
            () -> new IllegalStateException("no guest agent; the builder's agent() brings one"));
  }

  @Override
  public void close() {
    lifecycle.close(new VmExit.Killed());
    leakReport.clean();
  }

  @Override
  public String toString() {
    return "VM %s (%s)".formatted(name(), state());
  }

  /** Runs when the handle is lost, or closed. Must not reach the handle. */
  private record LeakReport(VmLifecycle lifecycle, Throwable creation) implements Runnable {
    @Override
    public void run() {
      if (lifecycle.state() != VmState.CLOSED) {
        LOG.warn("VM {} was never closed", lifecycle.name(), creation);
        lifecycle.closeLost();
      }
    }
  }
}
