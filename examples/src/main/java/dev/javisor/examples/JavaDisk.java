package dev.javisor.examples;

import dev.javisor.VirtualMachine;
import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.BlockOperation;
import dev.javisor.backend.BlockRequest;
import dev.javisor.backend.BlockStatus;
import dev.javisor.event.VmExit;
import dev.javisor.guest.GuestPackages;
import dev.javisor.guest.Initramfs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A disk that is nowhere: each of its sectors is made up when the guest reads it, and says which
 * one it is. It has a terabyte and takes no space.
 */
public final class JavaDisk {
  private static final int SECTOR = 512;
  private static final long SIZE = 1L << 40;
  private static final String SCRIPT =
      """
      echo "The guest has a disk of $(cat /sys/block/vda/size) sectors:"
      for sector in 0 7 2147483647; do
        dd if=/dev/vda bs=512 skip=$sector count=1 2>/dev/null | head -n 1
      done
      dd if=/dev/zero of=/dev/vda count=1 2>/dev/null || echo "It cannot be written to."
      """;

  private JavaDisk() {}

  /** Answers reads; the machine sees to it that nothing else comes, since the disk is read-only. */
  private static final class NumberedSectors implements BlockBackend {
    final AtomicLong bytesRead = new AtomicLong();

    @Override
    public long size() {
      return SIZE;
    }

    @Override
    public boolean readOnly() {
      return true;
    }

    @Override
    public void submit(BlockRequest request) {
      if (request.operation() == BlockOperation.READ) {
        for (long at = 0; at < request.length(); at += SECTOR) {
          request.copyFrom(at, sector((request.offset() + at) / SECTOR), 0, SECTOR);
        }
        bytesRead.addAndGet(request.length());
      }
      request.complete(BlockStatus.OK);
    }

    private static byte[] sector(long number) {
      String text = "sector %d, made by Java\n".formatted(number);
      return Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), SECTOR);
    }
  }

  /**
   * Runs it; the exit status is 0 if the guest powered off.
   *
   * @param args none
   */
  public static void main(String[] args) throws InterruptedException {
    GuestPackages debian = GuestPackages.debian();
    Initramfs initramfs =
        Initramfs.builder()
            .busybox(debian.busybox())
            .modules(debian.kernel(), "virtio_pci", "virtio_blk")
            .init(SCRIPT)
            .build();
    NumberedSectors disk = new NumberedSectors();
    try (VirtualMachine vm =
        VirtualMachine.builder()
            .kernel(debian.kernel())
            .initramfs(initramfs)
            .cmdline("console=ttyS0 quiet panic=-1")
            .disk(disk)
            .console(System.out::println)
            .build()
            .boot()) {
      VmExit exit = vm.awaitExit(Duration.ofMinutes(5));
      System.out.println("Bytes that Java made: " + disk.bytesRead);
      System.exit(exit instanceof VmExit.PowerOff ? 0 : 1);
    }
  }
}
