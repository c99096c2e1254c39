package dev.javisor.linux;

import static java.util.stream.Collectors.joining;

import dev.javisor.guest.GuestPackages;
import dev.javisor.guest.Initramfs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures a network beside QEMU's: one Linux, with iperf3 in its initramfs, on TAP interfaces of
 * the same machine, by turns. {@code ./javisor test --long} starts it.
 */
public final class NetContest {
  private static final int ROUNDS = 5;
  private static final int SECONDS = 3;
  private static final int PINGS = 100;
  private static final String PROGRAM = "/usr/bin/iperf3";
  private static final Pattern RATE = Pattern.compile(" ([0-9]+) Kbits/sec.* receiver");
  private static final Pattern ROUND_TRIP = Pattern.compile("= [0-9.]+/([0-9.]+)/[0-9.]+ ms");
  private static final String SCRIPT =
      """
      mkdir -p /tmp
      ip link set lo up
      exec sh
      """;

  /** A monitor with a guest. */
  private static final class Subject {
    final String name;
    final String host;
    final ContestGuest guest;
    final List<Double> sent = new ArrayList<>();
    final List<Double> received = new ArrayList<>();
    final List<Double> roundTrips = new ArrayList<>();

    Subject(ContestGuest guest) {
      this.guest = guest;
      name = guest.monitor();
      host = guest.host();
    }

    void forget() {
      sent.clear();
      received.clear();
      roundTrips.clear();
    }
  }

  private NetContest() {}

  /** Prints a table; fails with an exception if anything but a figure is wrong. */
  public static void main(String[] args) throws Exception {
    Path initramfs = initramfs();
    try (ContestGuest javisor = ContestGuest.javisor(initramfs);
        ContestGuest qemu = ContestGuest.qemu(initramfs, false);
        ContestGuest vhost = ContestGuest.qemu(initramfs, true)) {
      List<Subject> subjects = Stream.of(javisor, qemu, vhost).map(Subject::new).toList();
      for (Subject subject : subjects) {
        prepare(subject);
      }
      // In the first round compilers are at work.
      for (int i = 0; i <= ROUNDS; i++) {
        for (Subject subject : subjects) {
          measure(subject);
          if (i == 0) {
            subject.forget();
          }
        }
      }
      report(subjects);
    } finally {
      Files.delete(initramfs);
    }
  }

  private static void prepare(Subject subject) throws InterruptedException {
    subject.guest.shell().begin();
    subject
        .guest
        .shell()
        .run(
            "ip address add %s/24 dev eth0 && ip link set eth0 up && ping -c 3 -W 20 %s"
                .formatted(subject.host.replaceFirst("1$", "2"), subject.host));
    say(subject.name + " is up");
  }

  private static void measure(Subject subject) throws Exception {
    DebianShell shell = subject.guest.shell();
    String pings = text(shell.run("ping -A -q -c %d %s".formatted(PINGS, subject.host)));
    subject.roundTrips.add(1000 * number(ROUND_TRIP, pings));
    say("%s: ping %.0f us".formatted(subject.name, last(subject.roundTrips)));
    subject.sent.add(number(RATE, iperf(subject, "")) / 1000);
    subject.received.add(number(RATE, iperf(subject, " -R")) / 1000);
    say(
        "%s: sent %.0f Mbit/s, received %.0f Mbit/s"
            .formatted(subject.name, last(subject.sent), last(subject.received)));
  }

  /** What the guest's end says, with the host's end as the server of one run. */
  private static String iperf(Subject subject, String options) throws Exception {
    Process server =
        new ProcessBuilder(PROGRAM, "-s", "-1", "--forceflush", "-B", subject.host)
            .redirectErrorStream(true)
            .start();
    try {
      // It says so when it listens.
      byte[] start = new byte[64];
      if (server.getInputStream().read(start) < 0) {
        throw new AssertionError("iperf3 -s ended");
      }
      return text(
          subject
              .guest
              .shell()
              .run("iperf3 -c %s -f k -t %d%s 2>&1".formatted(subject.host, SECONDS, options)));
    } finally {
      server.destroy();
      server.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static double number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new AssertionError("no figure in: " + text);
    }
    return Double.parseDouble(matcher.group(1));
  }

  private static String text(List<String> lines) {
    return String.join("\n", lines);
  }

  private static double last(List<Double> figures) {
    return figures.get(figures.size() - 1);
  }

  /** Debian's kernel modules and busybox, and this machine's iperf3 with its libraries. */
  private static Path initramfs() throws Exception {
    GuestPackages packages = GuestPackages.debian();
    Initramfs.Builder builder =
        Initramfs.builder()
            .busybox(packages.busybox())
            .modules(packages.kernel(), "virtio_pci", "virtio_net")
            .file(PROGRAM, Path.of(PROGRAM), 0755);
    for (String library : libraries()) {
      builder.file(library, Path.of(library).toRealPath(), 0755);
    }
    return builder.init(SCRIPT).build().writeTo(Files.createTempFile("javisor-contest-", ".cpio"));
  }

  private static List<String> libraries() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("ldd", PROGRAM).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("ldd " + PROGRAM + ": " + said);
    }
    return Arrays.stream(said.split("\\s+")).filter(word -> word.startsWith("/")).toList();
  }

  private static void report(List<Subject> subjects) {
    System.out.println(
        "| measure | "
            + subjects.stream().map(subject -> subject.name).collect(joining(" | "))
            + " | Javisor / QEMU |");
    System.out.println("|---|" + "---|".repeat(subjects.size() + 1));
    row("iperf3, guest to host (Mbit/s)", subjects, subject -> subject.sent);
    row("iperf3, host to guest (Mbit/s)", subjects, subject -> subject.received);
    row("ping, round trip (us)", subjects, subject -> subject.roundTrips);
  }

  private static void row(
      String measure, List<Subject> subjects, Function<Subject, List<Double>> figures) {
    String cells =
        subjects.stream().map(subject -> cell(figures.apply(subject))).collect(joining(" | "));
    double ratio = median(figures.apply(subjects.get(0))) / median(figures.apply(subjects.get(1)));
    System.out.println(String.format(Locale.ROOT, "| %s | %s | %.2f |", measure, cells, ratio));
  }

  private static String cell(List<Double> figures) {
    List<Double> sorted = figures.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "%.0f (%.0f to %.0f)",
        median(figures),
        sorted.get(0),
        sorted.get(sorted.size() - 1));
  }

  private static double median(List<Double> figures) {
    return figures.stream().sorted().toList().get(figures.size() / 2);
  }

  private static void say(String what) {
    System.out.println("contest: " + what);
  }
}
