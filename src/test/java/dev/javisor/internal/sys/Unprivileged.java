package dev.javisor.internal.sys;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Runs code without root's privileges. */
public final class Unprivileged {
  private static final long CAPGET = 125;
  private static final long CAPSET = 126;
  private static final int VERSION_3 = 0x2008_0522;
  private static final int WORD = 12;
  private static final long GETEUID = 107;
  private static final long SETGROUPS = 116;
  private static final long SETRESUID = 117;
  private static final long SETRESGID = 119;
  private static final long NOBODY = 65_534;

  private Unprivileged() {}

  /**
   * Runs something on a thread of its own that has no capabilities, so that files' permissions
   * count for root too. For other users nothing changes.
   */
  public static <T> T call(Callable<T> task) {
    return call(Unprivileged::dropCapabilities, task);
  }

  /**
   * Runs something on a thread of its own that is the user nobody's if it was root's, without any
   * capability and group. Threads that it starts are so, too. Whoever is not root stays who he is.
   */
  public static <T> T callAsNobody(Callable<T> task) {
    return call(Unprivileged::becomeNobody, task);
  }

  private static <T> T call(Runnable before, Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                before.run();
                result.complete(task.call());
              } catch (Exception | Error e) {
                result.completeExceptionally(e);
              }
            },
            "unprivileged");
    thread.start();
    return result.join();
  }

  /** Calls that concern their own thread alone, as those of the C library do not. */
  private static void becomeNobody() {
    if (Sys.call(GETEUID, 0, 0, 0) == 0) {
      Sys.check(Sys.call(SETGROUPS, 0, 0, 0), "setgroups", "");
      Sys.check(Sys.call(SETRESGID, NOBODY, NOBODY, NOBODY), "setresgid", "");
      Sys.check(Sys.call(SETRESUID, NOBODY, NOBODY, NOBODY), "setresuid", "");
    }
  }

  /** Opens files and folders to everybody, if this is root, whose they are. */
  public static void open(Path... files) throws IOException {
    for (Path file : files) {
      if (Sys.call(GETEUID, 0, 0, 0) == 0) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
      }
    }
  }

  /** The threads of this process with names that start so, and root's rights or capabilities. */
  public static List<String> capableThreads(String prefix) throws IOException {
    List<String> capable = new ArrayList<>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        String status = Files.readString(thread.resolve("status"));
        boolean asked = status.startsWith("Name:\t" + prefix);
        boolean root = status.contains("\nUid:\t0\t");
        if (asked && (root || !status.contains("\nCapEff:\t0000000000000000"))) {
          capable.add(status.substring(0, status.indexOf('\n')));
        }
      }
    }
    return capable;
  }

  /** Both calls concern their own thread alone: capabilities(7). */
  private static void dropCapabilities() {
    NativeBuffer header = NativeBuffer.ofSize(8);
    NativeBuffer sets = NativeBuffer.ofSize(2 * WORD);
    try {
      header.bytes().putInt(0, VERSION_3);
      Sys.check(Sys.call(CAPGET, header.address(), sets.address(), 0), "capget", "");
      // The permitted ones too: access(2) falls back on them.
      sets.bytes().putLong(0, 0).putLong(WORD, 0);
      Sys.check(Sys.call(CAPSET, header.address(), sets.address(), 0), "capset", "");
    } finally {
      Reference.reachabilityFence(header);
      Reference.reachabilityFence(sets);
    }
  }
}
