package dev.javisor.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.ConsoleMode;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class ConsoleBackendsTest {
  @TempDir private Path folder;

  private final Guest guest = new Guest();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private ConsoleBackend backend;

  /** A guest that takes as much as the test allows. */
  private static final class Guest implements ConsoleInput.Port {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private int room = Integer.MAX_VALUE;

    @Override
    public synchronized int offer(byte[] bytes, int offset, int length) {
      int count = Math.min(room, length);
      taken.write(bytes, offset, count);
      room -= count;
      return count;
    }

    synchronized void room(int bytes) {
      room = bytes;
    }

    synchronized String text() {
      return taken.toString(StandardCharsets.UTF_8);
    }
  }

  /** What a client does, by whatever it came. */
  private record Client(InputStream in, OutputStream out, AutoCloseable end)
      implements AutoCloseable {
    String read(int bytes) throws IOException {
      // Not readNBytes: a FileInputStream would look for its position, which a terminal has not.
      byte[] read = new byte[bytes];
      for (int done = 0; done < bytes; ) {
        int count = in.read(read, done, bytes - done);
        assertTrue(count > 0);
        done += count;
      }
      return new String(read, StandardCharsets.UTF_8);
    }

    void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    @Override
    public void close() throws IOException {
      try {
        end.close();
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }

  /** Where clients come and go. */
  private enum Kind {
    PTY,
    SOCKET
  }

  @AfterEach
  void close() throws InterruptedException {
    if (backend != null) {
      backend.close();
    }
    for (Thread thread : threads) {
      thread.join(60_000);
      assertFalse(thread.isAlive());
    }
  }

  private ConsoleBackend start(ConsoleMode mode) {
    backend = open(mode);
    backend.start(guest);
    return backend;
  }

  private ConsoleBackend open(ConsoleMode mode) {
    return ConsoleBackends.open(
        mode,
        "serial",
        (role, body) -> {
          Thread thread = new Thread(body, role);
          thread.setDaemon(true);
          threads.add(thread);
          return thread;
        });
  }

  private ConsoleBackend start(Kind kind) {
    return start(
        kind == Kind.PTY ? ConsoleMode.pty() : ConsoleMode.socket(folder.resolve("console")));
  }

  private Client connect(Kind kind) throws IOException {
    Path path = backend.path().orElseThrow();
    if (kind == Kind.PTY) {
      FileInputStream in = new FileInputStream(path.toFile());
      FileOutputStream out = new FileOutputStream(path.toFile());
      return new Client(
          in,
          out,
          () -> {
            in.close();
            out.close();
          });
    }
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    return new Client(Channels.newInputStream(channel), Channels.newOutputStream(channel), channel);
  }

  private void guestPrints(String text) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      backend.write(b);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(5);
    }
  }

  @Test
  void shouldNeedNoBackend_whenNothingIsConnected() {
    assertNull(open(ConsoleMode.off()));
    assertNull(open(ConsoleMode.none()));
    assertNull(open(ConsoleMode.api()));
    assertNull(ConsoleBackends.problem(ConsoleMode.api()));
    assertNull(ConsoleBackends.problem(ConsoleMode.pty()));
  }

  @Test
  void shouldEmptyTheFileAndWriteOutputToIt() throws Exception {
    Path file = Files.writeString(folder.resolve("log"), "of the last time");
    start(ConsoleMode.file(file));

    guestPrints("hello\n");

    await(() -> read(file).equals("hello\n"));
    guestPrints("bye\n");
    backend.close();
    assertEquals("hello\nbye\n", read(file));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldSayWhyAFileCannotBeWritten() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertNull(ConsoleBackends.problem(ConsoleMode.file(file)));
    assertNull(ConsoleBackends.problem(ConsoleMode.file(folder.resolve("new"))));
    assertProblem("not a directory", ConsoleMode.file(folder));
    assertProblem("no directory", ConsoleMode.file(folder.resolve("missing/log")));
    assertProblem("no directory", ConsoleMode.file(file.resolve("log")));
    assertProblem("regular file", ConsoleMode.file(Path.of("/dev/null")));
    ConsoleMode missing = ConsoleMode.file(folder.resolve("missing/log"));
    String message = assertThrows(IllegalStateException.class, () -> open(missing)).getMessage();
    assertTrue(message.startsWith("serial=file="), message);
  }

  private static void assertProblem(String part, ConsoleMode mode) {
    String problem = ConsoleBackends.problem(mode);
    assertTrue(problem != null && problem.contains(part), problem);
  }

  @ParameterizedTest
  @EnumSource
  void shouldGiveLateClientsWhatWasPrinted_andTheNextOneTheRest(Kind kind) throws Exception {
    start(kind);
    guestPrints("early");
    try (Client first = connect(kind)) {
      assertEquals("early", first.read(5));
      guestPrints("now");
      assertEquals("now", first.read(3));
      first.write("x");
      await(() -> guest.text().equals("x"));
    }
    guestPrints("between");

    try (Client second = connect(kind)) {
      assertEquals("between", second.read(7));
      second.write("y");
      await(() -> guest.text().equals("xy"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldHoldClientsBack_whileTheGuestTakesNothing(Kind kind) throws Exception {
    guest.room(3);
    start(kind);
    String text = "0123456789".repeat(300);
    try (Client client = connect(kind)) {
      client.write(text);
      await(() -> guest.text().length() == 3);

      guest.room(1000);
      backend.inputReady();
      await(() -> guest.text().length() == 1003);
      guest.room(Integer.MAX_VALUE);
      backend.inputReady();

      await(() -> guest.text().length() == text.length());
      assertEquals(text, guest.text());
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepTheLastOutput_andTellWhatIsLost_whenNobodyReads(Kind kind) throws Exception {
    start(kind);
    byte[] flood = new byte[3 << 20];
    Arrays.fill(flood, (byte) 'f');
    for (byte b : flood) {
      backend.write(b);
    }
    guestPrints("@end");

    try (Client client = connect(kind)) {
      StringBuilder text = new StringBuilder();
      while (!text.toString().endsWith("@end")) {
        String next = client.read(1);
        text.append(next.equals("f") ? "" : next);
      }

      assertTrue(text.toString().startsWith("\r\n[javisor: "), text::toString);
      assertTrue(text.toString().contains(" bytes o"), text::toString);
    }
  }

  @Test
  void shouldWriteTheLastOutput_beforeItCloses() throws Exception {
    start(Kind.SOCKET);
    try (Client client = connect(Kind.SOCKET)) {
      client.write("x");
      await(() -> guest.text().equals("x"));
      guestPrints("the end");

      backend.close();

      assertEquals("the end", client.read(7));
      assertEquals(-1, client.in().read());
    }
  }

  @Test
  void shouldServeTheNextClient_whenTheFirstOneLeaves() throws Exception {
    start(Kind.SOCKET);
    Client first = connect(Kind.SOCKET);
    first.write("1");
    await(() -> guest.text().equals("1"));
    try (Client second = connect(Kind.SOCKET)) {
      second.write("2");
      first.write("1");
      await(() -> guest.text().equals("11"));

      first.close();

      await(() -> guest.text().equals("112"));
      guestPrints("hello");
      assertEquals("hello", second.read(5));
    }
  }

  @Test
  void shouldRemoveTheSocket_whenItCloses() {
    start(Kind.SOCKET);
    assertTrue(Files.exists(folder.resolve("console")));

    backend.close();

    assertFalse(Files.exists(folder.resolve("console")));
  }

  @Test
  void shouldReplaceASocket_whenNobodyListensThere() throws Exception {
    Path path = folder.resolve("console");
    ServerSocketChannel old = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    old.bind(UnixDomainSocketAddress.of(path));
    ConsoleMode mode = ConsoleMode.socket(path);
    assertProblem("somebody listens", mode);
    assertThrows(IllegalStateException.class, () -> open(mode));
    old.close();
    assertNull(ConsoleBackends.problem(mode));

    start(mode);

    try (Client client = connect(Kind.SOCKET)) {
      client.write("x");
      await(() -> guest.text().equals("x"));
    }
  }

  @Test
  void shouldLeaveOtherFilesAlone_whenASocketIsToBeThere() throws IOException {
    Path path = Files.writeString(folder.resolve("precious"), "data");

    assertProblem("no socket", ConsoleMode.socket(path));
    assertThrows(IllegalStateException.class, () -> open(ConsoleMode.socket(path)));

    assertEquals("data", read(path));
    assertProblem("107 bytes", ConsoleMode.socket(folder.resolve("x".repeat(108))));
    assertProblem("no directory", ConsoleMode.socket(folder.resolve("missing/sock")));
  }

  @Test
  void shouldGoOn_whenThePtyIsHungUp() throws Exception {
    start(Kind.PTY);
    Path path = backend.path().orElseThrow();
    // A session whose controlling terminal it is: all that have it open lose it when that one ends.
    Process session =
        new ProcessBuilder("setsid", "--ctty", "--wait", "true")
            .redirectInput(path.toFile())
            .start();
    assertEquals(0, session.waitFor());

    guestPrints("still there");

    try (Client client = connect(Kind.PTY)) {
      assertEquals("still there", client.read(11));
      client.write("x");
      await(() -> guest.text().equals("x"));
    }
  }

  @Test
  void shouldBeGone_whenThePtyIsClosed() {
    start(Kind.PTY);
    Path path = backend.path().orElseThrow();
    assertTrue(Files.exists(path));

    backend.close();

    assertFalse(Files.exists(path));
  }
}
