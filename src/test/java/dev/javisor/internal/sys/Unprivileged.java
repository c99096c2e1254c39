package dev.javisor.internal.sys;

import java.lang.ref.Reference;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Runs code without root's privileges. */
public final class Unprivileged {
  private static final long CAPGET = 125;
  private static final long CAPSET = 126;
  private static final int VERSION_3 = 0x2008_0522;
  private static final int WORD = 12;

  private Unprivileged() {}

  /**
   * Runs something on a thread of its own that has no capabilities, so that files' permissions
   * count for root too. For other users nothing changes.
   */
  public static <T> T call(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                dropCapabilities();
                result.complete(task.call());
              } catch (Exception | Error e) {
                result.completeExceptionally(e);
              }
            },
            "unprivileged");
    thread.start();
    return result.join();
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
