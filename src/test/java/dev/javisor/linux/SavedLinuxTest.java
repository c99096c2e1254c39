package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Linux that copies between disks is saved, and goes on in a new machine, again and again. */
@Tag("linux-guest")
class SavedLinuxTest {
  private static final int ROUNDS = 8;
  private static final int ROUND_BYTES = 2 << 20;
  private static final int SOURCE_BYTES = 4 * ROUND_BYTES;

  /** Each round writes past the host's page cache, piece by piece, and reads back. */
  private static final String COPY_ROUNDS =
      """
      dmesg -n 1
      for n in 0 1 2 3 4 5 6 7; do
        dd if=/dev/vda of=/dev/vdb bs=64k count=32 skip=$((n % 4 * 32)) seek=$((n * 32)) \
          oflag=direct 2>/dev/null
        echo 3 >/proc/sys/vm/drop_caches
        echo "@@sum $n $(dd if=/dev/vdb bs=64k count=32 skip=$((n * 32)) 2>/dev/null | md5sum)"
        echo "@@rng $n $(head -c 1000 /dev/hwrng | wc -c)"
      done
      dmesg | grep -iE 'fail|error|bug|unable|stall|lockup|hung' | sed 's/^/@@dmesg /'
      echo @@end
      poweroff -f
      """;

  @Test
  void shouldGoOnCopying_whenSavedAndRestored() throws Exception {
    byte[] content = new byte[SOURCE_BYTES];
    new Random(1).nextBytes(content);
    Path source = Files.write(LinuxDisks.sparse("source.raw", SOURCE_BYTES), content);
    Path target = LinuxDisks.sparse("target.raw", ROUNDS * ROUND_BYTES);
    Path initramfs =
        LinuxGuest.initramfs(
            COPY_ROUNDS, "virtio_pci", "virtio_blk", "virtio_console", "virtio_rng");
    try (MovingLinux linux = MovingLinux.boot(initramfs, source, target)) {
      for (int round : List.of(1, 3, 5)) {
        linux.awaitLine("@@rng " + round + " ");
        linux.awaitWritten("disk1", ROUND_BYTES / 4);
        linux.move();
      }
      assertEquals(new VmExit.PowerOff(), linux.awaitExit());

      List<String> lines = linux.lines();
      for (int round = 0; round < ROUNDS; round++) {
        String sum = md5(piece(content, round));
        assertTrue(lines.contains("@@sum " + round + " " + sum + "  -"), "sum " + round + lines);
        assertTrue(lines.contains("@@rng " + round + " 1000"), "rng " + round + lines);
        assertArrayEquals(
            piece(content, round),
            Arrays.copyOfRange(
                Files.readAllBytes(target), round * ROUND_BYTES, (round + 1) * ROUND_BYTES));
      }
      assertEquals(2 * ROUNDS, lines.stream().filter(SavedLinuxTest::tellsOfRound).count());
      assertEquals(List.of(), complaints(lines));
    } finally {
      for (Path file : List.of(source, target, initramfs)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static boolean tellsOfRound(String line) {
    return line.startsWith("@@sum") || line.startsWith("@@rng");
  }

  private static List<String> complaints(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("@@dmesg"))
        .filter(line -> !KnownMessages.isHarmless(line))
        // The console's driver is a module, which comes later.
        .filter(line -> !line.contains("unable to open an initial console"))
        .toList();
  }

  private static byte[] piece(byte[] content, int round) {
    int from = round * ROUND_BYTES % SOURCE_BYTES;
    return Arrays.copyOfRange(content, from, from + ROUND_BYTES);
  }

  private static String md5(byte[] bytes) throws NoSuchAlgorithmException, IOException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
  }
}
