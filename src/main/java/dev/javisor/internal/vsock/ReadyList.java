package dev.javisor.internal.vsock;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The connections that may have something for the guest, each once, in the order of their coming.
 *
 * <p>Threading: any thread.
 */
final class ReadyList {
  private final ArrayDeque<VsockConnection> connections = new ArrayDeque<>();

  /** Returns whether it was not in the list. */
  synchronized boolean add(VsockConnection connection) {
    if (connection.queued) {
      return false;
    }
    connection.queued = true;
    connections.addLast(connection);
    return true;
  }

  synchronized @Nullable VsockConnection poll() {
    VsockConnection first = connections.pollFirst();
    if (first != null) {
      first.queued = false;
    }
    return first;
  }

  synchronized boolean isEmpty() {
    return connections.isEmpty();
  }

  synchronized void remove(VsockConnection connection) {
    if (connection.queued) {
      connection.queued = false;
      connections.remove(connection);
    }
  }

  synchronized void clear() {
    connections.forEach(connection -> connection.queued = false);
    connections.clear();
  }
}
