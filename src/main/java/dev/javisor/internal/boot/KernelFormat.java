package dev.javisor.internal.boot;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

/** Tells by a file's first bytes what it is, and names what it is instead of a kernel. */
final class KernelFormat {
  private static final int HEAD = 1024;
  private static final int SHOWN = 8;
  private static final int ELF_MAGIC = 0x464c457f;
  private static final String PASS = ": pass the vmlinux or bzImage";

  /** Bytes at an offset, in hex, and what they give away. */
  private record Magic(int offset, String bytes, String meaning) {}

  private static final List<Magic> OTHERS =
      List.of(
          new Magic(0x38, "41524d64", "an AArch64 kernel, for another machine" + PASS),
          new Magic(0x38, "52534305", "a RISC-V kernel, for another machine" + PASS),
          new Magic(0, "1f8b", "gzip data: unpack it, if a kernel is in it"),
          new Magic(0, "fd377a585a00", "xz data: unpack it, if a kernel is in it"),
          new Magic(0, "28b52ffd", "Zstandard data: unpack it, if a kernel is in it"),
          new Magic(0, "04224d18", "LZ4 data: unpack it, if a kernel is in it"),
          new Magic(0, "02214c18", "LZ4 data: unpack it, if a kernel is in it"),
          new Magic(0, "425a68", "bzip2 data: unpack it, if a kernel is in it"),
          new Magic(0, "27051956", "a U-Boot image" + PASS),
          new Magic(0, "213c617263683e0a", "a package or library (ar): take the kernel out of it"),
          new Magic(0, "070701", "a cpio archive, an initramfs perhaps" + PASS),
          new Magic(0, "303730373031", "a cpio archive, an initramfs perhaps" + PASS),
          new Magic(0, "514649fb", "a qcow2 disk image" + PASS),
          new Magic(0, "2321", "a script" + PASS),
          new Magic(0, "504b0304", "a zip or jar file" + PASS),
          new Magic(0, "4d5a", "a PE file (EFI or Windows) that is no Linux kernel" + PASS));

  private KernelFormat() {}

  static KernelImage read(KernelFile file) {
    ByteBuffer head = file.readUpTo(0, HEAD);
    if (head.limit() == 0) {
      throw PayloadException.kernel("the file is empty" + PASS);
    }
    if (head.limit() >= Integer.BYTES && head.getInt(0) == ELF_MAGIC) {
      return ElfParser.parse(file);
    }
    if (BzImageParser.recognizes(head)) {
      return BzImageParser.parse(file);
    }
    throw new PayloadException(PayloadPart.KERNEL, "not a kernel, but " + describe(head));
  }

  private static String describe(ByteBuffer head) {
    for (Magic magic : OTHERS) {
      if (hex(head, magic.offset(), magic.bytes().length() / 2).equals(magic.bytes())) {
        return magic.meaning();
      }
    }
    return "something that starts with the bytes " + hex(head, 0, SHOWN) + PASS;
  }

  private static String hex(ByteBuffer head, int offset, int length) {
    int available = Math.max(0, Math.min(length, head.limit() - offset));
    byte[] bytes = new byte[available];
    if (available > 0) {
      head.get(offset, bytes);
    }
    return HexFormat.of().formatHex(bytes);
  }
}
