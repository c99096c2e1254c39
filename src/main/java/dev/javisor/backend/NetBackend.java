package dev.javisor.backend;

import dev.javisor.internal.net.pcap.PcapFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The other end of a guest's network cable, in Java: it takes the Ethernet frames that the guest
 * sends, and gives it frames by {@link NetGuest#deliver}.
 *
 * <pre>{@code
 * class Hub implements NetBackend {
 *   private volatile NetGuest guest;
 *
 *   public void attach(NetGuest newGuest) {
 *     guest = newGuest;
 *   }
 *
 *   public void transmit(NetFrame frame) {
 *     guest.deliver(frame); // an echo
 *     frame.complete();
 *   }
 * }
 * builder.net(new Hub());
 * }</pre>
 *
 * <p><b>Threads.</b> {@link #transmit} is called on threads of the device, one for each pair of its
 * queues, so by several at once where it has several; never on a vCPU's thread. It may block: then
 * the frames behind it in the same queue wait. {@link #ready} comes on a thread of the device, too.
 *
 * <p><b>Loss.</b> As on any Ethernet, frames can get lost: the device drops those for a guest that
 * has no driver at work, or whose link is down, or that is paused; and a backend may drop what it
 * likes.
 *
 * <p><b>Pause, reset, snapshot and shutdown drain.</b> The device hands out nothing more, calls
 * {@link #cancel}, and waits until each frame is complete; after a few seconds it lets go, and
 * completing a frame after that does nothing. The end of a machine is put off seven seconds at most
 * while a method of this interface does not return; then the thread that is in it is left alone,
 * and the log says so.
 *
 * <p><b>Errors.</b> What {@link #transmit} throws drops the frame, and is logged; the machine goes
 * on.
 *
 * <p>One backend serves one device of one machine at a time. The machine never closes it: it
 * belongs to whoever made it.
 */
public interface NetBackend extends AutoCloseable {
  /** What it is, for logs. */
  default String description() {
    String name = getClass().getName();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /**
   * The machine boots, and its device is plugged in.
   *
   * @param guest takes frames for the guest, until {@link #detach}
   */
  void attach(NetGuest guest);

  /** The machine has ended; {@link #attach} may follow for another one. */
  default void detach() {}

  /**
   * Takes a frame that the guest sends. Sooner or later, here or on another thread, {@link
   * NetFrame#complete} gives it back.
   */
  void transmit(NetFrame frame);

  /**
   * The guest may have room again, after {@link NetGuest#deliver} found none. It comes once for any
   * number of frames that were refused, at times also when there is no room.
   */
  default void ready() {}

  /**
   * Asks to complete at once all frames that it keeps, sent or not: the machine is about to pause,
   * to be reset or to end. Any thread.
   */
  default void cancel() {}

  /** Gives back what it holds. Not while a machine uses it. */
  @Override
  default void close() {}

  /**
   * Writes what passes another backend, in both directions, to a file that Wireshark, tshark and
   * tcpdump read (pcap, link type Ethernet, with nanoseconds).
   *
   * @param file made anew; complete once this is closed, which closes the other backend too
   * @throws IOException if it cannot be written
   */
  static NetBackend recording(NetBackend backend, Path file) throws IOException {
    return new RecordingBackend(backend, PcapFile.create(file));
  }
}
