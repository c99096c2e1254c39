package dev.javisor.image;

import dev.javisor.VirtualMachine;
import dev.javisor.guest.GuestKernel;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How an image is run.
 *
 * <pre>{@code
 * Image image = Image.fromDockerArchive(Path.of("redis.tar"));
 * try (ImageRun run =
 *     image.run(
 *         c -> c.arguments("--appendonly", "yes").env("TZ", "UTC").machine(b -> b.memory("1G")))) {
 *   int port = run.vm().forward(6379).port();
 * }
 * }</pre>
 *
 * <p>Threading: one thread at a time.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface RunConfig {
  /** Sets the arguments behind the entry point, in the place of the image's command. */
  RunConfig arguments(String... arguments);

  /** Sets the program and its first arguments, in the place of entry point and command. */
  RunConfig entrypoint(String... program);

  /** Sets an environment variable, beside those of the image. */
  RunConfig env(String name, String value);

  /** Sets the user in the place of the image's: {@code name}, {@code uid} or {@code uid:gid}. */
  RunConfig user(String user);

  /** Sets the folder in which it runs, in the place of the image's. */
  RunConfig directory(String path);

  /** Sets the kernel; it needs ext4 and virtio. Default: {@link GuestKernel#debian}. */
  RunConfig kernel(GuestKernel kernel);

  /**
   * Changes the machine: its memory (512M by default), vCPUs, further disks. Kernel, command line,
   * the first disk, a user-mode network and the agent are set already.
   */
  RunConfig machine(Consumer<? super VirtualMachine.Builder> machine);

  /** Sets how long the boot and the program's start may take. Default: a minute. */
  RunConfig timeout(Duration timeout);
}
