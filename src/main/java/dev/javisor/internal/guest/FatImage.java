package dev.javisor.internal.guest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Writes a FAT16 file system with some files in its root folder. The same content gives the same
 * bytes.
 *
 * <p>Source: Microsoft Extensible Firmware Initiative FAT32 File System Specification 1.03 ("FAT:
 * General Overview of On-Disk Format"), which covers FAT16 and long names.
 *
 * <p>Not written: folders, times of files, FAT12 and FAT32.
 */
public final class FatImage {
  private static final int SECTOR = 512;
  private static final int RESERVED_SECTORS = 1;
  private static final int FATS = 2;
  private static final int ROOT_ENTRIES = 512;
  private static final int ENTRY = 32;
  private static final int ROOT_SECTORS = ROOT_ENTRIES * ENTRY / SECTOR;
  private static final int FIRST_CLUSTER = 2;

  /** Fewer clusters would be FAT12; a few more, as some readers err by a few. */
  private static final int LEAST_CLUSTERS = 4085 + 16;

  private static final int MOST_CLUSTERS = 65_524 - 16;
  private static final int MEDIA = 0xf8;
  private static final int END_OF_CHAIN = 0xffff;
  private static final int ATTRIBUTE_LABEL = 8;
  private static final int ATTRIBUTE_LONG_NAME = 0xf;

  /** 1 January 1980, the first day that there is. */
  private static final int DATE = 1 << 5 | 1;

  private static final int LONG_NAME_PIECE = 13;
  private static final int LONGEST_LABEL = 11;

  private final int clusterSize;
  private final int clusters;
  private final int fatSectors;
  private final ByteBuffer image;

  private FatImage(int clusterSize, int clusters) {
    this.clusterSize = clusterSize;
    this.clusters = clusters;
    fatSectors = (2 * (clusters + FIRST_CLUSTER) + SECTOR - 1) / SECTOR;
    image = ByteBuffer.allocate(sectors() * SECTOR).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Writes a file system.
   *
   * @param label the volume's, up to 11 capital letters and digits
   * @param files their names, of ASCII letters, digits, {@code -} and {@code _}, and their content
   * @throws IllegalArgumentException if label or a name is something else, or there is too much
   */
  public static byte[] of(String label, Map<String, byte[]> files) {
    if (!label.matches("[A-Z0-9]{1,%d}".formatted(LONGEST_LABEL))) {
      throw new IllegalArgumentException("label " + label);
    }
    int clusterSize = SECTOR;
    while (clustersOf(files, clusterSize) > MOST_CLUSTERS) {
      clusterSize *= 2;
      if (clusterSize > 64 * SECTOR) {
        throw new IllegalArgumentException("more than a FAT16 file system holds");
      }
    }
    int clusters = (int) Math.max(LEAST_CLUSTERS, clustersOf(files, clusterSize));
    FatImage fat = new FatImage(clusterSize, clusters);
    fat.writeBootSector(label, files);
    fat.writeFiles(label, files);
    return fat.image.array();
  }

  private static long clustersOf(Map<String, byte[]> files, int clusterSize) {
    long clusters = 0;
    for (byte[] content : files.values()) {
      clusters += (content.length + clusterSize - 1L) / clusterSize;
    }
    return clusters;
  }

  private int sectors() {
    return dataSector() + clusters * (clusterSize / SECTOR);
  }

  private int dataSector() {
    return RESERVED_SECTORS + FATS * fatSectors + ROOT_SECTORS;
  }

  private void writeBootSector(String label, Map<String, byte[]> files) {
    image.put(0, new byte[] {(byte) 0xeb, 0x3c, (byte) 0x90});
    text(3, "javisor", 8);
    image.putShort(11, (short) SECTOR).put(13, (byte) (clusterSize / SECTOR));
    image.putShort(14, (short) RESERVED_SECTORS).put(16, (byte) FATS);
    image.putShort(17, (short) ROOT_ENTRIES).put(21, (byte) MEDIA);
    image.putShort(22, (short) fatSectors);
    // A geometry, as readers of old look for one.
    image.putShort(24, (short) 32).putShort(26, (short) 64);
    if (sectors() < 1 << 16) {
      image.putShort(19, (short) sectors());
    } else {
      image.putInt(32, sectors());
    }
    image.put(36, (byte) 0x80).put(38, (byte) 0x29).putInt(39, serial(files));
    text(43, label, LONGEST_LABEL);
    text(54, "FAT16", 8);
    image.putShort(510, (short) 0xaa55);
  }

  private static int serial(Map<String, byte[]> files) {
    CRC32 crc = new CRC32();
    files.forEach(
        (name, content) -> {
          crc.update(name.getBytes(StandardCharsets.US_ASCII));
          crc.update(content);
        });
    return (int) crc.getValue();
  }

  private void writeFiles(String label, Map<String, byte[]> files) {
    link(0, 0xff00 | MEDIA);
    link(1, END_OF_CHAIN);
    ByteArrayOutputStream root = new ByteArrayOutputStream();
    root.writeBytes(entry(padded(label, LONGEST_LABEL), ATTRIBUTE_LABEL, 0, 0));
    int cluster = FIRST_CLUSTER;
    int number = 1;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      byte[] content = file.getValue();
      String shortName = shortName(file.getKey(), number++);
      longName(file.getKey(), checksum(shortName), root);
      root.writeBytes(entry(shortName, 0, content.length == 0 ? 0 : cluster, content.length));
      image.put((dataSector() * SECTOR) + (cluster - FIRST_CLUSTER) * clusterSize, content);
      for (int left = content.length; left > 0; left -= clusterSize) {
        link(cluster, left > clusterSize ? cluster + 1 : END_OF_CHAIN);
        cluster++;
      }
    }
    if (root.size() > ROOT_ENTRIES * ENTRY) {
      throw new IllegalArgumentException(files.size() + " files");
    }
    image.put((RESERVED_SECTORS + FATS * fatSectors) * SECTOR, root.toByteArray());
  }

  private void link(int cluster, int next) {
    for (int fat = 0; fat < FATS; fat++) {
      int at = (RESERVED_SECTORS + fat * fatSectors) * SECTOR + 2 * cluster;
      image.putShort(at, (short) next);
    }
  }

  private static byte[] entry(String name, int attributes, int cluster, int size) {
    return ByteBuffer.allocate(ENTRY)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(name.getBytes(StandardCharsets.US_ASCII))
        .put((byte) attributes)
        .putShort(16, (short) DATE)
        .putShort(18, (short) DATE)
        .putShort(24, (short) DATE)
        .putShort(26, (short) cluster)
        .putInt(28, size)
        .array();
  }

  /** A name of 8 letters that no other file has: the long one is what readers show. */
  private static String shortName(String name, int number) {
    if (!name.matches("[A-Za-z0-9_-]{1,255}")) {
      throw new IllegalArgumentException("file name " + name);
    }
    String tail = "~" + number;
    String head = name.toUpperCase(Locale.ROOT);
    return padded(head.substring(0, Math.min(head.length(), 8 - tail.length())) + tail, 11);
  }

  private static int checksum(String shortName) {
    int sum = 0;
    for (int i = 0; i < shortName.length(); i++) {
      sum = ((sum & 1) << 7 | (sum & 0xff) >> 1) + shortName.charAt(i) & 0xff;
    }
    return sum;
  }

  /** The entries before the short one, the last piece of the name first. */
  private static void longName(String name, int checksum, ByteArrayOutputStream root) {
    int pieces = (name.length() + LONG_NAME_PIECE - 1) / LONG_NAME_PIECE;
    for (int piece = pieces; piece > 0; piece--) {
      ByteBuffer entry = ByteBuffer.allocate(ENTRY).order(ByteOrder.LITTLE_ENDIAN);
      entry.put((byte) (piece | (piece == pieces ? 0x40 : 0)));
      for (int i = 0; i < LONG_NAME_PIECE; i++) {
        int at = (piece - 1) * LONG_NAME_PIECE + i;
        int letter = at < name.length() ? name.charAt(at) : at == name.length() ? 0 : 0xffff;
        entry.putShort(
            i < 5 ? 1 + 2 * i : i < 11 ? 14 + 2 * (i - 5) : 28 + 2 * (i - 11), (short) letter);
      }
      entry.put(11, (byte) ATTRIBUTE_LONG_NAME).put(13, (byte) checksum);
      root.writeBytes(entry.array());
    }
  }

  private void text(int at, String text, int length) {
    image.put(at, padded(text, length).getBytes(StandardCharsets.US_ASCII));
  }

  private static String padded(String text, int length) {
    return text + " ".repeat(length - text.length());
  }
}
