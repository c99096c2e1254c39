package dev.javisor.internal.boot;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.x86.BootRegisters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kernel and its initramfs on their way into guest RAM. Their files are read piece by piece,
 * straight into RAM, by however many threads call {@link #read}: copying tens of MiB and having the
 * host find pages for them is most of what a boot takes, while the rest of it waits for nothing.
 *
 * <p>Threading: {@link #read} from any thread, the rest from the one that owns the machine. RAM and
 * files must stay until {@link #finish} or {@link #cancel} has returned.
 */
public final class KernelLoad {
  /** Pieces begin at its multiples, so that no two threads want the same huge page. */
  private static final long PIECE = 4L << 20;

  private record Piece(PayloadPart part, Fd file, long offset, AddressRange target) {}

  private final BootPlan plan;
  private final BootParameters parameters;
  private final GuestMemory memory;
  private final List<Piece> pieces = new ArrayList<>();

  // Guarded by this.
  private int next;
  private int underWay;
  private @Nullable Throwable failure;

  KernelLoad(BootPlan plan, BootParameters parameters, GuestMemory memory) {
    this.plan = plan;
    this.parameters = parameters;
    this.memory = memory;
    KernelImage kernel = plan.kernel();
    if (kernel instanceof ElfKernel elf) {
      for (ElfSegment segment : elf.segments()) {
        if (segment.fileBytes() > 0) {
          AddressRange target = new AddressRange(segment.range().base(), segment.fileBytes());
          add(PayloadPart.KERNEL, elf.file(), segment.fileOffset(), target);
        }
      }
    } else if (kernel instanceof BzImage bzImage) {
      add(PayloadPart.KERNEL, bzImage.file(), bzImage.codeOffset(), bzImage.loadRange());
    }
    parameters
        .initramfs()
        .ifPresent(
            file ->
                plan.initramfs().ifPresent(range -> add(PayloadPart.INITRAMFS, file, 0, range)));
  }

  /** In how many pieces the files are read: as many threads can help at most. */
  public int pieces() {
    return pieces.size();
  }

  /**
   * Reads pieces until none is left to begin, or reading one has failed, which {@link #finish}
   * tells.
   */
  public void read() {
    for (Piece piece = begin(); piece != null; piece = begin()) {
      Throwable thrown = null;
      try {
        read(piece);
      } catch (RuntimeException | Error e) {
        thrown = e;
      } finally {
        end(thrown);
      }
    }
  }

  /**
   * Reads what is left, waits for the pieces that other threads are at, and writes what the kernel
   * is told.
   *
   * @return what the boot processor starts with
   * @throws PayloadException if a file has shrunk since it was looked at
   * @throws dev.javisor.internal.sys.NativeException if a file cannot be read
   */
  public BootRegisters finish() {
    read();
    Throwable thrown = awaitOthers();
    if (thrown instanceof Error e) {
      throw e;
    }
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    return BootStructures.write(plan, parameters, memory);
  }

  /** Begins no more pieces, and returns when nobody is at one. */
  public void cancel() {
    synchronized (this) {
      next = pieces.size();
    }
    awaitOthers();
  }

  private void add(PayloadPart part, Fd file, long offset, AddressRange target) {
    long gpa = target.base();
    long end = gpa + target.size();
    while (gpa < end) {
      long pieceEnd = Math.min(end, (gpa & -PIECE) + PIECE);
      long pieceOffset = offset + gpa - target.base();
      pieces.add(new Piece(part, file, pieceOffset, new AddressRange(gpa, pieceEnd - gpa)));
      gpa = pieceEnd;
    }
  }

  private void read(Piece piece) {
    AddressRange target = piece.target();
    long hva = memory.hva(target.base(), target.size());
    long count = piece.file().readFully(hva, target.size(), piece.offset());
    if (count < target.size()) {
      throw new PayloadException(
          piece.part(),
          "the file has become shorter while it was read: 0x%x bytes instead of 0x%x from 0x%x on"
              .formatted(count, target.size(), piece.offset()));
    }
  }

  private synchronized @Nullable Piece begin() {
    if (failure != null || next == pieces.size()) {
      return null;
    }
    underWay++;
    return pieces.get(next++);
  }

  private synchronized void end(@Nullable Throwable thrown) {
    underWay--;
    if (failure == null) {
      failure = thrown;
    }
    notifyAll();
  }

  private synchronized @Nullable Throwable awaitOthers() {
    boolean interrupted = false;
    while (underWay > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return failure;
  }
}
