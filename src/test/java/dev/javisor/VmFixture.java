package dev.javisor;

import dev.javisor.internal.config.HostMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What tests of the facade share: a fake host, and a builder that only lacks what is tested. */
final class VmFixture {
  static final Duration LONG = Duration.ofSeconds(20);
  final FakePlatform platform = new FakePlatform();
  final Path directory;
  final Path kernel;

  VmFixture(Path directory) {
    this.directory = directory;
    kernel = directory.resolve("vmlinux");
    try {
      Files.writeString(kernel, "kernel");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  VirtualMachine.Builder builder() {
    return emptyBuilder().kernel(kernel).name("test");
  }

  VirtualMachine.Builder emptyBuilder() {
    // No proc and sys there: a host that does not tell what memory it has.
    return new DefaultBuilder(platform, new HostMemory(directory));
  }

  VirtualMachine boot() {
    return builder().build().boot();
  }

  FakePlatform.FakeMachine machine() {
    return platform.machine;
  }

  /** Waits until something holds. */
  static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not happen in time");
      }
      Thread.sleep(2);
    }
  }
}
