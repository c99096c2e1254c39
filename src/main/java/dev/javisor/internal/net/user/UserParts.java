package dev.javisor.internal.net.user;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** The hosts and services of one guest's network, put together. Threading: the network's. */
final class UserParts implements AutoCloseable {
  private final UserStack stack;
  private final UdpNat nat;
  private final HostResolver resolver;

  UserParts(
      UserSpec spec,
      Subnet subnet,
      Loop loop,
      FrameOut out,
      Counters counters,
      LongSupplier nanos,
      RandomGenerator random,
      ThreadFactory threads) {
    Names names = new Names(subnet, List.of());
    Neighbours neighbours = new Neighbours();
    PacketWriter writer = new PacketWriter(out, neighbours, counters);
    IcmpHost icmp = new IcmpHost(subnet, writer, names, counters, nanos);
    Egress egress = new PolicyEgress(subnet, spec.policy());
    resolver = new HostResolver(loop, random, threads);
    nat = new UdpNat(subnet, loop, writer, icmp, egress, counters, nanos);
    stack =
        new UserStack(
            new UserStack.Parts(
                subnet,
                names,
                neighbours,
                new ArpHost(subnet, neighbours, names, out, counters),
                icmp,
                new DhcpServer(subnet, writer, names, out, counters, spec.hostName()),
                new DnsServer(subnet, names, egress, resolver, counters),
                nat,
                writer,
                counters));
  }

  UdpNat nat() {
    return nat;
  }

  UserStack stack() {
    return stack;
  }

  /** Sends what is due. */
  void flush() {}

  /** Does what is due by now. */
  void tick() {
    nat.tick();
  }

  /** When {@link #tick} is due. */
  long nextDeadline() {
    return nat.nextDeadline();
  }

  @Override
  public void close() {
    nat.close();
    resolver.close();
  }
}
