package dev.javisor.internal.sys;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The door to the kernel: picks the implementation of {@link NativeAccess} on first use, and makes
 * calls through it.
 *
 * <p>Loading this class does not load native code, so that it can be loaded on any platform.
 */
final class Sys {
  private static volatile @Nullable NativeAccess access;

  private Sys() {}

  /**
   * The native access of this process.
   *
   * @throws NativeUnavailableException if this is not Linux on a supported CPU, or native code
   *     cannot be loaded
   */
  static NativeAccess access() {
    NativeAccess current = access;
    return current != null ? current : load();
  }

  /** Makes a call of at most three arguments; returns the result or the negated errno. */
  static long call(long number, long a, long b, long c) {
    return access().call(number, a, b, c);
  }

  /**
   * Makes a call and throws when it fails.
   *
   * @throws NativeException naming the call and {@code detail}
   */
  static long check(long result, String call, String detail) {
    if (result < 0 && result >= -4095) {
      throw new NativeException(call, (int) -result, detail);
    }
    return result;
  }

  private static synchronized NativeAccess load() {
    NativeAccess current = access;
    if (current != null) {
      return current;
    }
    String os = System.getProperty("os.name", "");
    String cpu = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    if (!os.equals("Linux") || !(cpu.equals("amd64") || cpu.equals("x86_64"))) {
      throw new NativeUnavailableException(
          "Javisor needs Linux on x86-64; this JVM runs on %s (%s)".formatted(os, cpu), null);
    }
    try {
      NativeAccess loaded = new JnaAccess();
      access = loaded;
      return loaded;
    } catch (LinkageError | RuntimeException e) {
      throw new NativeUnavailableException(
          "JNA cannot load its native library (%s); it unpacks into java.io.tmpdir, which must allow"
                  .formatted(e)
              + " execution: set -Djna.tmpdir to a directory that does, and on JDK 24 or newer pass"
              + " --enable-native-access=ALL-UNNAMED (or =com.sun.jna on the module path)",
          e);
    }
  }
}
