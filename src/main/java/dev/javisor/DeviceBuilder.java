package dev.javisor;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.NetBackend;
import dev.javisor.config.DiskConfig;
import dev.javisor.config.NetConfig;
import dev.javisor.config.VsockConfig;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The part of {@link VirtualMachine.Builder} that is about devices but consoles: disks, networks,
 * sockets and the rest.
 *
 * <pre>{@code
 * builder.disk(Path.of("root.raw")).net(net -> net.user()).vsock().rng();
 * }</pre>
 *
 * <p>Threading: as the builder. Not meant to be implemented outside Javisor, but by mocks.
 *
 * @param <B> the builder, which each method returns
 */
public interface DeviceBuilder<B extends DeviceBuilder<B>> {
  /**
   * Adds a disk: a raw image file or a block device that the guest may write to. It is locked while
   * the machine runs.
   */
  B disk(Path path);

  /**
   * Adds a disk with a path.
   *
   * @param disk told at once
   */
  B disk(Consumer<? super DiskConfig> disk);

  /** Adds a disk that is Java code. It is never closed by the machine. */
  B disk(BlockBackend backend);

  /**
   * Adds a disk that is Java code. It is never closed by the machine.
   *
   * @param disk told at once; what is about files is not for such disks
   */
  B disk(BlockBackend backend, Consumer<? super DiskConfig> disk);

  /**
   * Adds a network device on a TAP interface that is made for it, with all values chosen by
   * Javisor: {@link VirtualMachine#nets} tells them.
   */
  B net();

  /**
   * Adds a network device on a TAP interface.
   *
   * @param net told at once
   */
  B net(Consumer<? super NetConfig> net);

  /** Adds a network device whose other side is Java code. It is never closed by the machine. */
  B net(NetBackend backend);

  /**
   * Adds a network device whose other side is Java code. It is never closed by the machine.
   *
   * @param net told at once; what is about interfaces is not for such devices
   */
  B net(NetBackend backend, Consumer<? super NetConfig> net);

  /**
   * Gives the guest a vsock device with CID 3: {@link VirtualMachine#vsock} connects to its ports.
   * Linux's driver is {@code vmw_vsock_virtio_transport}. Default: none.
   */
  B vsock();

  /**
   * Gives the guest a vsock device.
   *
   * @param vsock told at once
   */
  B vsock(Consumer<? super VsockConfig> vsock);

  /**
   * Gives the guest random numbers of the host's {@code /dev/urandom}: a virtio entropy device,
   * which Linux offers as {@code /dev/hwrng}. Default: no such device.
   */
  B rng();

  /**
   * Gives the guest random numbers: as {@link #rng()}, from another file.
   *
   * @param source a file that never ends, such as {@code /dev/hwrng}
   */
  B rng(Path source);

  /**
   * Gives the guest a panic device (pvpanic on the PCI bus), by which its kernel says that it has
   * panicked: the machine ends at once then, with {@link dev.javisor.event.VmExit.Panic}, whatever
   * {@code onReset} says, and whatever the console shows. A guest that has loaded a crash kernel
   * goes on into that. Linux's driver is {@code pvpanic-pci}, a module in most distributions.
   * Default: no such device.
   */
  B pvpanic();

  /**
   * Gives the guest a watchdog that resets it when it hangs: ACPI's WDAT, {@code /dev/watchdog} in
   * Linux by its module {@code wdat_wdt}. What a reset leads to is up to {@link
   * VirtualMachine.Builder#onReset}. It stands still while the machine is paused. Default: none.
   */
  B watchdog();

  /**
   * Has the machine's device queues served by a thread that it shares with other machines. Default:
   * each queue has a thread of its own, which is faster.
   *
   * @param loop made by {@link QueueLoop#create}
   * @throws IllegalArgumentException if it was not
   */
  B queueLoop(QueueLoop loop);
}
