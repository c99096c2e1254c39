package dev.javisor.image;

import dev.javisor.VirtualMachine;
import dev.javisor.agent.ExitStatus;
import dev.javisor.agent.GuestProcess;
import dev.javisor.backend.BlockBackend;
import dev.javisor.config.OnReset;
import java.time.Duration;

/** An image's machine and program, and the disk that goes with them. */
final class RunningImage implements ImageRun {
  /** The agent stays process 1 where the kernel is told that it is init. */
  private static final String CMDLINE = "console=ttyS0 root=/dev/vda rw init=/javisor/agent";

  private final VirtualMachine vm;
  private final BlockBackend disk;
  private final GuestProcess process;

  private RunningImage(VirtualMachine vm, BlockBackend disk, GuestProcess process) {
    this.vm = vm;
    this.disk = disk;
    this.process = process;
  }

  static RunningImage start(Image image, RunSettings settings) throws InterruptedException {
    String[] argv = settings.argv();
    BlockBackend disk = image.overlay();
    VirtualMachine vm = null;
    boolean started = false;
    try {
      VirtualMachine.Builder builder =
          VirtualMachine.builder()
              .kernel(settings.kernel())
              .cmdline(CMDLINE)
              .disk(disk)
              .onReset(OnReset.EXIT)
              .net(net -> net.user())
              .agent();
      settings.configure(builder);
      vm = builder.build();
      vm.boot();
      vm.agent().awaitReady(settings.timeout());
      GuestProcess process = settings.applyTo(vm.agent().command(argv)).start();
      started = true;
      return new RunningImage(vm, disk, process);
    } finally {
      if (!started) {
        if (vm != null) {
          vm.close();
        }
        disk.close();
      }
    }
  }

  @Override
  public VirtualMachine vm() {
    return vm;
  }

  @Override
  public GuestProcess process() {
    return process;
  }

  @Override
  public ExitStatus awaitExit(Duration timeout) throws InterruptedException {
    return process.waitFor(timeout);
  }

  @Override
  public void close() {
    try {
      process.close();
      vm.close();
    } finally {
      disk.close();
    }
  }
}
