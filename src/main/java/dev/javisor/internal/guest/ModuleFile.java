package dev.javisor.internal.guest;

import dev.javisor.internal.compress.Decompressors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A kernel module: an ELF64 object whose section {@code .modinfo} tells, as {@code key=value}
 * strings, what it needs (Linux include/linux/module.h MODULE_INFO). Nothing else of a package
 * lists dependencies before depmod(8) has run, and packages that are only unpacked never see it.
 */
public final class ModuleFile {
  private static final int MAX_SIZE = 256 << 20;
  private static final int ELF = 0x464c457f;
  private static final int SECTION_HEADER = 64;

  private final List<String> info;

  private ModuleFile(List<String> info) {
    this.info = info;
  }

  /**
   * A module's bytes, uncompressed.
   *
   * @throws IOException if it cannot be read, or decoded, or is too large for a module
   */
  public static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Decompressors.open(Files.newInputStream(file))) {
      byte[] bytes = in.readNBytes(MAX_SIZE);
      if (bytes.length == MAX_SIZE) {
        throw new KernelFormatException(file + " is too large for a module");
      }
      return bytes;
    } catch (IOException e) {
      throw new IOException("cannot read the module %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Reads what a module tells about itself.
   *
   * @throws KernelFormatException if it is no module
   */
  public static ModuleFile parse(byte[] bytes) throws KernelFormatException {
    ByteBuffer elf = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < 64 || elf.getInt(0) != ELF || elf.get(4) != 2) {
      throw new KernelFormatException("no ELF64 file");
    }
    long table = elf.getLong(0x28);
    int size = elf.getShort(0x3a) & 0xffff;
    int count = elf.getShort(0x3c) & 0xffff;
    int names = elf.getShort(0x3e) & 0xffff;
    if (size != SECTION_HEADER || names >= count || !fits(elf, table, (long) count * size)) {
      throw new KernelFormatException("an ELF file without sections");
    }
    byte[] strings = section(elf, (int) table + names * size);
    for (int i = 0; i < count; i++) {
      int header = (int) table + i * size;
      if (string(strings, elf.getInt(header)).equals(".modinfo")) {
        String text = new String(section(elf, header), StandardCharsets.UTF_8);
        return new ModuleFile(Stream.of(text.split("\0")).filter(s -> !s.isEmpty()).toList());
      }
    }
    throw new KernelFormatException("an ELF file without .modinfo");
  }

  /** The modules that must be loaded before it. */
  List<String> depends() {
    return values("depends")
        .flatMap(v -> Stream.of(v.split(",")))
        .filter(v -> !v.isEmpty())
        .toList();
  }

  /** The modules that had better be loaded before it, where there are any by that name or alias. */
  List<String> softDepends() {
    List<String> pre = new ArrayList<>();
    values("softdep")
        .forEach(
            value -> {
              boolean before = false;
              for (String word : value.strip().split("\\s+")) {
                if (word.endsWith(":")) {
                  before = word.equals("pre:");
                } else if (before && !word.isEmpty()) {
                  pre.add(word);
                }
              }
            });
    return pre;
  }

  /** The other names that it goes by. */
  List<String> aliases() {
    return values("alias").toList();
  }

  /** The kernel release that it was built for. */
  public Optional<String> release() {
    return values("vermagic").map(v -> v.split(" ", 2)[0]).findFirst();
  }

  private Stream<String> values(String key) {
    return info.stream()
        .filter(s -> s.startsWith(key + "="))
        .map(s -> s.substring(key.length() + 1));
  }

  private static byte[] section(ByteBuffer elf, int header) throws KernelFormatException {
    long offset = elf.getLong(header + 0x18);
    long size = elf.getLong(header + 0x20);
    if (!fits(elf, offset, size)) {
      throw new KernelFormatException("an ELF section outside its file");
    }
    byte[] bytes = new byte[(int) size];
    elf.get((int) offset, bytes);
    return bytes;
  }

  private static String string(byte[] strings, int at) {
    int end = at;
    while (end >= 0 && end < strings.length && strings[end] != 0) {
      end++;
    }
    return at < 0 || at >= strings.length
        ? ""
        : new String(strings, at, end - at, StandardCharsets.UTF_8);
  }

  private static boolean fits(ByteBuffer elf, long offset, long size) {
    return offset >= 0 && size >= 0 && offset <= elf.limit() && size <= elf.limit() - offset;
  }
}
