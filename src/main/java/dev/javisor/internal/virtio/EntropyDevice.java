package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.memory.IoVector;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An entropy device: virtio 1.3 §5.4. The host writes random bytes straight into the driver's
 * buffers.
 *
 * <p>A request gets {@value #MAX_BYTES} bytes at most; the standard lets a device give fewer than
 * were asked for. So it does where the source gives fewer. While the source has none, requests
 * wait, and it is asked again every 10 ms.
 *
 * <p>Not modelled: VIRTIO_RNG_F_LEAK, which the standard does not have yet.
 */
final class EntropyDevice implements VirtioDevice<EntropyState> {
  /** The most that one request gets. */
  static final int MAX_BYTES = 64 << 10;

  private static final int TYPE = 4;
  private static final int QUEUE_SIZE = 256;
  private static final int MAX_PARTS = 64;
  private static final int ROUND = QUEUE_SIZE;
  private static final long RETRY_NANOS = 10_000_000;

  private static final int READ_BYTES = 0;
  private static final int READ_OPS = 1;

  private final String id;
  private final SumCounters counters;
  private final EntropySource source;
  private final Scheduler scheduler;
  private final IoVector target = new IoVector(MAX_PARTS);
  private @Nullable VirtioTransport transport;
  private @Nullable VirtQueue queue;
  private final AtomicBoolean retryPending = new AtomicBoolean();

  EntropyDevice(String id, EntropySource source, Scheduler scheduler) {
    this.id = id;
    counters = new SumCounters(id, "read_bytes", "read_ops");
    this.source = source;
    this.scheduler = scheduler;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public long features() {
    return 0;
  }

  @Override
  public int queueCount() {
    return 1;
  }

  @Override
  public int maxQueueSize(int index) {
    return QUEUE_SIZE;
  }

  @Override
  public void attach(VirtioTransport to) {
    transport = to;
  }

  @Override
  public void startQueue(VirtQueue started) {
    queue = started;
  }

  @Override
  public void service(int worker) {
    VirtQueue requests = queue;
    VirtioTransport host = transport;
    if (requests == null || host == null) {
      return;
    }
    int budget = ROUND;
    do {
      requests.disableNotifications();
      DescriptorChain chain;
      while (budget > 0 && (chain = requests.pop()) != null) {
        budget--;
        if (!serve(requests, chain, host)) {
          requests.flush();
          return;
        }
      }
      requests.flush();
      if (budget == 0) {
        host.wake(worker);
        return;
      }
    } while (requests.enableNotifications());
  }

  /** Returns whether to go on with the next request. */
  private boolean serve(VirtQueue requests, DescriptorChain chain, VirtioTransport host) {
    target.clear();
    BufferList buffers = chain.writable();
    long room = Math.min(buffers.bytes(), MAX_BYTES);
    // What does not fit into the vector stays as it is: the device may give less.
    buffers.addTo(target, 0, room);
    if (room == 0) {
      requests.push(chain, 0);
      return true;
    }
    int filled = source.fill(target);
    if (filled > 0) {
      requests.push(chain, filled);
      counters.add(READ_BYTES, filled);
      counters.add(READ_OPS, 1);
      return true;
    }
    requests.undoPop(chain);
    if (filled == EntropySource.FAILED) {
      host.needsReset("no more entropy");
    } else if (retryPending.compareAndSet(false, true)) {
      scheduler.schedule(RETRY_NANOS, () -> retry(host));
    }
    return false;
  }

  private void retry(VirtioTransport host) {
    retryPending.set(false);
    host.wake(0);
  }

  @Override
  public SumCounters counters() {
    return counters;
  }

  @Override
  public void stopQueue(int index) {
    queue = null;
  }

  @Override
  public void reset() {
    queue = null;
  }

  @Override
  public EntropyState save() {
    return new EntropyState(EntropyState.VERSION);
  }

  @Override
  public void restore(EntropyState state) {
    if (state.version() != EntropyState.VERSION) {
      throw new IllegalArgumentException(
          "%s: version %d, known is %d".formatted(id, state.version(), EntropyState.VERSION));
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
