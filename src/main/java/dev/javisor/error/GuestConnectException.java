package dev.javisor.error;

/**
 * The guest's agent cannot connect to a TCP port in the guest; {@code ECONNREFUSED} if nobody
 * listens there.
 *
 * <pre>{@code
 * try (var channel = vm.agent().connect(5432, Duration.ofSeconds(5))) {
 *   channel.write(ByteBuffer.wrap("PING\n".getBytes(UTF_8)));
 * } catch (GuestConnectException e) {
 *   boolean nobodyListens = e.errno().equals("ECONNREFUSED");
 * }
 * }</pre>
 */
public final class GuestConnectException extends JavisorException {
  private static final long serialVersionUID = 1L;

  private final String address;
  private final int port;
  private final String errno;

  /**
   * @param address the address in the guest
   * @param port the port in the guest
   * @param errno the guest's error by name, such as {@code ECONNREFUSED}
   * @param hint what to do, in a sentence
   */
  public GuestConnectException(String address, int port, String errno, String hint) {
    super(
        "cannot connect to %s:%d in the guest: %s; %s".formatted(address, port, errno, hint), null);
    this.address = address;
    this.port = port;
    this.errno = errno;
  }

  /** The address in the guest. */
  public String address() {
    return address;
  }

  /** The port in the guest. */
  public int port() {
    return port;
  }

  /** The guest's error by name, such as {@code ECONNREFUSED}. */
  public String errno() {
    return errno;
  }
}
