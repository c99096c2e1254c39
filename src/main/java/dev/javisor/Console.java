package dev.javisor;

/**
 * The guest's console, seen from the host. What the guest wrote can be read at any time, also after
 * the machine's end; the last bytes are kept, as many as {@code consoleBuffer} says.
 *
 * <pre>{@code
 * vm.console().write("ls /\n"); // types
 * vm.waitFor(Wait.console("etc"));
 * String last = vm.console().tail(20);
 * }</pre>
 *
 * <p>Text is UTF-8, with LF alone at the end of lines; what is not UTF-8 becomes U+FFFD. Control
 * characters and escape sequences are what the guest made them.
 *
 * <p>Threading: any thread, virtual threads included.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface Console {
  /**
   * All output that is kept. If some is not, the first line says how much: {@code [javisor: 4096
   * bytes of console output dropped]}.
   */
  String text();

  /**
   * The last lines of the output, an unfinished one included.
   *
   * @param lines how many at the most
   * @throws IllegalArgumentException if negative
   */
  String tail(int lines);

  /** How many bytes of output, the oldest ones, are not kept any more. */
  long droppedBytes();

  /**
   * Types text, as UTF-8. It goes into the port's input buffer of a few KiB, from which the guest
   * reads; when that is full, the caller waits until the guest has read (a paused one does not). So
   * what is short returns at once, and says nothing about the guest having seen it. Writers are
   * served one after the other. No line end is added; a terminal's Enter is {@code \n} or {@code
   * \r}.
   *
   * @throws InterruptedException if the thread is interrupted while it waits; some of the text may
   *     have been typed
   * @throws dev.javisor.error.VmStateException if the machine is not booted, or ends before all is
   *     typed
   */
  void write(String text) throws InterruptedException;

  /**
   * Tells the guest the size of the terminal, as often as it changes. A virtio console hears of it;
   * a serial port cannot, and nothing happens.
   *
   * @param columns characters a line, 0 to 65535; 0 means unknown
   * @param rows lines, 0 to 65535; 0 means unknown
   * @throws dev.javisor.error.VmStateException if the machine is not booted
   * @throws IllegalArgumentException if it is out of bounds
   */
  void resize(int columns, int rows);

  /** Types bytes; see {@link #write(String)}. */
  void write(byte[] bytes) throws InterruptedException;
}
