package dev.javisor.linux;

import dev.javisor.config.DiskEngine;
import java.nio.file.Path;

/**
 * A guest that writes numbered blocks to two disks for ever, and a line to stdout for each that it
 * has flushed. {@code scripts/test-power-cut} starts it in a lab, cuts the lab's power, and looks
 * whether the blocks are there.
 */
public final class PowerCut {
  /** Block n is the number n in decimal and a line feed: a disk of them is a text of n lines. */
  private static final String WRITER =
      """
      n=0; while :; do n=$((n + 1)); for disk in vda vdb; do \
      printf '%04095d\\n' $n | dd of=/dev/$disk bs=4096 seek=$((n - 1)) iflag=fullblock \
      conv=notrunc,fsync 2>/dev/null && echo "fsynced $disk $n"; done; done""";

  private PowerCut() {}

  /** Never ends by itself; takes the paths of two disks. */
  public static void main(String[] args) throws InterruptedException {
    try (LinuxGuest guest =
        LinuxGuest.boot(
            builder ->
                builder
                    .memory("256M")
                    .disk(disk -> disk.path(Path.of(args[0])).engine(DiskEngine.SYNC))
                    .disk(disk -> disk.path(Path.of(args[1])).engine(DiskEngine.IO_URING))
                    .console(PowerCut::report),
            "virtio_pci",
            "virtio_blk")) {
      guest.run(WRITER);
    }
  }

  private static void report(String line) {
    if (line.startsWith("fsynced ")) {
      System.out.println(line);
    }
  }
}
