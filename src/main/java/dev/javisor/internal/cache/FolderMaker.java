package dev.javisor.internal.cache;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Makes the content of a cached folder. Called under the folder's lock. */
@FunctionalInterface
public interface FolderMaker {
  /**
   * Fills a folder.
   *
   * @param folder an empty folder; what is in it when the call returns is what gets cached
   * @return attributes to remember with the content; keys without {@code =}, values in one line
   * @throws IOException if the content cannot be had; nothing is cached then
   */
  Map<String, String> fill(Path folder) throws IOException;
}
