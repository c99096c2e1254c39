package dev.javisor.internal.net.tcp;

import org.jspecify.annotations.Nullable;

/** Connections with something to tell or to send, each once, in the order of arrival. */
final class ReadyQueue {
  private @Nullable TcpConnection first;
  private @Nullable TcpConnection last;

  boolean isEmpty() {
    return first == null;
  }

  void add(TcpConnection connection) {
    if (connection.ready) {
      return;
    }
    connection.ready = true;
    TcpConnection before = last;
    if (before == null) {
      first = connection;
    } else {
      before.nextReady = connection;
    }
    last = connection;
  }

  @Nullable TcpConnection poll() {
    TcpConnection connection = first;
    if (connection != null) {
      first = connection.nextReady;
      if (first == null) {
        last = null;
      }
      connection.nextReady = null;
      connection.ready = false;
    }
    return connection;
  }
}
