package dev.javisor.internal.image.tree;

import dev.javisor.internal.image.tar.TarMember;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The content of a file with holes, block by block: what an archive has of it, and zeros in those
 * blocks that it has a part of only. Not safe for use by several threads.
 */
final class Pieces implements BlockFile.Source {
  private static final int BLOCK = BlockFile.BLOCK;

  private final List<TarMember.Piece> pieces;
  private final BlockFile.Source from;
  private final long size;
  private int next;
  private long at;
  private long end;

  /**
   * @param pieces that the source has, one behind the other
   * @param size of the file
   */
  Pieces(List<TarMember.Piece> pieces, long size, BlockFile.Source from) {
    this.pieces = pieces;
    this.size = size;
    this.from = from;
  }

  /**
   * Blocks that have pieces in them.
   *
   * @param at the first one's number in the file
   * @param blocks how many
   */
  record Span(long at, long blocks) {}

  /** All blocks that have pieces in them, in their order. */
  List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    for (TarMember.Piece piece : pieces) {
      long first = piece.offset() / BLOCK;
      long behind = (piece.offset() + piece.length() - 1) / BLOCK + 1;
      int last = spans.size() - 1;
      if (last >= 0 && spans.get(last).at() + spans.get(last).blocks() >= first) {
        spans.set(last, new Span(spans.get(last).at(), behind - spans.get(last).at()));
      } else {
        spans.add(new Span(first, behind - first));
      }
    }
    return spans;
  }

  /** What is read from now on is that of some blocks. */
  void seek(Span span) {
    at = span.at() * BLOCK;
    end = Math.min((span.at() + span.blocks()) * BLOCK, size);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (at >= end) {
      return -1;
    }
    TarMember.Piece piece = next < pieces.size() ? pieces.get(next) : null;
    long most = Math.min(length, end - at);
    if (piece == null || at < piece.offset()) {
      int zeros = (int) (piece == null ? most : Math.min(most, piece.offset() - at));
      Arrays.fill(target, offset, offset + zeros, (byte) 0);
      at += zeros;
      return zeros;
    }
    long left = piece.offset() + piece.length() - at;
    int n = from.read(target, offset, (int) Math.min(most, left));
    if (n < 0) {
      return -1;
    }
    at += n;
    next += n == left ? 1 : 0;
    return n;
  }
}
