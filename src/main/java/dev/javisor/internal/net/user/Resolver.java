package dev.javisor.internal.net.user;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Where a name server asks for names that it does not know. Threading: the network's. */
interface Resolver {
  /**
   * What was found.
   *
   * @param code a DNS response code
   * @param addresses if the code says that there is no error
   */
  record Found(int code, List<InetAddress> addresses) {}

  /**
   * Looks up a host's addresses.
   *
   * @param done called later, in the network
   * @return false if it has too much to do
   */
  boolean lookup(String name, Consumer<Found> done);

  /**
   * Passes a question on as it is.
   *
   * @param query from the position 0 on; not kept
   * @param answer called later, in the network, or never
   * @return false if it has too much to do
   */
  boolean forward(ByteBuffer query, Consumer<ByteBuffer> answer);
}
