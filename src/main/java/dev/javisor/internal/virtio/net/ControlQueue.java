package dev.javisor.internal.virtio.net;

import dev.javisor.internal.virtio.BrokenDriverException;
import dev.javisor.internal.virtio.BufferList;
import dev.javisor.internal.virtio.DescriptorChain;
import dev.javisor.internal.virtio.VirtQueue;

/** The queue of commands: virtio 1.3 §5.1.6.5. Threading: one thread at a time. */
final class ControlQueue implements ServedQueue {
  private static final int OK = 0;
  private static final int ERR = 1;
  private static final int BUDGET = 64;
  private static final int HEADER = 2;

  private static final int ANNOUNCE_ACK = 3 << 8;
  private static final int VQ_PAIRS_SET = 4 << 8;
  private static final int GUEST_OFFLOADS_SET = 5 << 8;

  private final VirtQueue queue;
  private final NetLink link;
  private final int maxPairs;

  ControlQueue(VirtQueue queue, NetLink link, int maxPairs) {
    this.queue = queue;
    this.link = link;
    this.maxPairs = maxPairs;
  }

  @Override
  public boolean service() {
    int budget = BUDGET;
    do {
      queue.disableNotifications();
      DescriptorChain chain;
      while (budget > 0 && (chain = queue.pop()) != null) {
        budget--;
        serve(chain);
      }
      queue.flush();
    } while (budget > 0 && queue.enableNotifications());
    return budget == 0;
  }

  private void serve(DescriptorChain chain) {
    BufferList answer = chain.writable();
    if (answer.bytes() == 0) {
      throw new BrokenDriverException("a command without room for its answer");
    }
    answer.writeByte(0, (byte) (carryOut(chain.readable()) ? OK : ERR));
    queue.push(chain, 1);
  }

  private boolean carryOut(BufferList command) {
    if (command.bytes() < HEADER) {
      return false;
    }
    int what = (command.readByte(0) & 0xff) << 8 | command.readByte(1) & 0xff;
    return switch (what) {
      case ANNOUNCE_ACK -> acknowledge();
      case VQ_PAIRS_SET -> usePairs(command);
      case GUEST_OFFLOADS_SET -> takeOver(command);
      default -> false;
    };
  }

  private boolean acknowledge() {
    link.announced();
    return link.has(NetFeatures.GUEST_ANNOUNCE);
  }

  private boolean usePairs(BufferList command) {
    if (!link.has(NetFeatures.MQ) || command.bytes() < HEADER + Short.BYTES) {
      return false;
    }
    int count = command.readByte(HEADER) & 0xff | (command.readByte(HEADER + 1) & 0xff) << 8;
    if (count < 1 || count > maxPairs) {
      return false;
    }
    link.pairs(count);
    link.tellPort();
    return true;
  }

  private boolean takeOver(BufferList command) {
    if (!link.has(NetFeatures.CTRL_GUEST_OFFLOADS) || command.bytes() < HEADER + Long.BYTES) {
      return false;
    }
    long bits = command.readLong(HEADER);
    if ((bits & ~NetFeatures.GUEST_OFFLOADS) != 0
        || !link.has(bits)
        || !NetFeatures.consistent(bits)) {
      return false;
    }
    link.offloads(bits);
    link.tellPort();
    return true;
  }
}
