package dev.javisor.internal.net.user;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's resolver: addresses come from the JDK, and so from {@code /etc/hosts} and wherever
 * else this host looks; questions for other records go to the first name server of {@code
 * /etc/resolv.conf}, as datagrams. Up to {@value #MOST_LOOKUPS} lookups wait, and {@value
 * #MOST_QUESTIONS} questions are under way; older ones are forgotten.
 *
 * <p>Threading: the network's; lookups have up to {@value #THREADS} threads, which end when they
 * are idle.
 */
final class HostResolver implements Resolver, AutoCloseable {
  static final int MOST_LOOKUPS = 64;
  static final int MOST_QUESTIONS = 32;
  static final int THREADS = 4;

  private static final Logger log = LoggerFactory.getLogger(HostResolver.class);
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");
  private static final int IDLE_SECONDS = 10;
  private static final int LONGEST_ANSWER = 1232;

  private final Loop loop;
  private final RandomGenerator random;
  private final ThreadPoolExecutor lookups;
  private final ArrayDeque<DatagramChannel> questions = new ArrayDeque<>();

  HostResolver(Loop loop, RandomGenerator random, ThreadFactory threads) {
    this.loop = loop;
    this.random = random;
    lookups =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_LOOKUPS),
            threads);
    lookups.allowCoreThreadTimeOut(true);
  }

  @Override
  public boolean lookup(String name, Consumer<Found> done) {
    try {
      lookups.execute(
          () -> {
            Found found = find(name);
            loop.execute(() -> done.accept(found));
          });
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private static Found find(String name) {
    try {
      return new Found(DnsMessage.NO_ERROR, List.of(InetAddress.getAllByName(name)));
    } catch (UnknownHostException e) {
      log.debug("{}", name, e);
      // EAI_AGAIN: the guest may ask again.
      boolean later = String.valueOf(e.getMessage()).contains("Temporary failure");
      return new Found(later ? DnsMessage.SERVER_FAILURE : DnsMessage.NO_SUCH_NAME, List.of());
    } catch (RuntimeException e) {
      log.debug("{}", name, e);
      return new Found(DnsMessage.SERVER_FAILURE, List.of());
    }
  }

  @Override
  public boolean forward(ByteBuffer query, Consumer<ByteBuffer> answer) {
    Optional<InetSocketAddress> server = server();
    DnsMessage message = DnsMessage.read(query);
    if (server.isEmpty() || message == null) {
      if (message != null) {
        answer.accept(message.answer(DnsMessage.SERVER_FAILURE));
      }
      return true;
    }
    short id = query.getShort(0);
    short sent = (short) random.nextInt();
    ByteBuffer copy = ByteBuffer.allocate(query.limit()).put(query.slice(0, query.limit())).flip();
    copy.putShort(0, sent);
    try {
      ask(server.get(), copy, reply -> answer.accept(reply.putShort(0, id)), sent);
      return true;
    } catch (IOException e) {
      log.debug("asking {}", server.get(), e);
      answer.accept(message.answer(DnsMessage.SERVER_FAILURE));
      return true;
    }
  }

  private void ask(InetSocketAddress server, ByteBuffer query, Consumer<ByteBuffer> reply, short id)
      throws IOException {
    if (questions.size() >= MOST_QUESTIONS) {
      Loop.close(questions.remove());
    }
    DatagramChannel channel = DatagramChannel.open();
    questions.add(channel);
    channel.configureBlocking(false);
    channel.connect(server);
    channel.write(query);
    loop.register(
        channel,
        SelectionKey.OP_READ,
        key -> {
          ByteBuffer answer = ByteBuffer.allocate(LONGEST_ANSWER);
          int length = read(channel, answer);
          if (length >= 2 && answer.getShort(0) == id) {
            reply.accept(answer.flip());
          }
          if (length != 0) {
            questions.remove(channel);
            Loop.close(channel);
          }
        });
  }

  private static int read(DatagramChannel channel, ByteBuffer answer) {
    try {
      return channel.read(answer);
    } catch (IOException e) {
      log.debug("a name server does not answer", e);
      return -1;
    }
  }

  private static Optional<InetSocketAddress> server() {
    try {
      return Files.readAllLines(RESOLV_CONF).stream()
          .map(line -> line.trim().split("\\s+"))
          .filter(words -> words.length >= 2 && words[0].equals("nameserver"))
          .map(words -> new InetSocketAddress(words[1], Wire.DNS_PORT))
          .filter(address -> !address.isUnresolved())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    lookups.shutdownNow();
    questions.forEach(Loop::close);
  }
}
