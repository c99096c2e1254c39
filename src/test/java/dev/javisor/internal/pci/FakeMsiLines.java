package dev.javisor.internal.pci;

import dev.javisor.internal.bus.MsiLine;
import dev.javisor.internal.bus.MsiLines;
import java.util.ArrayList;
import java.util.List;

/** Interrupts that write down what was sent, as {@code address:data} in hexadecimal. */
public final class FakeMsiLines implements MsiLines {
  private final List<String> sent = new ArrayList<>();
  private int routings;
  private int open;

  /** What was sent since the last call. */
  public synchronized List<String> sent() {
    List<String> result = List.copyOf(sent);
    sent.clear();
    return result;
  }

  /** How often a message was set. */
  public synchronized int routings() {
    return routings;
  }

  /** How many interrupts were not given back. */
  public synchronized int open() {
    return open;
  }

  @Override
  public synchronized MsiLine create(String name) {
    open++;
    return new Line();
  }

  private final class Line implements MsiLine {
    private String message = "";

    @Override
    public void route(long address, int data) {
      synchronized (FakeMsiLines.this) {
        message = "%x:%x".formatted(address, data);
        routings++;
      }
    }

    @Override
    public void unroute() {
      synchronized (FakeMsiLines.this) {
        message = "";
      }
    }

    @Override
    public void trigger() {
      synchronized (FakeMsiLines.this) {
        if (!message.isEmpty()) {
          sent.add(message);
        }
      }
    }

    @Override
    public void close() {
      synchronized (FakeMsiLines.this) {
        open--;
      }
    }
  }
}
