package dev.javisor.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.testing.ExampleClasses;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example JettyPool with workers that are no machines: what callers get, and what stays behind.
 */
@Timeout(120)
class JettyPoolTest {
  private static final String FAKE =
      """
      package dev.javisor.examples.pool;

      public final class FakeWorkers implements WorkerFactory {
        @Override
        public Worker make() throws InterruptedException {
          if (Boolean.getBoolean("fake.slow")) {
            Thread.sleep(600_000);
          }
          return new Worker() {
            private final Thread thread = new Thread(this::live, "fake-worker");

            {
              thread.start();
            }

            private synchronized void live() {
              try {
                wait();
              } catch (InterruptedException e) {
                // Closed.
              }
            }

            @Override
            public Outcome run(String command, java.time.Duration limit, long mostOutput)
                throws InterruptedException {
              if (command.equals("hang")) {
                thread.join();
                return new Outcome(End.FAILED, 0, new byte[0]);
              }
              return new Outcome(
                  command.equals("sleep") ? End.OUT_OF_TIME : End.EXITED, 7, command.getBytes());
            }

            @Override
            public void close() {
              thread.interrupt();
            }
          };
        }
      }
      """;

  @TempDir private static Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private URLClassLoader examples;
  private AutoCloseable pool;

  @BeforeEach
  void start() throws Exception {
    Path classes = folder.resolve("classes");
    if (!Files.exists(classes)) {
      Path fake = Files.writeString(folder.resolve("FakeWorkers.java"), FAKE);
      ExampleClasses.compile(Files.createDirectory(classes), fake);
    }
    URL url = classes.toUri().toURL();
    examples = new URLClassLoader(new URL[] {url}, JettyPoolTest.class.getClassLoader());
    pool =
        (AutoCloseable)
            examples
                .loadClass("dev.javisor.examples.JettyPool")
                .getConstructor(int.class, URL.class, String.class)
                .newInstance(0, url, "dev.javisor.examples.pool.FakeWorkers");
    call("start");
  }

  @AfterEach
  void stop() throws Exception {
    pool.close();
    examples.close();
  }

  @Test
  void shouldAnswerWithWhatACommandWrote_andWithHowItEnded() throws Exception {
    HttpResponse<String> answer = post("echo");
    HttpResponse<String> late = post("sleep");

    assertEquals(200, answer.statusCode());
    assertEquals("echo", answer.body());
    assertEquals("7", answer.headers().firstValue("Exit-Code").orElse(null));
    assertEquals(504, late.statusCode());
    assertEquals(413, post("x".repeat(100_000)).statusCode());
    assertEquals(405, send(HttpRequest.newBuilder((URI) call("address")).GET()).statusCode());
  }

  @Test
  void shouldLeaveNothingBehind_whenItIsDeployedAnew() throws Exception {
    post("echo");
    final Set<String> before = threads();
    assertTrue(before.contains("worker-maker"), before.toString());

    for (int i = 0; i < 3; i++) {
      WeakReference<?> loader = (WeakReference<?>) call("undeploy");

      await(() -> !threads().contains("fake-worker") && !threads().contains("worker-maker"));
      await(() -> loader.get() == null);
      assertFalse(threads().contains("fake-worker"), "its machines are gone");
      assertFalse(threads().contains("worker-maker"), "its thread is gone");
      assertNull(loader.get(), "its class loader is garbage");
      call("deploy");
      assertEquals(200, post("echo").statusCode());
    }
  }

  @Test
  void shouldEndCommandsThatRun_whenItIsUndeployed() throws Exception {
    var hanging = client.sendAsync(request("hang"), HttpResponse.BodyHandlers.ofString());
    await(() -> runs("CommandHandler", "run"));

    WeakReference<?> loader = (WeakReference<?>) call("undeploy");

    assertTrue(hanging.get().statusCode() >= 500, hanging.get().toString());
    await(() -> loader.get() == null);
    assertNull(loader.get());
  }

  @Test
  void shouldLetCallersGoThatWait_whenItIsUndeployed() throws Exception {
    call("undeploy");
    System.setProperty("fake.slow", "true");
    try {
      call("deploy");
      var waiting = client.sendAsync(request("echo"), HttpResponse.BodyHandlers.ofString());
      await(() -> runs("WarmPool", "take"));

      WeakReference<?> loader = (WeakReference<?>) call("undeploy");

      assertTrue(waiting.get().statusCode() >= 500, waiting.get().toString());
      await(() -> loader.get() == null);
      assertNull(loader.get());
    } finally {
      System.clearProperty("fake.slow");
    }
  }

  private static boolean runs(String type, String method) {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Arrays::stream)
        .anyMatch(at -> at.getClassName().endsWith(type) && at.getMethodName().equals(method));
  }

  private static Set<String> threads() {
    Set<String> names = new TreeSet<>();
    Thread.getAllStackTraces().keySet().forEach(thread -> names.add(thread.getName()));
    return names;
  }

  /** Waits for it, or for half a minute; garbage is collected meanwhile. */
  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 300 && !condition.getAsBoolean(); i++) {
      System.gc();
      Thread.sleep(100);
    }
  }

  private Object call(String method) throws ReflectiveOperationException {
    return pool.getClass().getMethod(method).invoke(pool);
  }

  private HttpResponse<String> post(String command) throws Exception {
    return client.send(request(command), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String command) throws ReflectiveOperationException {
    return HttpRequest.newBuilder((URI) call("address"))
        .POST(HttpRequest.BodyPublishers.ofString(command))
        .build();
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
