package dev.javisor;

/** A port of the host to which the guest can connect. Threading: any thread. */
public interface VsockListener extends AutoCloseable {
  /** The port, an unsigned number. */
  int port();

  /** Takes no more connections; those that there are go on. Later calls do nothing. */
  @Override
  void close();
}
