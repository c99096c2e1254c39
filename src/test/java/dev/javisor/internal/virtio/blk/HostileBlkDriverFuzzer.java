package dev.javisor.internal.virtio.blk;

import dev.javisor.backend.BlockBackend;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.BackendDisk;
import java.util.Random;

/**
 * The property test of {@link HostileBlkDriverTest} as a target for Jazzer: {@code mvn -Pfuzz
 * -Dfuzz.target=dev.javisor.internal.virtio.blk.HostileBlkDriverFuzzer test-compile exec:exec}.
 */
public final class HostileBlkDriverFuzzer {
  private HostileBlkDriverFuzzer() {}

  /** Makes the requests that a program stands for, of a disk in memory. */
  public static void fuzzerTestOneInput(byte[] program) {
    BlockBackend backend = BlockBackend.inMemory(HostileBlkDriver.DISK_BYTES);
    BlkConfig config =
        new BlkConfig("disk0", 1, BlkDriver.QUEUE_SIZE, RateLimiter.UNLIMITED, "serial");
    VirtioDisk device =
        VirtioDisk.create(
            config, new BackendDisk("disk0", backend, false), System::nanoTime, BlkDriver.NO_TIMER);
    try (HostileBlkDriver driver = new HostileBlkDriver(device)) {
      Program chance = new Program(program);
      driver.play(chance, chance::goesOn);
    }
  }

  /** Numbers from a program's bytes; zeros behind its end. */
  private static final class Program extends Random {
    private static final long serialVersionUID = 1L;

    private final byte[] bytes;
    private int at;

    Program(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    boolean goesOn() {
      return at < bytes.length;
    }

    @Override
    public void nextBytes(byte[] target) {
      // They are data; they need not use the program up.
    }

    @Override
    protected int next(int bits) {
      int value = 0;
      // Two bytes: most choices are among few.
      for (int i = 0; i < 2; i++) {
        value = value << 8 | (at < bytes.length ? bytes[at++] & 0xff : 0);
      }
      return bits >= 16 ? value << bits - 16 : value >>> 16 - bits;
    }
  }
}
