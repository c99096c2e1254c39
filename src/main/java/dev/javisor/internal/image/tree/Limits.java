package dev.javisor.internal.image.tree;

/**
 * What a tree may take at most, whatever its source says.
 *
 * @param bytes of all files' content together
 * @param files of all kinds
 */
public record Limits(long bytes, int files) {
  /** Far above what root file systems have, and far below what fills a host. */
  public static final Limits STANDARD = new Limits(64L << 30, 1_000_000);

  /** Parts of files with holes, of all of them together. */
  static final int RUNS = 1 << 20;

  /** Bytes of a path; Linux's PATH_MAX. */
  static final int PATH = 4096;

  /** Bytes of a name; ext4's limit. */
  static final int NAME = 255;

  /** Folders within folders: paths may be longer where links lead to links. */
  static final int DEPTH = 512;

  /** Links that may lead to links; as Linux has it. */
  static final int LINKS = 40;

  /** Bytes of all extended attributes of a file. */
  static final int ATTRIBUTES = 3072;

  /** Bytes of all files with holes together, the holes with them. */
  long sparseBytes() {
    return 16 * bytes;
  }
}
