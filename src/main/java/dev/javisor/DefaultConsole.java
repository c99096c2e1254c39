package dev.javisor;

import dev.javisor.internal.console.ConsoleText;
import java.nio.charset.StandardCharsets;

/** The {@link Console} of a machine. Holds the handle: who holds a console has not lost the VM. */
final class DefaultConsole implements Console {
  private final DefaultVirtualMachine vm;
  private final VmLifecycle lifecycle;

  DefaultConsole(DefaultVirtualMachine vm, VmLifecycle lifecycle) {
    this.vm = vm;
    this.lifecycle = lifecycle;
  }

  @Override
  public String text() {
    return ConsoleText.whole(lifecycle.log());
  }

  @Override
  public String tail(int lines) {
    if (lines < 0) {
      throw new IllegalArgumentException("lines = " + lines + ": expected 0 or more");
    }
    return ConsoleText.tail(lifecycle.log(), lines, Integer.MAX_VALUE);
  }

  @Override
  public long droppedBytes() {
    return lifecycle.log().start();
  }

  @Override
  public void write(String text) throws InterruptedException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void write(byte[] bytes) throws InterruptedException {
    lifecycle.write(bytes.clone());
  }

  @Override
  public void resize(int columns, int rows) {
    lifecycle.resizeConsole(columns, rows);
  }

  @Override
  public String toString() {
    return "console of " + vm;
  }
}
