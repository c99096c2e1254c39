package dev.javisor.internal.block.file;

import dev.javisor.backend.BlockOperation;
import dev.javisor.backend.BlockStatus;
import dev.javisor.internal.block.DiskRequest;
import dev.javisor.internal.block.FaultLog;
import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.NativeBuffer;

/**
 * Carries requests out on a file, one at a time, on the calling thread.
 *
 * <p>Threading: one thread at a time.
 */
final class FileRequests {
  private static final int ZEROS = 256 << 10;
  private static final int KEEPING_SIZE = DiskFile.KEEP_SIZE;

  private final FileCalls file;
  private final FaultLog faults;

  FileRequests(FileCalls file, FaultLog faults) {
    this.file = file;
    this.faults = faults;
  }

  /** Carries a request out, and ends it. */
  void carryOut(DiskRequest request) {
    switch (request.operation()) {
      case READ, WRITE -> transfer(request, request.offset());
      case FLUSH -> end(request, sync(file));
      case DISCARD -> discarded(request, allocate(DiskFile.PUNCH_HOLE, request));
      case WRITE_ZEROES -> zeroed(request, allocate(zeroMode(request), request));
    }
  }

  /** The mode of the fallocate that zeroes. */
  static int zeroMode(DiskRequest request) {
    return request.mayUnmap() ? DiskFile.PUNCH_HOLE : DiskFile.ZERO_RANGE;
  }

  /** Transfers what is left of a request's data, and ends it. */
  void transfer(DiskRequest request, long offset) {
    IoVector vector = request.vector();
    boolean write = request.operation() == BlockOperation.WRITE;
    while (vector.bytes() > 0) {
      long result = write ? file.write(vector, offset) : file.read(vector, offset);
      if (result == 0) {
        endedShort(request);
        return;
      }
      if (result < 0 && result != -Errno.EINTR) {
        end(request, result);
        return;
      }
      if (result > 0) {
        vector.advance(result);
        offset += result;
      }
    }
    request.end(BlockStatus.OK);
  }

  /** Ends a request that found the end of the file within the disk. */
  void endedShort(DiskRequest request) {
    faults.failed(request, "the file has become shorter than the disk");
    request.end(BlockStatus.IOERR);
  }

  /** Ends a discard by the result of its fallocate. */
  void discarded(DiskRequest request, long result) {
    // A file system without holes: the guest only said that it needs the bytes no more.
    end(request, result == -Errno.EOPNOTSUPP ? 0 : result);
  }

  /** Ends a zeroing by the result of its fallocate, or by writing zeros where that cannot be. */
  void zeroed(DiskRequest request, long result) {
    end(request, result == -Errno.EOPNOTSUPP ? writeZeros(request) : result);
  }

  /** Ends a request by the result of its last call. */
  void end(DiskRequest request, long result) {
    if (result < 0) {
      faults.failed(request, Errno.name((int) -result));
      request.end(BlockStatus.IOERR);
    } else {
      request.end(BlockStatus.OK);
    }
  }

  /** Makes durable what was written. */
  static long sync(FileCalls file) {
    long result;
    do {
      result = file.syncData();
    } while (result == -Errno.EINTR);
    return result;
  }

  private long allocate(int mode, DiskRequest request) {
    long result;
    do {
      result = file.allocate(mode | KEEPING_SIZE, request.offset(), request.length());
    } while (result == -Errno.EINTR);
    return result;
  }

  private long writeZeros(DiskRequest request) {
    NativeBuffer zeros = NativeBuffer.ofSize((int) Math.min(ZEROS, request.length()));
    long at = request.offset();
    long end = at + request.length();
    while (at < end) {
      long length = Math.min(zeros.size(), end - at);
      long offset = at;
      long result = zeros.during(hva -> file.writeFrom(hva, length, offset));
      if (result <= 0 && result != -Errno.EINTR) {
        return result == 0 ? -Errno.EIO : result;
      }
      at += Math.max(result, 0);
    }
    return 0;
  }
}
