package dev.javisor.internal.net.user;

import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Drives a network's parts on the test's thread. */
final class UserNetDriver implements AutoCloseable {
  final Loop loop;
  final FrameOut out;
  final UserParts parts;

  UserNetDriver(
      NetGuest guest,
      UserSpec spec,
      Subnet subnet,
      @Nullable LongFunction<@Nullable NamedGuest> guests,
      LongSupplier nanos,
      RandomGenerator random,
      Counters counters,
      ThreadFactory threads,
      EchoSocket.Opener pings)
      throws IOException {
    loop = new Loop();
    out = new FrameOut(counters);
    out.attach(guest);
    parts = new UserParts(spec, subnet, guests, loop, out, counters, nanos, random, threads, pings);
  }

  void take(NetFrame frame) {
    parts.stack().receive(frame);
    frame.complete();
    parts.flush();
  }

  /** One turn, which waits that long for sockets at most. */
  void turn(long millis) throws IOException {
    loop.runTasks();
    out.flush();
    parts.flush();
    loop.await(TimeUnit.MILLISECONDS.toNanos(millis), () -> true);
    loop.runTasks();
    parts.tick();
    parts.flush();
  }

  @Override
  public void close() {
    parts.close();
    loop.close();
  }
}
