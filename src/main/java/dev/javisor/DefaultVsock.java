package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.internal.machine.MachineVsock;
import dev.javisor.internal.vsock.VsockAcceptor;
import dev.javisor.internal.vsock.VsockConnection;
import dev.javisor.internal.vsock.VsockHub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A machine's vsock device, as users see it. */
record DefaultVsock(MachineVsock machine) implements Vsock {
  private static final Logger LOG = LoggerFactory.getLogger(Vsock.class);

  @Override
  public long cid() {
    return machine.hub().guestCid();
  }

  @Override
  public Optional<Path> socket() {
    return machine.socket();
  }

  @Override
  public VsockChannel connect(int port, Duration timeout) throws IOException {
    check(port);
    long nanos = TimeUnit.NANOSECONDS.convert(requireNonNull(timeout, "timeout"));
    VsockConnection connection = machine.hub().connect(port);
    connection.awaitOpen(nanos);
    return new DefaultVsockChannel(connection);
  }

  @Override
  public VsockListener listen(int port, VsockHandler handler) {
    String role = "vsock-" + Integer.toUnsignedString(port);
    return listen(port, task -> machine.newThread(role, task).start(), handler);
  }

  @Override
  public VsockListener listen(int port, Executor executor, VsockHandler handler) {
    check(port);
    requireNonNull(executor, "executor");
    requireNonNull(handler, "handler");
    VsockAcceptor acceptor = connection -> handOver(connection, executor, handler);
    if (!machine.hub().listen(port, acceptor)) {
      throw new IllegalStateException(
          "vsock port %s of the host has a listener".formatted(Integer.toUnsignedString(port)));
    }
    return new Listener(machine.hub(), port, acceptor);
  }

  private static boolean handOver(
      VsockConnection connection, Executor executor, VsockHandler handler) {
    Thread device = Thread.currentThread();
    executor.execute(
        () -> {
          if (Thread.currentThread() == device) {
            // Whatever the handler waits for would have to come by this very thread.
            throw new RejectedExecutionException(
                "the executor of a vsock listener runs tasks in the call");
          }
          serve(connection, handler);
        });
    connection.accept();
    return true;
  }

  private static void serve(VsockConnection connection, VsockHandler handler) {
    connection.accept();
    try (VsockChannel channel = new DefaultVsockChannel(connection)) {
      handler.handle(channel);
    } catch (IOException e) {
      LOG.debug("{}: its handler has failed", connection, e);
    } catch (RuntimeException e) {
      LOG.error("{}: its handler has failed", connection, e);
    }
  }

  private static void check(int port) {
    if (port == VsockHub.ANY_PORT) {
      throw new IllegalArgumentException("port -1 stands for any port");
    }
  }

  private record Listener(VsockHub hub, int port, VsockAcceptor acceptor) implements VsockListener {
    @Override
    public void close() {
      hub.unlisten(port, acceptor);
    }
  }
}
