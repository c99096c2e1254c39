package dev.javisor.internal.virtio.vsock;

import dev.javisor.internal.vsock.VsockConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** What tests of a vsock device share: a driver, and a listener on the host. */
@Timeout(60)
abstract class VsockTestBase {
  static final int GUEST = 1024;
  static final int HOST = 5000;
  static final int BOTH = 3;
  static final int NO_SEND = 2;
  static final int NO_RECEIVE = 1;

  final VsockDriver vsock = new VsockDriver().start();
  final List<VsockConnection> offered = new ArrayList<>();

  @AfterEach
  void close() {
    vsock.close();
  }

  interface Call {
    void run() throws IOException;
  }

  static Thread blocked(List<Throwable> failures, Call call) throws InterruptedException {
    Thread thread =
        new Thread(
            () -> {
              try {
                call.run();
              } catch (IOException | RuntimeException e) {
                failures.add(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
    }
    return thread;
  }

  final void listen() {
    vsock.hub.listen(
        HOST,
        connection -> {
          offered.add(connection);
          connection.accept();
          return true;
        });
  }

  final VsockConnection accepted() {
    return accepted(GUEST);
  }

  final VsockConnection accepted(int guestPort) {
    listen();
    vsock.send(guestPort, HOST, VsockDriver.REQUEST);
    vsock.take(VsockDriver.RESPONSE);
    return offered.get(offered.size() - 1);
  }
}
