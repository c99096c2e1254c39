package dev.javisor.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.javisor.VirtualMachine;
import dev.javisor.agent.GuestProcess;
import dev.javisor.agent.PortForward;
import dev.javisor.backend.NetBackend;
import dev.javisor.guest.GuestPackages;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A machine with etcd. What it is asked goes through the agent: over a way of its own, so that a
 * node can be asked which the others cannot reach.
 */
final class EtcdNode implements AutoCloseable {
  private static final int CLIENTS = 2379;
  private static final String LOG = "/etcd.log";

  /** For machines that run next to others, or in an emulated one, as in most tests of this kind. */
  private static final String PATIENT = " --heartbeat-interval 1000 --election-timeout 10000";

  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final String name;
  private final VirtualMachine vm;
  private final HttpClient client = HttpClient.newHttpClient();
  private GuestProcess process;
  private PortForward api;

  private EtcdNode(String name, VirtualMachine vm) {
    this.name = name;
    this.vm = vm;
  }

  /** Boots a machine on a network where others find it by its name. */
  static EtcdNode boot(String name, NetBackend port) {
    GuestPackages debian = GuestPackages.debian();
    VirtualMachine vm =
        VirtualMachine.builder()
            .name(name)
            .kernel(debian.kernel())
            .memory("512M")
            .agent(agent -> agent.busybox(debian.busybox()))
            .net(port)
            .build();
    vm.boot();
    return new EtcdNode(name, vm);
  }

  static Path files() throws IOException, InterruptedException {
    return DebianTree.of("etcd-server", "adduser", "init-system-helpers");
  }

  /** Starts etcd, as one of several nodes. */
  void start(List<String> names) throws IOException, InterruptedException {
    vm.agent().awaitReady(Duration.ofMinutes(5));
    vm.agent().copyIn(files(), "/");
    String cluster =
        names.stream()
            .map(node -> node + "=http://" + node + ":2380")
            .collect(Collectors.joining(","));
    String etcd =
        "exec etcd --name %s --data-dir /var/lib/etcd --initial-cluster %s".formatted(name, cluster)
            + " --listen-peer-urls http://0.0.0.0:2380"
            + " --initial-advertise-peer-urls http://%s:2380".formatted(name)
            + " --listen-client-urls http://127.0.0.1:%d".formatted(CLIENTS)
            + " --advertise-client-urls http://%s:%d".formatted(name, CLIENTS)
            + PATIENT;
    process = vm.agent().command("sh", "-c", etcd + " > " + LOG + " 2>&1").start();
    api = vm.forward(CLIENTS);
  }

  String name() {
    return name;
  }

  /** Its number among the nodes. */
  String id() throws IOException, InterruptedException {
    return field(status(), "member_id").orElseThrow();
  }

  /** The number of the node that leads, by what this one knows; 0 if there is none. */
  String leader() throws IOException, InterruptedException {
    return field(status(), "leader").orElse("0");
  }

  boolean isWithoutLeader() throws IOException, InterruptedException {
    return leader().equals("0");
  }

  private String status() throws IOException, InterruptedException {
    return post("/v3/maintenance/status", "{}");
  }

  /** Has the nodes agree on a value. */
  void put(String key, String value) throws IOException, InterruptedException {
    post("/v3/kv/put", "{\"key\":\"%s\",\"value\":\"%s\"}".formatted(encode(key), encode(value)));
  }

  /** The value that the nodes agree on. */
  Optional<String> get(String key) throws IOException, InterruptedException {
    return value(post("/v3/kv/range", "{\"key\":\"%s\"}".formatted(encode(key))));
  }

  /** The value that this node has, which may be an old one. */
  Optional<String> getWhatItKnows(String key) throws IOException, InterruptedException {
    String query = "{\"key\":\"%s\",\"serializable\":true}".formatted(encode(key));
    return value(post("/v3/kv/range", query));
  }

  private static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static Optional<String> value(String answer) {
    return field(answer, "value").map(text -> new String(Base64.getDecoder().decode(text), UTF_8));
  }

  private static Optional<String> field(String json, String name) {
    Matcher matcher = Pattern.compile("\"%s\":\"([^\"]*)\"".formatted(name)).matcher(json);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private String post(String path, String json) throws IOException, InterruptedException {
    if (process.exit().isDone()) {
      throw new IllegalStateException("etcd has ended; " + log());
    }
    HttpRequest request =
        HttpRequest.newBuilder(api.uri(path))
            .timeout(TIMEOUT)
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("%s: %d %s".formatted(path, response.statusCode(), response.body()));
    }
    return response.body();
  }

  /** The last of what etcd said. */
  String log() {
    try {
      return "node " + name + ":\n" + vm.exec("tail", "-n", "30", LOG).stdout();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  @Override
  public void close() {
    vm.close();
  }
}
