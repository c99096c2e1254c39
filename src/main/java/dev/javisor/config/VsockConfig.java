package dev.javisor.config;

import java.nio.file.Path;

/**
 * A machine's vsock device. Values are checked by {@code build()}.
 *
 * <pre>{@code
 * builder.vsock(vsock -> vsock.cid(7).socket(Path.of("guest.sock")));
 * }</pre>
 *
 * <p>By {@link #socket} other processes reach the guest as they reach guests of Cloud Hypervisor
 * and Firecracker.
 */
public interface VsockConfig {
  /**
   * The guest's address (CID), 3 to 4294967294; the host's is 2. Default 3. Machines may have the
   * same: each has its own connections.
   */
  VsockConfig cid(long cid);

  /**
   * A Unix socket, which is made while the machine boots and gone with it. A program that connects
   * there writes {@code CONNECT port} and a newline; it reads {@code OK} with the host's port and a
   * newline, and from there on what it reads and writes is the connection to that port of the
   * guest. A connection of the guest to port {@code P} of the host, where {@code Vsock} has no
   * listener, goes to the Unix socket with this path and {@code _P} at its end, if somebody listens
   * there. Default: none.
   */
  VsockConfig socket(Path path);

  /**
   * The device's name in logs, events and counters: 1 to 64 printable ASCII characters, no other
   * device's. Default {@code vsock0}.
   */
  VsockConfig id(String id);
}
