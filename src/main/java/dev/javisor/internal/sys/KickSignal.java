package dev.javisor.internal.sys;

/**
 * The signal that forces a vCPU thread out of KVM_RUN.
 *
 * <p>The thread blocks the signal everywhere but inside KVM_RUN (KVM_SET_SIGNAL_MASK), so that a
 * kick that comes early stays pending instead of getting lost. The process ignores the signal: a
 * blocked signal queues all the same, and one that reaches a thread after the JVM has reset its
 * mask (at the end of a thread) does nothing, where its default action would end the JVM.
 *
 * <p>The signal's number is {@value #PROPERTY}, by default {@value #DEFAULT}: a real-time signal
 * that neither the JVM nor the C library uses.
 *
 * <p>Source: signal(7), tgkill(2), KVM api.rst KVM_SET_SIGNAL_MASK.
 */
public final class KickSignal {
  /** The system property that chooses the signal's number: 34 to 64. */
  public static final String PROPERTY = "javisor.kickSignal";

  private static final int DEFAULT = 40;
  private static final int SIG_BLOCK = 0;
  private static final int SIGSET_BYTES = 8;
  private static final long SIG_IGN = 1;

  private KickSignal() {}

  /**
   * The signal's number.
   *
   * @throws IllegalArgumentException if the property holds no real-time signal's number
   */
  public static int number() {
    String text = System.getProperty(PROPERTY);
    if (text == null) {
      return DEFAULT;
    }
    int number = text.matches("\\d{1,3}") ? Integer.parseInt(text) : 0;
    if (number < 34 || number > 64) {
      throw new IllegalArgumentException(
          "-D%s=%s: expected a real-time signal, 34 to 64".formatted(PROPERTY, text));
    }
    return number;
  }

  /** Makes the process ignore the signal. May be called again. */
  public static void ignore() {
    NativeBuffer action = NativeBuffer.ofSize(32);
    action.bytes().putLong(0, SIG_IGN);
    long result =
        action.during(
            at -> Sys.access().call6(Syscall.RT_SIGACTION, number(), at, 0, SIGSET_BYTES, 0, 0));
    Sys.check(result, "rt_sigaction", "signal " + number());
  }

  /**
   * Blocks the signal for the calling thread.
   *
   * @return the mask for KVM_RUN: the thread's own, without the signal
   */
  public static long block() {
    NativeBuffer sets = NativeBuffer.ofSize(2 * SIGSET_BYTES);
    long bit = 1L << (number() - 1);
    sets.bytes().putLong(0, bit);
    long result =
        sets.during(
            at ->
                Sys.access()
                    .call6(
                        Syscall.RT_SIGPROCMASK,
                        SIG_BLOCK,
                        at,
                        at + SIGSET_BYTES,
                        SIGSET_BYTES,
                        0,
                        0));
    Sys.check(result, "rt_sigprocmask", "signal " + number());
    long before = sets.bytes().getLong(SIGSET_BYTES);
    return before & ~bit;
  }

  /** Takes the calling thread's pending signals away, so that the next KVM_RUN runs. */
  public static void drain() {
    NativeBuffer args = NativeBuffer.ofSize(SIGSET_BYTES + 16);
    args.bytes().putLong(0, 1L << (number() - 1));
    long result;
    do {
      result =
          args.during(
              at ->
                  Sys.access()
                      .call6(
                          Syscall.RT_SIGTIMEDWAIT, at, 0, at + SIGSET_BYTES, SIGSET_BYTES, 0, 0));
    } while (result > 0 || result == -Errno.EINTR);
  }

  /** The calling thread's kernel id, for {@link #send}. */
  public static int currentThread() {
    return (int) Sys.check(Sys.call(Syscall.GETTID, 0, 0, 0), "gettid", "");
  }

  /**
   * Sends the signal to a thread of this process.
   *
   * @param tid the thread, alive: the kernel gives its id to another thread once it has ended
   */
  public static void send(int tid) {
    long pid = Sys.check(Sys.call(Syscall.GETPID, 0, 0, 0), "getpid", "");
    Sys.check(Sys.call(Syscall.TGKILL, pid, tid, number()), "tgkill", "thread " + tid);
  }
}
