package dev.javisor.internal.machine;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.BlockOperation;
import dev.javisor.backend.BlockRequest;
import dev.javisor.backend.BlockStatus;
import java.util.ArrayList;
import java.util.List;

/** A disk that keeps back its requests when a test says so, and notes the sectors it wrote. */
final class HeldDisk implements BlockBackend {
  private static final int SECTOR = 512;

  private final long size;
  private final List<BlockRequest> kept = new ArrayList<>();
  private final List<Long> written = new ArrayList<>();
  private final List<Long> firstWords = new ArrayList<>();
  private boolean holding;

  HeldDisk(long size) {
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public synchronized void submit(BlockRequest request) {
    if (holding) {
      kept.add(request);
      notifyAll();
    } else {
      complete(request);
    }
  }

  /** Keeps requests from now on. */
  synchronized void hold() {
    holding = true;
  }

  /** Keeps requests from now on, and waits for the first. */
  synchronized void holdOne() throws InterruptedException {
    hold();
    while (kept.isEmpty()) {
      wait();
    }
  }

  /** Completes what was kept, and what comes. */
  synchronized void release() {
    holding = false;
    kept.forEach(this::complete);
    kept.clear();
  }

  /** The sectors that were written, in their order. */
  synchronized List<Long> written() {
    return List.copyOf(written);
  }

  /** The first 8 bytes of each write, little-endian, in their order. */
  synchronized List<Long> firstWords() {
    return List.copyOf(firstWords);
  }

  private void complete(BlockRequest request) {
    if (request.operation() == BlockOperation.WRITE) {
      byte[] start = new byte[Long.BYTES];
      request.copyTo(0, start, 0, start.length);
      long word = 0;
      for (int i = start.length - 1; i >= 0; i--) {
        word = word << 8 | start[i] & 0xff;
      }
      written.add(request.offset() / SECTOR);
      firstWords.add(word);
    }
    request.complete(BlockStatus.OK);
  }
}
