package dev.javisor.internal.virtio.blk;

import dev.javisor.internal.block.Disk;
import dev.javisor.internal.block.DiskRequest;
import dev.javisor.internal.virtio.BrokenDriverException;
import dev.javisor.internal.virtio.BufferList;
import dev.javisor.internal.virtio.DescriptorChain;
import java.nio.charset.StandardCharsets;

/**
 * Reads what drivers ask for, and checks all of it: virtio 1.3 §5.2.6.
 *
 * <p>Threading: any thread.
 */
final class BlkRequests {
  static final int SECTOR = 512;

  static final int STATUS_OK = 0;
  static final int STATUS_IOERR = 1;
  static final int STATUS_UNSUPPORTED = 2;

  /** What {@link #read} returns for a request that the disk has to carry out. */
  static final int FOR_THE_DISK = -1;

  /** The most data of one request, in bytes: it bounds how long a queue is held up by one. */
  static final long MOST_BYTES = 256L << 20;

  private static final int IN = 0;
  private static final int OUT = 1;
  private static final int FLUSH = 4;
  private static final int GET_ID = 8;
  private static final int DISCARD = 11;
  private static final int WRITE_ZEROES = 13;

  private static final int HEADER = 16;
  private static final int HEADER_SECTOR = 8;
  private static final int RANGE = 16;
  private static final int RANGE_SECTORS = 8;
  private static final int RANGE_FLAGS = 12;
  private static final int FLAG_UNMAP = 1;
  private static final int ID_BYTES = BlkConfig.MOST_SERIAL;

  private final long sectors;
  private final boolean readOnly;
  private final boolean discards;
  private final byte[] serial = new byte[ID_BYTES];

  BlkRequests(Disk disk, String serial) {
    sectors = disk.size() / SECTOR;
    readOnly = disk.readOnly();
    discards = disk.discards();
    byte[] ascii = serial.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, this.serial, 0, Math.min(ascii.length, ID_BYTES));
  }

  /**
   * Reads a request.
   *
   * @param request set to what the disk has to do, if it has
   * @return {@link #FOR_THE_DISK}, or the status with which the request is done already
   * @throws BrokenDriverException if there is not even room for a status
   */
  int read(DescriptorChain chain, DiskRequest request) {
    BufferList in = chain.readable();
    if (in.bytes() < HEADER || chain.writable().bytes() < 1) {
      throw new BrokenDriverException("disk request without header or status: " + chain);
    }
    int type = in.readInt(0);
    long sector = in.readLong(HEADER_SECTOR);
    return switch (type) {
      case IN ->
          transfer(false, sector, chain.writable(), 0, chain.writable().bytes() - 1, request);
      case OUT ->
          readOnly
              ? STATUS_IOERR
              : transfer(true, sector, in, HEADER, in.bytes() - HEADER, request);
      case FLUSH -> {
        request.flush();
        yield FOR_THE_DISK;
      }
      case GET_ID -> id(chain.writable());
      case DISCARD, WRITE_ZEROES -> range(type == DISCARD, in, request);
      default -> STATUS_UNSUPPORTED;
    };
  }

  private int transfer(
      boolean write, long sector, BufferList buffers, long start, long bytes, DiskRequest request) {
    if (bytes == 0
        || bytes % SECTOR != 0
        || bytes > MOST_BYTES
        || outside(sector, bytes / SECTOR)) {
      return STATUS_IOERR;
    }
    request.transfer(write, sector * SECTOR, buffers, start, bytes);
    return FOR_THE_DISK;
  }

  private int id(BufferList out) {
    if (out.bytes() - 1 < ID_BYTES) {
      return STATUS_IOERR;
    }
    out.write(0, serial, 0, ID_BYTES);
    return STATUS_OK;
  }

  /** One range a request: more than one was never offered. */
  private int range(boolean discard, BufferList in, DiskRequest request) {
    if (!discards) {
      return readOnly ? STATUS_IOERR : STATUS_UNSUPPORTED;
    }
    if (in.bytes() != HEADER + RANGE) {
      return STATUS_IOERR;
    }
    long sector = in.readLong(HEADER);
    long count = in.readInt(HEADER + RANGE_SECTORS) & 0xffff_ffffL;
    int flags = in.readInt(HEADER + RANGE_FLAGS);
    if ((flags & ~FLAG_UNMAP) != 0 || (discard && flags != 0)) {
      return STATUS_UNSUPPORTED;
    }
    if (count == 0 || count > BlkLayout.MOST_RANGE_SECTORS || outside(sector, count)) {
      return STATUS_IOERR;
    }
    if (discard) {
      request.discard(sector * SECTOR, count * SECTOR);
    } else {
      request.writeZeroes(sector * SECTOR, count * SECTOR, flags != 0);
    }
    return FOR_THE_DISK;
  }

  private boolean outside(long sector, long count) {
    return sector < 0 || count > sectors || sector > sectors - count;
  }
}
