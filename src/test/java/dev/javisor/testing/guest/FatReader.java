package dev.javisor.testing.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the root folder of a FAT16 file system by its chains, independently of the writer. */
public final class FatReader {
  private final byte[] image;
  private final ByteBuffer little;
  private final int clusterSize;
  private final int fat;
  private final int root;
  private final int rootEntries;
  private final int data;
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private String label = "";

  /** Reads it all, and fails where it contradicts itself. */
  public FatReader(byte[] image) {
    this.image = image;
    little = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    that((little.getShort(510) & 0xffff) == 0xaa55, "no boot sector");
    int sector = little.getShort(11);
    clusterSize = sector * image[13];
    fat = sector * little.getShort(14);
    int fatSize = sector * little.getShort(22);
    root = fat + fatSize * image[16];
    rootEntries = little.getShort(17);
    data = root + 32 * rootEntries;
    int sectors = little.getShort(19) != 0 ? little.getShort(19) & 0xffff : little.getInt(32);
    that(sectors * sector == image.length, "size");
    int clusters = (image.length - data) / clusterSize;
    that(clusters >= 4085 && clusters < 65_525, "not FAT16: clusters: " + clusters);
    that((clusters + 2) * 2 <= fatSize, "the FAT is too small");
    that(
        Arrays.equals(image, fat, fat + fatSize, image, fat + fatSize, fat + 2 * fatSize),
        "the FATs differ");
    readRoot();
  }

  public String label() {
    return label;
  }

  /** Long names and content. */
  public Map<String, byte[]> files() {
    return files;
  }

  private void readRoot() {
    String longName = "";
    int sum = 0;
    for (int at = root; at < root + 32 * rootEntries && image[at] != 0; at += 32) {
      int attributes = image[at + 11];
      if (attributes == 0xf) {
        sum = image[at + 13] & 0xff;
        longName = piece(at) + longName;
      } else if (attributes == 8) {
        label = new String(image, at, 11, StandardCharsets.US_ASCII).strip();
      } else {
        that(sum == checksum(at), "checksum of the short name of " + longName);
        files.put(longName, content(little.getShort(at + 26) & 0xffff, little.getInt(at + 28)));
        longName = "";
      }
    }
  }

  private String piece(int entry) {
    StringBuilder text = new StringBuilder();
    for (int at : new int[] {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30}) {
      char letter = little.getChar(entry + at);
      if (letter == 0) {
        break;
      }
      text.append(letter);
    }
    return text.toString();
  }

  private int checksum(int entry) {
    int sum = 0;
    for (int i = 0; i < 11; i++) {
      sum = (((sum << 7) | (sum >> 1)) + image[entry + i]) & 0xff;
    }
    return sum;
  }

  private byte[] content(int first, int size) {
    byte[] content = new byte[size];
    int cluster = first;
    for (int done = 0; done < size; done += clusterSize) {
      int from = data + (cluster - 2) * clusterSize;
      System.arraycopy(image, from, content, done, Math.min(clusterSize, size - done));
      cluster = little.getShort(fat + 2 * cluster) & 0xffff;
    }
    that(size == 0 ? first == 0 : cluster >= 0xfff8, "the chain goes on");
    return content;
  }

  private static void that(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
