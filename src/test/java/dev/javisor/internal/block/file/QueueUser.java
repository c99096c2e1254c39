package dev.javisor.internal.block.file;

import dev.javisor.backend.BlockStatus;
import dev.javisor.internal.block.Disk;
import dev.javisor.internal.block.DiskQueue;
import dev.javisor.internal.block.DiskRequest;
import dev.javisor.internal.block.DiskWaker;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.sys.EventFd;
import dev.javisor.internal.virtio.DescriptorChain;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.VirtQueue;
import dev.javisor.internal.virtio.VirtioFeatures;

/** Uses a disk's queue as its device does, with guest RAM and one thread. */
final class QueueUser implements AutoCloseable {
  static final int DEPTH = 32;

  private final GuestMemory memory =
      GuestRam.map(new RamSpec(64 << 20, false, false, false, false), 0xC000_0000L);
  private final EventFd event = new EventFd("completions", true);
  private final DiskQueue queue;
  private int done;

  QueueUser(Disk disk) {
    queue =
        disk.open(
            "queue",
            DEPTH,
            new DiskWaker() {
              @Override
              public void wake() {
                event.signal();
              }

              @Override
              public int descriptor() {
                return event.number();
              }
            });
  }

  QueueUser(FileRequests requests) {
    queue = new SyncQueue(requests);
  }

  BlockStatus read(long offset, byte[] bytes, int pieces, int skew) {
    return transfer(false, offset, bytes, pieces, skew);
  }

  BlockStatus write(long offset, byte[] bytes, int pieces, int skew) {
    return transfer(true, offset, bytes, pieces, skew);
  }

  BlockStatus flush() {
    DiskRequest request = request();
    request.flush();
    return run(request);
  }

  BlockStatus discard(long offset, long length) {
    DiskRequest request = request();
    request.discard(offset, length);
    return run(request);
  }

  BlockStatus writeZeroes(long offset, long length, boolean mayUnmap) {
    DiskRequest request = request();
    request.writeZeroes(offset, length, mayUnmap);
    return run(request);
  }

  /** Reads that many blocks from the disk's beginning, all at once. */
  byte[] readAll(int blocks, int blockSize) {
    done = 0;
    long base = 16 << 20;
    for (int i = 0; i < blocks; i++) {
      DescriptorChain chain = chain(true, base + (long) i * blockSize, blockSize, 1);
      DiskRequest request = request();
      request.transfer(false, (long) i * blockSize, chain.writable(), 0, blockSize);
      queue.submit(request);
    }
    finish(blocks);
    byte[] all = new byte[blocks * blockSize];
    memory.read(base, all, 0, all.length);
    return all;
  }

  private BlockStatus transfer(boolean write, long offset, byte[] bytes, int pieces, int skew) {
    long gpa = (8L << 20) + skew;
    if (write) {
      memory.write(gpa, bytes);
    }
    DescriptorChain chain = chain(!write, gpa, bytes.length, pieces);
    DiskRequest request = request();
    request.transfer(write, offset, write ? chain.readable() : chain.writable(), 0, bytes.length);
    BlockStatus status = run(request);
    memory.read(gpa, bytes, 0, bytes.length);
    return status;
  }

  /** Buffers that do not touch each other would be better, but one after the other is easier. */
  private DescriptorChain chain(boolean write, long gpa, int length, int pieces) {
    DriverQueue driver = new DriverQueue(memory, 1 << 20, 64);
    DriverQueue.Buffer[] buffers = new DriverQueue.Buffer[pieces];
    int piece = length / pieces;
    for (int i = 0; i < pieces; i++) {
      int size = i == pieces - 1 ? length - i * piece : piece;
      buffers[i] = new DriverQueue.Buffer(gpa + (long) i * piece, size, write);
    }
    driver.add(buffers);
    VirtQueue device = driver.device(VirtioFeatures.COMMON, () -> {});
    DescriptorChain chain = device.pop();
    if (chain == null) {
      throw new AssertionError("nothing to take");
    }
    return chain;
  }

  private DiskRequest request() {
    return new DiskRequest(memory, 0, ended -> done++);
  }

  private BlockStatus run(DiskRequest request) {
    done = 0;
    queue.submit(request);
    finish(1);
    return request.status();
  }

  private void finish(int requests) {
    queue.commit();
    while (done < requests) {
      // As a worker does: it sleeps until the kernel wakes it.
      event.await();
      queue.reap();
      queue.commit();
    }
  }

  @Override
  public void close() {
    queue.close();
    event.close();
    memory.close();
  }
}
