package dev.javisor.internal.virtio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.javisor.internal.bus.DeviceState;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.DriverQueue.Used;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device for tests of what all devices share: it answers each request with the request's bytes.
 * Queues 0 and 1 share a worker, queue 2 has one of its own. Requests of queue 2 are taken and kept
 * until {@link #finish}, as if the host were slow.
 */
final class EchoDevice implements VirtioDevice<EchoDevice.State> {
  static final int TYPE = 42;
  static final long FEATURE = 1L << 3;
  static final long REFUSED_FEATURE = 1L << 4;
  static final int CONFIG_SIZE = 12;

  record State(int version, int value) implements DeviceState {}

  final List<String> calls = new ArrayList<>();
  final @Nullable VirtQueue[] queues = new VirtQueue[3];
  final List<DescriptorChain> kept = new ArrayList<>();
  boolean blockStop;
  int value;
  private @Nullable VirtioTransport transport;

  VirtioTransport transport() {
    if (transport == null) {
      throw new AssertionError("not attached");
    }
    return transport;
  }

  /** Completes what was kept. */
  synchronized void finish() {
    VirtQueue queue = queues[2];
    if (queue != null) {
      for (DescriptorChain chain : kept) {
        echo(queue, chain);
      }
      kept.clear();
      queue.flush();
    }
  }

  private static void echo(VirtQueue queue, DescriptorChain chain) {
    int length = (int) Math.min(chain.readable().bytes(), chain.writable().bytes());
    byte[] bytes = new byte[length];
    chain.readable().read(0, bytes, 0, length);
    chain.writable().write(0, bytes, 0, length);
    queue.push(chain, length);
  }

  @Override
  public String id() {
    return "echo0";
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public long features() {
    return FEATURE | REFUSED_FEATURE;
  }

  @Override
  public boolean accepts(long features) {
    return (features & REFUSED_FEATURE) == 0;
  }

  @Override
  public int queueCount() {
    return 3;
  }

  @Override
  public int maxQueueSize(int queue) {
    return 64 << queue;
  }

  @Override
  public int workerCount() {
    return 2;
  }

  @Override
  public int worker(int queue) {
    return queue / 2;
  }

  @Override
  public int configSize() {
    return CONFIG_SIZE;
  }

  @Override
  public long readConfig(int offset, int size) {
    return offset == 0 && size == 4 ? value : size == 1 ? (value >>> 8 * (offset % 4)) : 0;
  }

  @Override
  public void writeConfig(int offset, int size, long written) {
    if (offset == 0) {
      value = (int) written;
    }
  }

  @Override
  public void attach(VirtioTransport to) {
    transport = to;
  }

  @Override
  public void activate(long features) {
    calls.add("activate %x".formatted(features));
  }

  @Override
  public void startQueue(VirtQueue queue) {
    calls.add("start " + queue.index());
    queues[queue.index()] = queue;
  }

  @Override
  public void service(int worker) {
    calls.add("service " + worker);
    for (int i = 0; i < queues.length; i++) {
      VirtQueue queue = queues[i];
      if (worker(i) == worker && queue != null) {
        DescriptorChain chain;
        while ((chain = queue.pop()) != null) {
          if (i == 2) {
            kept.add(chain);
          } else {
            echo(queue, chain);
          }
        }
        queue.flush();
      }
    }
  }

  @Override
  public void stopQueue(int queue) {
    synchronized (this) {
      while (blockStop) {
        try {
          wait();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    calls.add("stop " + queue);
    queues[queue] = null;
    if (queue == 2) {
      kept.clear();
    }
  }

  synchronized void blockStop(boolean value) {
    blockStop = value;
    notifyAll();
  }

  @Override
  public void reset() {
    calls.add("reset");
    value = 0;
  }

  @Override
  public void quiesce() {
    finish();
  }

  @Override
  public State save() {
    return new State(1, value);
  }

  @Override
  public void restore(State state) {
    if (state.version() != 1) {
      throw new IllegalArgumentException("version " + state.version());
    }
    value = state.value();
  }

  @Override
  public void close() {
    calls.add("close");
  }

  /** Sends a request through a started queue, and checks that it comes back. */
  static Used echo(VirtioDriver<State> driver, int queue, String text) {
    DriverQueue ring = driver.queue(queue);
    Buffer answer = ring.writable(text.length());
    ring.add(ring.readable(text), answer);
    driver.kick(queue);
    Used used = ring.take();
    assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), ring.bytes(answer));
    return used;
  }
}
