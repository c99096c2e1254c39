package dev.javisor.testing.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves a folder by HTTP on this machine, a little slowly, and remembers what was asked for. */
public final class CountingMirror implements AutoCloseable {
  private static final long DELAY_MILLIS = 100;

  private final Path folder;
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  /**
   * Begins to serve.
   *
   * @param folder what is there below {@code /debian/}
   */
  public CountingMirror(Path folder) throws IOException {
    this.folder = folder;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** The address to name as a mirror. */
  public URI address() {
    return URI.create("http://127.0.0.1:%d/debian".formatted(server.getLocalPort()));
  }

  /** How many requests there were for paths with that in them. */
  public long requests(String part) {
    return List.copyOf(requests).stream().filter(r -> r.contains(part)).count();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        threads.execute(() -> answer(socket));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void answer(Socket connection) {
    try (Socket socket = connection;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      String path = in.readLine().split(" ")[1];
      requests.add(path);
      for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
        line = in.readLine();
      }
      Thread.sleep(DELAY_MILLIS);
      Path file = folder.resolve(path.replaceFirst("^/debian/", ""));
      boolean there = Files.isRegularFile(file);
      byte[] content = there ? Files.readAllBytes(file) : new byte[0];
      OutputStream out = socket.getOutputStream();
      out.write(
          "HTTP/1.0 %s\r\nContent-Length: %d\r\n\r\n"
              .formatted(there ? "200 OK" : "404 Not Found", content.length)
              .getBytes(StandardCharsets.US_ASCII));
      out.write(content);
    } catch (IOException e) {
      // The client went away; it will complain itself.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
