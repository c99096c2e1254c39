package dev.javisor.internal.sys;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Native access through JNA's direct mapping, with primitives only: the fastest way that JNA has.
 *
 * <p>Nearly all calls go through the C library's {@code syscall}. It is variadic in C; on Linux,
 * both x86-64 and AArch64 pass variadic integers as they pass fixed ones. A call with seven
 * arguments takes 0.3 us longer than one with four; so pread and pwrite have their own.
 *
 * <p>JNA keeps the errno of each call for its thread before any other native code can change it;
 * {@link Native#getLastError()} reads that copy.
 */
final class JnaAccess implements NativeAccess {
  JnaAccess() {
    Libc.bind();
  }

  @Override
  public long call(long number, long a, long b, long c) {
    long result = Libc.syscall(number, a, b, c);
    return result == -1 ? -Native.getLastError() : result;
  }

  @Override
  public long call6(long number, long a, long b, long c, long d, long e, long f) {
    long result = Libc.syscall(number, a, b, c, d, e, f);
    return result == -1 ? -Native.getLastError() : result;
  }

  @Override
  public long pread(int descriptor, long hva, long length, long offset) {
    long result = Libc.pread(descriptor, hva, length, offset);
    return result == -1 ? -Native.getLastError() : result;
  }

  @Override
  public long pwrite(int descriptor, long hva, long length, long offset) {
    long result = Libc.pwrite(descriptor, hva, length, offset);
    return result == -1 ? -Native.getLastError() : result;
  }

  @Override
  public ByteBuffer view(long hva, int length) {
    return new Pointer(hva).getByteBuffer(0, length).order(ByteOrder.nativeOrder());
  }

  @Override
  public long addressOf(ByteBuffer direct) {
    ByteBuffer whole = direct.duplicate();
    whole.clear();
    return Pointer.nativeValue(Native.getDirectBufferPointer(whole));
  }

  private static final class Libc {
    static void bind() {
      Native.register(Libc.class, NativeLibrary.getInstance("c"));
    }

    static native long syscall(long number, long a, long b, long c);

    static native long syscall(long number, long a, long b, long c, long d, long e, long f);

    static native long pread(int descriptor, long hva, long length, long offset);

    static native long pwrite(int descriptor, long hva, long length, long offset);
  }
}
