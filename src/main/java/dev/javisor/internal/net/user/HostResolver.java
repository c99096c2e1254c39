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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  private static final int MOST_REMEMBERED = 256;

  private final Loop loop;
  private final RandomGenerator random;
  private final Lookup jdk;

  /**
   * Names that could not be asked for a moment ago. The JDK remembers failures for some seconds,
   * but not which: the second answer would be that there is no such name. Guarded by itself.
   */
  private final Set<String> unanswered =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > MOST_REMEMBERED;
            }
          });

  private final ThreadPoolExecutor lookups;
  private final ArrayDeque<DatagramChannel> questions = new ArrayDeque<>();

  /** The JDK's resolver. */
  @FunctionalInterface
  interface Lookup {
    /** The addresses of a name. */
    InetAddress[] all(String name) throws UnknownHostException;
  }

  HostResolver(Loop loop, RandomGenerator random, ThreadFactory threads) {
    this(loop, random, threads, InetAddress::getAllByName);
  }

  HostResolver(Loop loop, RandomGenerator random, ThreadFactory threads, Lookup jdk) {
    this.loop = loop;
    this.random = random;
    this.jdk = jdk;
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

  private Found find(String name) {
    try {
      Found found = new Found(DnsMessage.NO_ERROR, List.of(jdk.all(name)));
      isUnanswered(name, false, false);
      return found;
    } catch (UnknownHostException e) {
      log.debug("{}", name, e);
      // EAI_AGAIN: the guest may ask again.
      String message = String.valueOf(e.getMessage());
      boolean later =
          isUnanswered(name, message.contains("Temporary failure"), message.equals(name));
      return new Found(later ? DnsMessage.SERVER_FAILURE : DnsMessage.NO_SUCH_NAME, List.of());
    } catch (RuntimeException e) {
      log.debug("{}", name, e);
      return new Found(DnsMessage.SERVER_FAILURE, List.of());
    }
  }

  /** Whether it could not be asked, now or, if this is what the JDK remembers, before. */
  private boolean isUnanswered(String name, boolean now, boolean remembered) {
    synchronized (unanswered) {
      if (now) {
        unanswered.add(name);
      } else if (!remembered) {
        unanswered.remove(name);
      }
      return unanswered.contains(name);
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
    } catch (IOException | RuntimeException e) {
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
    try {
      channel.configureBlocking(false);
      channel.connect(server);
      channel.write(query);
    } catch (IOException | RuntimeException e) {
      questions.remove(channel);
      Loop.close(channel);
      throw e;
    }
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
