package dev.javisor.internal.pci;

import dev.javisor.internal.bus.BusDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * The 256 bytes of registers of a function, of which the guest can write some bits.
 *
 * <p>Threading: {@link #read} from any thread, with neither lock nor allocation: a boot consists of
 * little else. Everything else under the bus's lock, or before the function is known to anyone.
 */
final class ConfigSpace {
  static final int SIZE = 256;

  private static final int WORDS = SIZE / 4;

  private final AtomicIntegerArray words = new AtomicIntegerArray(WORDS);
  private final int[] initial = new int[WORDS];
  private final int[] writable = new int[WORDS];
  private final @Nullable BusDevice[] windows = new @Nullable BusDevice[WORDS];
  private final int[] windowStarts = new int[WORDS];

  /**
   * Says what a register holds after a reset, and which of its bits the guest can write.
   *
   * @param size 1, 2 or 4; the register does not straddle a multiple of 4
   */
  void define(int offset, int size, int value, int mask) {
    int word = offset / 4;
    int shift = 8 * (offset % 4);
    int bits = mask(size) << shift;
    initial[word] = initial[word] & ~bits | value << shift & bits;
    writable[word] = writable[word] & ~bits | mask << shift & bits;
    words.set(word, initial[word]);
  }

  /** Lets a device answer for these bytes: see {@link PciCapability#window}. */
  void window(int offset, int size, BusDevice registers) {
    for (int at = offset; at < offset + size; at += 4) {
      windows[at / 4] = registers;
      windowStarts[at / 4] = offset;
    }
  }

  /**
   * Reads within one word.
   *
   * @param offset 0 to 255
   * @param size 1, 2 or 4
   */
  int read(int offset, int size) {
    int word = offset / 4;
    BusDevice window = windows[word];
    if (window != null) {
      return (int) window.read(offset - windowStarts[word], size) & mask(size);
    }
    return words.get(word) >>> 8 * (offset % 4) & mask(size);
  }

  /** Writes within one word what the guest may write of it. */
  void write(int offset, int size, int value) {
    int word = offset / 4;
    BusDevice window = windows[word];
    if (window != null) {
      window.write(offset - windowStarts[word], size, value & mask(size) & 0xffff_ffffL);
      return;
    }
    int shift = 8 * (offset % 4);
    int bits = writable[word] & mask(size) << shift;
    words.set(word, words.get(word) & ~bits | value << shift & bits);
  }

  /** The word at this offset, a multiple of 4. */
  int word(int offset) {
    return words.get(offset / 4);
  }

  void reset() {
    for (int i = 0; i < WORDS; i++) {
      words.set(i, initial[i]);
    }
  }

  List<Integer> save() {
    List<Integer> saved = new ArrayList<>();
    for (int i = 0; i < WORDS; i++) {
      saved.add(words.get(i));
    }
    return List.copyOf(saved);
  }

  /**
   * Takes over what {@link #save} returned.
   *
   * @throws IllegalArgumentException if it is another function's: a read-only bit differs
   */
  void restore(List<Integer> saved) {
    check(saved);
    for (int i = 0; i < WORDS; i++) {
      words.set(i, saved.get(i));
    }
  }

  /** Refuses what {@link #restore} would refuse, and changes nothing. */
  void check(List<Integer> saved) {
    PciCheck.that(saved.size() == WORDS, "%d words".formatted(saved.size()));
    for (int i = 0; i < WORDS; i++) {
      int difference = (saved.get(i) ^ initial[i]) & ~writable[i];
      PciCheck.that(
          difference == 0,
          "register 0x%x: 0x%x, here it is 0x%x".formatted(4 * i, saved.get(i), initial[i]));
    }
  }

  private static int mask(int size) {
    return -1 >>> 32 - 8 * size;
  }
}
