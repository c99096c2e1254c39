package dev.javisor.internal.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.BlockOperation;
import dev.javisor.backend.BlockRequest;
import dev.javisor.backend.BlockStatus;
import dev.javisor.testing.CapturedLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The flush that comes when a guest has ended by itself, to a disk in Java. */
@Timeout(60)
class BackendDiskTest {
  private final List<BlockOperation> seen = new ArrayList<>();

  @Test
  void shouldHandTheBackendALastFlush() {
    String said = flush(request -> request.complete(BlockStatus.OK), false);

    assertEquals(List.of(BlockOperation.FLUSH), seen);
    assertEquals("", said);
  }

  @Test
  void shouldWait_whenTheBackendCompletesItOnAThreadOfItsOwn() {
    String said =
        flush(
            request ->
                CompletableFuture.runAsync(
                    () -> {
                      assertEquals(0, request.bufferCount());
                      assertEquals(0, request.length());
                      request.fail(new IOException("no such luck"));
                    }),
            false);

    assertTrue(said.contains("what was written last may be lost"), said);
    assertTrue(said.contains("no such luck"), said);
  }

  @Test
  void shouldSaySo_whenTheBackendThrowsOrFails() {
    assertTrue(flush(request -> request.complete(BlockStatus.IOERR), false).contains("IOERR"));
    String said =
        flush(
            request -> {
              throw new AssertionError("a bug");
            },
            false);
    assertTrue(said.contains("a bug"), said);
  }

  @Test
  void shouldNotFlush_whenTheGuestMayNotWrite() {
    flush(request -> request.complete(BlockStatus.OK), true);

    assertEquals(List.of(), seen);
  }

  @Test
  void shouldLetGo_whenItIsNeverCompleted() {
    assertEquals("it is not complete", new FinalFlush().run(backend(request -> {}), 1_000_000));
  }

  @Test
  void shouldRefuse_whatARequestRefuses() {
    String said =
        flush(
            request -> {
              assertThrows(IndexOutOfBoundsException.class, () -> request.buffer(0));
              request.complete(BlockStatus.OK);
              assertThrows(IllegalStateException.class, () -> request.complete(BlockStatus.OK));
            },
            false);

    assertEquals("", said);
  }

  private String flush(Consumer<BlockRequest> submit, boolean readOnly) {
    BackendDisk disk = new BackendDisk("disk0", backend(submit), readOnly);
    return CapturedLog.of(disk::flush);
  }

  private BlockBackend backend(Consumer<BlockRequest> submit) {
    return new BlockBackend() {
      @Override
      public long size() {
        return 4096;
      }

      @Override
      public void submit(BlockRequest request) {
        seen.add(request.operation());
        submit.accept(request);
      }
    };
  }
}
