package dev.javisor.internal.image.tree;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.tar.RawName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The extended attributes of this host's files that everybody may read, and Java can. */
final class UserAttributes {
  private static final String NAMESPACE = "user.";

  /** What each of them takes besides its name and value. */
  private static final int OVERHEAD = 24;

  private UserAttributes() {}

  /**
   * Those of a file or folder: raw names with their namespace, raw values.
   *
   * @throws ImageException if they take too much
   */
  static Map<String, String> of(Path file) throws IOException {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(
            file, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    List<String> names = view == null ? List.of() : names(view);
    if (names.isEmpty()) {
      return Map.of();
    }
    Map<String, String> attributes = new HashMap<>();
    long bytes = 0;
    for (String name : names) {
      ByteBuffer value = ByteBuffer.allocate(Math.min(view.size(name), Limits.ATTRIBUTES + 1));
      bytes += value.capacity() + name.length() + OVERHEAD;
      requireRoom(file, bytes);
      view.read(name, value);
      attributes.put(NAMESPACE + RawName.of(name), RawName.of(value.array(), 0, value.position()));
    }
    return attributes;
  }

  /** Not all file systems have them. */
  private static List<String> names(UserDefinedFileAttributeView view) throws IOException {
    try {
      return view.list();
    } catch (FileSystemException e) {
      if (String.valueOf(e.getReason()).contains("not supported")) {
        return List.of();
      }
      throw e;
    }
  }

  private static void requireRoom(Path file, long bytes) {
    if (bytes > Limits.ATTRIBUTES) {
      throw new ImageException(
          Reason.TOO_LARGE,
          file.toString(),
          "it has extended attributes of more than %d bytes".formatted(Limits.ATTRIBUTES),
          "remove some",
          null);
    }
  }
}
