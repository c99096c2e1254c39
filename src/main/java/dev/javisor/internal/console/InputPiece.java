package dev.javisor.internal.console;

/**
 * Bytes that a client wrote and the guest has not taken yet. While there are any, no more are read:
 * so the client waits.
 *
 * <p>Threading: one thread at a time.
 */
final class InputPiece {
  /** How long to wait before the guest is asked again, though it did not say that it has room. */
  static final int RETRY_MILLIS = 50;

  private final byte[] bytes = new byte[4096];
  private int start;
  private int end;

  /** Where to read to, while it is empty. */
  byte[] bytes() {
    return bytes;
  }

  /** So many bytes were read. */
  void fill(int count) {
    start = 0;
    end = count;
  }

  boolean isEmpty() {
    return start == end;
  }

  /** Gives the guest what it takes. */
  void offer(ConsoleInput.Port guest) {
    if (!isEmpty()) {
      start += guest.offer(bytes, start, end - start);
    }
  }
}
