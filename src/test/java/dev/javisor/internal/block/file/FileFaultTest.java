package dev.javisor.internal.block.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.javisor.backend.BlockStatus;
import dev.javisor.config.DiskEngine;
import dev.javisor.internal.block.FaultLog;
import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.sys.DiskFile;
import dev.javisor.internal.sys.Errno;
import dev.javisor.testing.CapturedLog;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** What happens when the host's calls fail, or do less than they were asked for. */
class FileFaultTest {
  /** A file whose calls do what the test says: each takes the next result. */
  private static final class ScriptedFile implements FileCalls {
    final Queue<Long> results = new ArrayDeque<>();
    final List<String> calls = new ArrayList<>();

    private long next(String call) {
      calls.add(call);
      return results.remove();
    }

    @Override
    public long read(IoVector vector, long offset) {
      return next("read %d at %d".formatted(vector.bytes(), offset));
    }

    @Override
    public long write(IoVector vector, long offset) {
      return next("write %d at %d".formatted(vector.bytes(), offset));
    }

    @Override
    public long writeFrom(long hva, long length, long offset) {
      return next("zeros %d at %d".formatted(length, offset));
    }

    @Override
    public long syncData() {
      return next("sync");
    }

    @Override
    public long allocate(int mode, long offset, long length) {
      return next("allocate %d %d at %d".formatted(mode, length, offset));
    }

    @Override
    public int descriptor(IoVector vector, long offset) {
      throw new AssertionError("not with this engine");
    }

    @Override
    public void close() {
      calls.add("close");
    }
  }

  private static final long PUNCH = DiskFile.PUNCH_HOLE | DiskFile.KEEP_SIZE;
  private static final long ZERO = DiskFile.ZERO_RANGE | DiskFile.KEEP_SIZE;

  private final ScriptedFile file = new ScriptedFile();
  private final Logger log = mock(Logger.class);
  private long now;
  private final QueueUser user =
      new QueueUser(new FileRequests(file, new FaultLog(log, "disk0", () -> now)));

  @AfterEach
  void close() {
    user.close();
  }

  @Test
  void shouldSaySo_whenDataCannotBeMadeDurable() {
    results(-Errno.EIO);

    assertEquals(BlockStatus.IOERR, user.flush());

    assertEquals(List.of("sync"), file.calls);
    verify(log).warn(anyString(), any(Object[].class));
  }

  @Test
  void shouldEndAFlushOnlyOnceDataIsDurable_whenTheCallIsInterrupted() {
    results(-Errno.EINTR, -Errno.EINTR, 0);

    assertEquals(BlockStatus.OK, user.flush());

    assertEquals(List.of("sync", "sync", "sync"), file.calls);
  }

  @Test
  void shouldMakeAllDurable_whenADiskIsFlushedAtTheEnd() {
    results(-Errno.EINTR, 0);

    String said = CapturedLog.of(() -> disk(false).flush());

    assertEquals(List.of("sync", "sync"), file.calls);
    assertEquals("", said);
  }

  @Test
  void shouldSaySo_whenADiskCannotBeFlushedAtTheEnd() {
    results(-Errno.EIO);

    String said = CapturedLog.of(() -> disk(false).flush());

    assertTrue(said.contains("what was written last may be lost"), said);
    assertTrue(said.contains("EIO"), said);
  }

  @Test
  void shouldNotFlush_whenTheDiskIsReadOnly() {
    disk(true).flush();

    assertEquals(List.of(), file.calls);
  }

  private FileDisk disk(boolean readOnly) {
    DiskSpec spec = FileDisksTest.spec(Path.of("disk"), readOnly, false, DiskEngine.SYNC);
    return new FileDisk(spec, file, new FileDisk.Shape(4096, 512, 4096, true), false);
  }

  @Test
  void shouldFail_whenTheHostsDiskIsFull() {
    results(4096, -Errno.ENOSPC);

    assertEquals(BlockStatus.IOERR, user.write(512, new byte[8192], 3, 0));

    assertEquals(List.of("write 8192 at 512", "write 4096 at 4608"), file.calls);
  }

  @Test
  void shouldGoOnWhereACallEnded_whenItDidAPart() {
    results(1, -Errno.EINTR, 4094, 1);

    assertEquals(BlockStatus.OK, user.read(1024, new byte[4096], 2, 0));

    assertEquals(
        List.of("read 4096 at 1024", "read 4095 at 1025", "read 4095 at 1025", "read 1 at 5119"),
        file.calls);
  }

  @Test
  void shouldFail_whenTheFileEndsWithinTheDisk() {
    results(512, 0);

    assertEquals(BlockStatus.IOERR, user.read(0, new byte[4096], 1, 0));
  }

  @Test
  void shouldWriteZeros_whenTheFileSystemHasNoHoles() {
    results(-Errno.EOPNOTSUPP, 256 << 10, 1000, 2 * (256 << 10));

    assertEquals(BlockStatus.OK, user.writeZeroes(512, 600_000, true));

    assertEquals(
        List.of(
            "allocate %d 600000 at 512".formatted(PUNCH),
            "zeros 262144 at 512",
            "zeros 262144 at 262656",
            "zeros 262144 at 263656"),
        file.calls);
  }

  @Test
  void shouldKeepSpaceReserved_whenZerosMayNotUnmap() {
    results(0);

    assertEquals(BlockStatus.OK, user.writeZeroes(0, 4096, false));

    assertEquals(List.of("allocate %d 4096 at 0".formatted(ZERO)), file.calls);
  }

  @Test
  void shouldTakeADiscardForDone_whenTheFileSystemHasNoHoles() {
    results(-Errno.EOPNOTSUPP);

    assertEquals(BlockStatus.OK, user.discard(0, 4096));
  }

  @Test
  void shouldLogOnceASecond_whateverTheGuestDoes() {
    for (int i = 0; i < 1000; i++) {
      results(-Errno.EIO);
      user.flush();
    }
    verify(log, times(1)).warn(anyString(), any(Object[].class));

    now += 1_000_000_000L;
    results(-Errno.EIO);
    user.flush();

    verify(log, times(2)).warn(anyString(), any(Object[].class));
  }

  private void results(long... results) {
    for (long result : results) {
      file.results.add(result);
    }
  }
}
