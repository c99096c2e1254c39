package dev.javisor.internal.virtio.blk;

import dev.javisor.internal.block.Disk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The configuration structure, but for the cache mode: virtio 1.3 §5.2.4. */
final class BlkLayout {
  /** Up to write_zeroes_may_unmap and its padding. */
  static final int SIZE = 60;

  static final int WRITEBACK = 32;

  /** The most sectors of a DISCARD or WRITE_ZEROES: 1 GiB. */
  static final int MOST_RANGE_SECTORS = 1 << 21;

  private static final int CAPACITY = 0;
  private static final int SEG_MAX = 12;
  private static final int BLK_SIZE = 20;
  private static final int PHYSICAL_BLOCK_EXPONENT = 24;
  private static final int MIN_IO_SIZE = 26;
  private static final int NUM_QUEUES = 34;
  private static final int MAX_DISCARD_SECTORS = 36;
  private static final int MAX_DISCARD_SEG = 40;
  private static final int DISCARD_SECTOR_ALIGNMENT = 44;
  private static final int MAX_WRITE_ZEROES_SECTORS = 48;
  private static final int MAX_WRITE_ZEROES_SEG = 52;
  private static final int WRITE_ZEROES_MAY_UNMAP = 56;

  private BlkLayout() {}

  static ByteBuffer of(Disk disk, BlkConfig config) {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    int logical = disk.logicalBlockSize();
    int physical = disk.physicalBlockSize();
    bytes.putLong(CAPACITY, disk.size() / BlkRequests.SECTOR);
    // A request's header and status take a descriptor each.
    bytes.putInt(SEG_MAX, Math.max(1, config.queueSize() - 2));
    bytes.putInt(BLK_SIZE, logical);
    bytes.put(PHYSICAL_BLOCK_EXPONENT, (byte) Integer.numberOfTrailingZeros(physical / logical));
    bytes.putShort(MIN_IO_SIZE, (short) (physical / logical));
    bytes.putShort(NUM_QUEUES, (short) config.queues());
    if (disk.discards()) {
      bytes.putInt(MAX_DISCARD_SECTORS, MOST_RANGE_SECTORS);
      bytes.putInt(MAX_DISCARD_SEG, 1);
      bytes.putInt(DISCARD_SECTOR_ALIGNMENT, physical / BlkRequests.SECTOR);
      bytes.putInt(MAX_WRITE_ZEROES_SECTORS, MOST_RANGE_SECTORS);
      bytes.putInt(MAX_WRITE_ZEROES_SEG, 1);
      bytes.put(WRITE_ZEROES_MAY_UNMAP, (byte) 1);
    }
    return bytes;
  }
}
