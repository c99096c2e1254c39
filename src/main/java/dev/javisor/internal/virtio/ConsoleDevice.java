package dev.javisor.internal.virtio;

import org.jspecify.annotations.Nullable;

/**
 * A console with one port: virtio 1.3 §5.3.
 *
 * <p>One worker serves both queues, in pieces of 4 KiB. A request to transmit that is longer than a
 * round is given to the host piece by piece, and stays the driver's until the last one. Output
 * never waits for the host; input waits, bounded, for the driver's buffers.
 *
 * <p>Not modelled: VIRTIO_CONSOLE_F_MULTIPORT, and with it the control queues.
 */
final class ConsoleDevice implements VirtioConsole {
  static final long F_SIZE = 1L;
  static final long F_EMERG_WRITE = 1L << 2;
  static final int RECEIVE = 0;
  static final int TRANSMIT = 1;

  private static final int TYPE = 3;
  private static final int QUEUE_SIZE = 256;
  private static final int CONFIG_SIZE = 12;
  private static final int EMERG_WRITE_OFFSET = 8;
  private static final int PIECE = 4096;

  /** Pieces, or requests without content, that one round handles in each queue. */
  private static final int ROUND = 64;

  private static final int INPUT_BYTES = 0;
  private static final int OUTPUT_BYTES = 1;

  private final String id;
  private final SumCounters counters;
  private final ConsoleSink sink;
  private final Runnable roomListener;
  private final InputBuffer input;
  private final byte[] inputPiece = new byte[PIECE];

  /** Guards the sink; the array in it is what goes there. */
  private final byte[] outputPiece = new byte[PIECE];

  private volatile @Nullable VirtioTransport transport;
  private volatile boolean active;
  private volatile int columns;
  private volatile int rows;
  private @Nullable VirtQueue receiveQueue;
  private @Nullable VirtQueue transmitQueue;
  private long transmitted;

  ConsoleDevice(String id, ConsoleConfig config, ConsoleSink sink, Runnable roomListener) {
    this.id = id;
    counters = new SumCounters(id, "input_bytes", "output_bytes");
    this.sink = sink;
    this.roomListener = roomListener;
    columns = config.columns();
    rows = config.rows();
    input = new InputBuffer(config.inputBytes());
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
    return F_SIZE | F_EMERG_WRITE;
  }

  @Override
  public int queueCount() {
    return 2;
  }

  @Override
  public int maxQueueSize(int queue) {
    return QUEUE_SIZE;
  }

  @Override
  public int workerCount() {
    return 1;
  }

  @Override
  public int worker(int queue) {
    return 0;
  }

  @Override
  public int configSize() {
    return CONFIG_SIZE;
  }

  @Override
  public long readConfig(int offset, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (long) configByte(offset + i) << 8 * i;
    }
    return value;
  }

  /** cols and rows; max_nr_ports and emerg_wr read as zeros. */
  private int configByte(int offset) {
    int both = columns | rows << 16;
    return offset < Integer.BYTES ? both >>> 8 * offset & 0xff : 0;
  }

  @Override
  public void writeConfig(int offset, int size, long value) {
    if (offset == EMERG_WRITE_OFFSET) {
      synchronized (outputPiece) {
        outputPiece[0] = (byte) value;
        sink.write(outputPiece, 0, 1);
        counters.add(OUTPUT_BYTES, 1);
      }
    }
  }

  @Override
  public void attach(VirtioTransport to) {
    transport = to;
  }

  @Override
  public void activate(long features) {
    active = true;
  }

  @Override
  public void startQueue(VirtQueue queue) {
    if (queue.index() == RECEIVE) {
      receiveQueue = queue;
    } else {
      transmitQueue = queue;
    }
  }

  @Override
  public void service(int worker) {
    VirtQueue out = transmitQueue;
    boolean more = out != null && transmit(out);
    VirtQueue in = receiveQueue;
    more |= in != null && deliver(in);
    VirtioTransport host = transport;
    if (more && host != null) {
      host.wake(worker);
    }
    tellOfRoom();
  }

  /** Returns whether there may be more to do. */
  private boolean transmit(VirtQueue queue) {
    int budget = ROUND;
    do {
      queue.disableNotifications();
      DescriptorChain chain;
      while (budget > 0 && (chain = queue.pop()) != null) {
        budget--;
        long left = chain.readable().bytes() - transmitted;
        if (left > 0) {
          left -= print(chain.readable(), left);
        }
        if (left > 0) {
          queue.undoPop(chain);
        } else {
          transmitted = 0;
          queue.push(chain, 0);
        }
      }
      queue.flush();
      if (budget == 0) {
        return true;
      }
    } while (queue.enableNotifications());
    return false;
  }

  /** Hands a piece to the sink; returns its length. */
  private int print(BufferList buffers, long left) {
    int length = (int) Math.min(left, PIECE);
    synchronized (outputPiece) {
      buffers.read(transmitted, outputPiece, 0, length);
      sink.write(outputPiece, 0, length);
      counters.add(OUTPUT_BYTES, length);
    }
    transmitted += length;
    return length;
  }

  /** Returns whether there may be more to do. */
  private boolean deliver(VirtQueue queue) {
    int budget = ROUND;
    queue.disableNotifications();
    while (budget > 0 && !input.isEmpty()) {
      DescriptorChain chain = queue.pop();
      if (chain == null) {
        if (!queue.enableNotifications()) {
          break;
        }
        continue;
      }
      budget--;
      BufferList buffers = chain.writable();
      int length = (int) Math.min(input.peek(inputPiece), buffers.bytes());
      buffers.write(0, inputPiece, 0, length);
      input.remove(length);
      counters.add(INPUT_BYTES, length);
      queue.push(chain, length);
    }
    queue.flush();
    return budget == 0;
  }

  private void tellOfRoom() {
    if (input.takeRoomNotice()) {
      roomListener.run();
    }
  }

  @Override
  public int receive(byte[] bytes, int offset, int length) {
    int taken = input.offer(bytes, offset, length);
    VirtioTransport host = transport;
    if (taken > 0 && host != null) {
      host.wake(0);
    }
    return taken;
  }

  @Override
  public void resize(int newColumns, int newRows) {
    ConsoleConfig.checkSize(newColumns, newRows);
    VirtioTransport host = transport;
    if (host == null) {
      setSize(newColumns, newRows);
    } else if (newColumns != columns || newRows != rows) {
      host.changeConfig(() -> setSize(newColumns, newRows));
    }
  }

  private void setSize(int newColumns, int newRows) {
    columns = newColumns;
    rows = newRows;
  }

  @Override
  public SumCounters counters() {
    return counters;
  }

  @Override
  public void stopQueue(int queue) {
    if (queue == RECEIVE) {
      receiveQueue = null;
    } else {
      transmitQueue = null;
      transmitted = 0;
    }
  }

  @Override
  public void reset() {
    receiveQueue = null;
    transmitQueue = null;
    transmitted = 0;
    if (active) {
      active = false;
      // What was typed for the system that ended is not for the one that starts.
      input.clear();
      tellOfRoom();
    }
  }

  @Override
  public ConsoleState save() {
    return new ConsoleState(ConsoleState.VERSION, columns, rows, transmitted, input.toList());
  }

  @Override
  public void restore(ConsoleState state) {
    if (state.version() != ConsoleState.VERSION) {
      throw new IllegalArgumentException(
          "%s: version %d, known is %d".formatted(id, state.version(), ConsoleState.VERSION));
    }
    ConsoleConfig.checkSize(state.columns(), state.rows());
    boolean bytes = state.input().stream().allMatch(value -> value >>> 8 == 0);
    if (state.transmitted() < 0 || state.input().size() > input.capacity() || !bytes) {
      throw new IllegalArgumentException(
          "%s: %d bytes transmitted, %d of input, or no bytes at all"
              .formatted(id, state.transmitted(), state.input().size()));
    }
    setSize(state.columns(), state.rows());
    transmitted = state.transmitted();
    input.setAll(state.input());
  }
}
