package dev.javisor.examples;

import dev.javisor.Hypervisor;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.Callback;

/**
 * An application server with one application, {@link dev.javisor.examples.pool}, which runs commands
 * of its callers in machines that are warm, and can be deployed anew while the server runs.
 *
 * <p>Javisor, as any library with native code, belongs to the server; the application has a class
 * loader of its own, which is garbage once it was stopped.
 *
 * <p>With a port it serves until it is interrupted ({@code curl --data 'uname -a'
 * localhost:PORT/run}); without one it shows on itself what callers get.
 */
public final class JettyPool implements AutoCloseable {
  private static final String APPLICATION = "dev.javisor.examples.pool.";

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);
  private final ContextHandlerCollection contexts = new ContextHandlerCollection();
  private final URL classes;
  private final String workers;
  private ContextHandler deployed;

  /**
   * @param port of the loopback address; 0 to choose one
   * @param classes where the application's classes are
   * @param workers the name of the class that makes its workers
   */
  public JettyPool(int port, URL classes, String workers) {
    this.classes = classes;
    this.workers = workers;
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(contexts);
  }

  /** Starts the server, and the application in it. */
  public void start() throws Exception {
    server.start();
    deploy();
  }

  /** The address of the application. */
  public URI address() {
    return URI.create("http://127.0.0.1:%d/run".formatted(connector.getLocalPort()));
  }

  /** Loads the application anew, and starts it. */
  public void deploy() throws Exception {
    ApplicationLoader loader = new ApplicationLoader(classes);
    Handler handler =
        (Handler)
            loader
                .loadClass(APPLICATION + "CommandHandler")
                .getConstructor(String.class)
                .newInstance(workers);
    ContextHandler context = new ContextHandler(handler, "/run");
    context.setAllowNullPathInContext(true);
    context.setClassLoader(loader);
    Callback.Completable done = new Callback.Completable();
    contexts.deployHandler(context, done);
    done.get();
    context.start();
    deployed = context;
  }

  /**
   * Stops the application.
   *
   * @return its class loader, while something holds on to it
   */
  public WeakReference<ClassLoader> undeploy() throws Exception {
    ContextHandler context = deployed;
    deployed = null;
    Callback.Completable done = new Callback.Completable();
    contexts.undeployHandler(context, done);
    done.get();
    URLClassLoader loader = (URLClassLoader) context.getClassLoader();
    loader.close();
    return new WeakReference<>(loader);
  }

  @Override
  public void close() throws Exception {
    try {
      if (deployed != null) {
        undeploy(); // the server does not stop what was deployed while it ran
      }
    } finally {
      server.stop();
    }
  }

  /** Has classes of its own of the application, and all others of the server. */
  private static final class ApplicationLoader extends URLClassLoader {
    ApplicationLoader(URL classes) {
      super(new URL[] {classes}, JettyPool.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(APPLICATION)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : findClass(name);
      }
    }
  }

  public static void main(String[] args) throws Exception {
    // Here, so that JNA's thread does not remember the application that happened to be first.
    Hypervisor.probe()
        .obstacle()
        .ifPresent(o -> System.err.println(o.reason() + "; " + o.fix()));
    URL classes = JettyPool.class.getProtectionDomain().getCodeSource().getLocation();
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
    try (JettyPool pool = new JettyPool(port, classes, APPLICATION + "GuestWorkers")) {
      pool.start();
      System.out.println("curl --data 'uname -a' " + pool.address());
      if (args.length > 0) {
        pool.server.join();
      } else {
        show(pool);
      }
    }
  }

  private static void show(JettyPool pool) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    ask(client, pool, "id -u; uname -s; touch /tmp/left; ls /tmp");
    ask(client, pool, "ls /tmp; echo nothing of others"); // another machine
    ask(client, pool, "while :; do :; done"); // 504
    ask(client, pool, "yes"); // 507
    List<String> left = left(pool.undeploy());
    System.out.println(left.isEmpty() ? "undeployed, and nothing is left" : "left behind: " + left);
    pool.deploy();
    ask(client, pool, "echo once more");
  }

  private static void ask(HttpClient client, JettyPool pool, String command)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(pool.address())
            .POST(HttpRequest.BodyPublishers.ofString(command, StandardCharsets.UTF_8))
            .build();
    HttpResponse<String> answer;
    do { // each answer that all machines are at work comes after a while
      answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    } while (answer.statusCode() == 503);
    String text = answer.body().strip().replace("\n", " | ");
    System.out.printf(
        "%s: %d %s%n",
        command, answer.statusCode(), text.length() > 60 ? text.substring(0, 60) + "..." : text);
  }

  /** What is still there of an application: its machines' threads, its own, its class loader. */
  private static List<String> left(WeakReference<ClassLoader> loader) throws InterruptedException {
    List<String> left = List.of();
    for (int i = 0; i < 100; i++) {
      System.gc();
      left =
          Thread.getAllStackTraces().keySet().stream()
              .map(Thread::getName)
              .filter(name -> name.startsWith("javisor-") || name.equals("worker-maker"))
              .collect(Collectors.toCollection(ArrayList::new));
      if (loader.get() != null) {
        left.add("the class loader");
      }
      if (left.isEmpty()) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return left;
  }
}
