package dev.javisor.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.VirtualMachine;
import dev.javisor.Wait;
import dev.javisor.agent.PortForward;
import dev.javisor.junit.Vm;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A test of a real service: Debian's nginx in a machine of its own, with a configuration that is to
 * be tested, reached by HTTP through a port of this host. The machine has no network device and no
 * disk, and is gone after the last test.
 */
class WebServerTest {
  private static final String CONFIGURATION =
      """
      user root;
      events {}
      http {
        server {
          listen 127.0.0.1:80;
          root /srv;
          location = /health { return 204; }
          location /files/ {
            dav_methods PUT DELETE;
            create_full_put_path on;
          }
        }
      }
      """;

  @Vm private static VirtualMachine vm;
  private static PortForward web;

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void startNginx() throws IOException, InterruptedException {
    vm.agent().copyIn(nginx(), "/");
    vm.agent().write("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    vm.agent().write("/etc/group", "root:x:0:\n");
    vm.agent().write("/etc/nginx/nginx.conf", CONFIGURATION);
    vm.exec("nginx").requireSuccess(); // goes on in the background
    vm.waitFor(Wait.http(80, "/health").status(204));
    web = vm.forward(80);
  }

  @AfterAll
  static void closePort() {
    web.close();
  }

  @Test
  void shouldKeepWhatWasUploaded() throws Exception {
    HttpResponse<String> put = send(request("/files/a/hello.txt").PUT(body("hello, guest\n")));
    HttpResponse<String> get = send(request("/files/a/hello.txt"));

    assertEquals(201, put.statusCode());
    assertEquals("hello, guest\n", get.body());
    assertEquals("hello, guest\n", vm.agent().readText("/srv/files/a/hello.txt"));
  }

  @Test
  void shouldRefuseUploadsElsewhere() throws Exception {
    HttpResponse<String> answer = send(request("/hello.txt").PUT(body("hello")));

    assertEquals(405, answer.statusCode());
    assertEquals(1, vm.exec("ls", "/srv/hello.txt").exitCode());
  }

  static Path nginx() throws IOException, InterruptedException {
    return DebianTree.of("nginx", "iproute2", "debconf"); // which only its installation needs
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(web.uri(path)).timeout(Duration.ofMinutes(1));
  }

  private static HttpRequest.BodyPublisher body(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
