package dev.javisor.testing.guest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the cpio format "newc" as the kernel does, independently of the writer. */
public final class CpioReader {
  private CpioReader() {}

  public record Item(
      String name, int inode, int mode, int links, int date, int major, int minor, byte[] content) {
    public String text() {
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  public static List<Item> read(byte[] archive) {
    List<Item> items = new ArrayList<>();
    int at = 0;
    while (true) {
      if (!new String(archive, at, 6, StandardCharsets.US_ASCII).equals("070701")) {
        throw new AssertionError("no header at " + at);
      }
      int[] fields = new int[13];
      for (int i = 0; i < fields.length; i++) {
        String digits = new String(archive, at + 6 + 8 * i, 8, StandardCharsets.US_ASCII);
        fields[i] = Integer.parseUnsignedInt(digits, 16);
      }
      String name = new String(archive, at + 110, fields[11] - 1, StandardCharsets.UTF_8);
      if (archive[at + 110 + fields[11] - 1] != 0) {
        throw new AssertionError("the name has no NUL: " + name);
      }
      int data = (at + 110 + fields[11] + 3) & ~3;
      byte[] content = Arrays.copyOfRange(archive, data, data + fields[6]);
      at = (data + fields[6] + 3) & ~3;
      if (name.equals("TRAILER!!!")) {
        for (int i = at; i < archive.length; i++) {
          if (archive[i] != 0) {
            throw new AssertionError("something behind the trailer at " + i);
          }
        }
        return items;
      }
      items.add(
          new Item(
              name, fields[0], fields[1], fields[4], fields[5], fields[9], fields[10], content));
    }
  }
}
