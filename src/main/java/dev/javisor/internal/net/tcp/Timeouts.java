package dev.javisor.internal.net.tcp;

/** What a connection does when one of its times has come. */
final class Timeouts {
  private final Connections connections;
  private final Nanos nanos;

  Timeouts(Connections connections) {
    this.connections = connections;
    nanos = connections.nanos();
  }

  /** Looks at all connections that are due, once. */
  void tick() {
    long now = connections.now();
    TimerHeap timers = connections.timers();
    TcpConnection connection = timers.pollDue(now);
    while (connection != null) {
      long deadline = connection.deadline(nanos);
      if (deadline <= now) {
        expired(connection, now);
        connections.changed(connection);
      } else {
        timers.schedule(connection, deadline);
      }
      connection = timers.pollDue(now);
    }
  }

  private void expired(TcpConnection connection, long now) {
    if (connection.state() == TcpState.PENDING) {
      connections.abort(connection, TcpCloseReason.TIMED_OUT);
      return;
    }
    if (connection.state() == TcpState.TIME_WAIT) {
      connections.end(connection, TcpCloseReason.DONE);
      return;
    }
    if (connection.receiver().ackTime() <= now) {
      connection.receiver().ackTimeCame();
    }
    Sender sender = connection.sender();
    if (connection.orphanDeadline(nanos) <= now) {
      connections.abort(connection, TcpCloseReason.TIMED_OUT);
    } else if (sender.timeout() <= now) {
      long since =
          sender.probing()
              ? Math.max(connection.heardAt(), sender.probingSince())
              : sender.stuckSince();
      if (now - since >= nanos.giveUp()) {
        connections.abort(connection, TcpCloseReason.TIMED_OUT);
      } else {
        sender.expired(now);
      }
    } else if (connection.keepAliveDeadline(nanos) <= now) {
      if (connection.probes() >= nanos.keepAliveProbes()) {
        connections.abort(connection, TcpCloseReason.TIMED_OUT);
      } else {
        connection.probed();
        sender.probe(true);
      }
    }
  }
}
