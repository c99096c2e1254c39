package dev.javisor.testing.microguest;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.memory.GuestMemory;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What is in a machine's RAM, but for pages of zeros. */
public final class RamCopy {
  private static final int CHUNK = 64 << 10;

  private final Map<Long, byte[]> chunks = new TreeMap<>();

  private RamCopy() {}

  /** Copies it; nobody else writes meanwhile. */
  public static RamCopy of(GuestMemory memory) {
    RamCopy copy = new RamCopy();
    byte[] zeros = new byte[CHUNK];
    byte[] chunk = new byte[CHUNK];
    for (AddressRange range : memory.ranges()) {
      for (long at = 0; at < range.size(); at += CHUNK) {
        int length = (int) Math.min(CHUNK, range.size() - at);
        memory.read(range.base() + at, chunk, 0, length);
        if (!Arrays.equals(chunk, 0, length, zeros, 0, length)) {
          copy.chunks.put(range.base() + at, Arrays.copyOf(chunk, length));
        }
      }
    }
    return copy;
  }

  /** Writes it into a RAM of the same size that is all zeros. */
  public void to(GuestMemory memory) {
    chunks.forEach((gpa, bytes) -> memory.write(gpa, bytes, 0, bytes.length));
  }
}
