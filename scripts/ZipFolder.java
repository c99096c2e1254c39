import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * Writes a folder into a zip or jar: the same bytes for the same files, in the order of their names, without their times.
 * The JDK's own jar tool knows no modes, so that programs in a zip of its making could not be started.
 */
final class ZipFolder {
  private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

  private ZipFolder() {}

  /**
   * @param arguments the archive to write; the folder; and optionally the folder's name in the archive
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    String prefix = arguments.length > 2 ? arguments[2] + "/" : "";
    List<Path> files;
    try (Stream<Path> found = Files.walk(folder)) {
      files = found.filter(Files::isRegularFile).sorted().toList();
    }
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(Path.of(arguments[0]))) {
      for (Path file : files) {
        ZipArchiveEntry entry = new ZipArchiveEntry(prefix + folder.relativize(file));
        entry.setTimeLocal(TIME);
        entry.setUnixMode(Files.isExecutable(file) ? 0100755 : 0100644);
        zip.putArchiveEntry(entry);
        Files.copy(file, zip);
        zip.closeArchiveEntry();
      }
    }
  }
}
