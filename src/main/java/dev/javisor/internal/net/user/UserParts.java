package dev.javisor.internal.net.user;

import java.util.concurrent.ThreadFactory;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The hosts and services of one guest's network, put together. Threading: the network's. */
final class UserParts implements AutoCloseable {
  private final UserStack stack;
  private final UdpNat nat;
  private final EchoNat echoes;
  private final HostResolver resolver;
  private final TcpSide tcp;
  private final ArpHost arp;
  private final Ndp ndp;
  private final ForwardQueue forwardQueue;
  private final Forwards forwards = new Forwards();

  UserParts(
      UserSpec spec,
      Subnet subnet,
      @Nullable LongFunction<@Nullable NamedGuest> guests,
      Loop loop,
      FrameOut out,
      Counters counters,
      LongSupplier nanos,
      RandomGenerator random,
      ThreadFactory threads,
      EchoSocket.Opener pings) {
    Names names =
        new Names(subnet, spec.services().stream().map(UserSpec.Service::name).distinct().toList());
    Neighbours neighbours = new Neighbours(guests);
    PacketWriter writer = new PacketWriter(out, neighbours, counters);
    IcmpHost icmp = new IcmpHost(subnet, writer, names, counters, nanos);
    Egress egress = new PolicyEgress(subnet, spec.policy());
    resolver = new HostResolver(loop, random, threads);
    ndp = new Ndp(subnet, writer, names, out, counters, nanos);
    arp = new ArpHost(subnet, neighbours, names, out, counters);
    JavaServices services = new JavaServices(spec, subnet, names, loop, threads);
    tcp =
        new TcpSide(
            subnet, loop, out, names, neighbours, egress, counters, services, nanos, random);
    forwardQueue = new ForwardQueue(arp, tcp, nanos);
    nat = new UdpNat(subnet, loop, neighbours, writer, icmp, egress, counters, nanos);
    echoes = new EchoNat(pings, writer, icmp, egress, counters, nanos);
    stack =
        new UserStack(
            new UserStack.Parts(
                subnet,
                names,
                neighbours,
                arp,
                icmp,
                ndp,
                new DhcpServer(subnet, writer, names, out, counters, spec.hostName(), neighbours),
                new DnsServer(subnet, names, egress, resolver, counters),
                nat,
                echoes,
                writer,
                counters),
            tcp);
    try {
      for (UserSpec.Forward forward : spec.forwards()) {
        Forwards.Target target = new Forwards.Target(null, forward.guestPort());
        forwards.open(forward.hostPort(), target, loop, forwardQueue);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  TcpSide tcp() {
    return tcp;
  }

  ArpHost arp() {
    return arp;
  }

  Forwards forwards() {
    return forwards;
  }

  ForwardQueue forwardQueue() {
    return forwardQueue;
  }

  UdpNat nat() {
    return nat;
  }

  UserStack stack() {
    return stack;
  }

  /** Sends what is due. */
  void flush() {
    tcp.flush();
  }

  /** Does what is due by now. */
  void tick() {
    forwardQueue.tick();
    nat.tick();
    echoes.tick();
    tcp.tick();
    ndp.tick();
  }

  /** When {@link #tick} is due. */
  long nextDeadline() {
    long ofDatagrams = Math.min(nat.nextDeadline(), echoes.nextDeadline());
    long ofTraffic = Math.min(ofDatagrams, tcp.nextDeadline());
    return Math.min(Math.min(ndp.nextDeadline(), forwardQueue.nextDeadline()), ofTraffic);
  }

  @Override
  public void close() {
    forwards.close();
    forwardQueue.close();
    tcp.close();
    nat.close();
    echoes.close();
    resolver.close();
  }
}
