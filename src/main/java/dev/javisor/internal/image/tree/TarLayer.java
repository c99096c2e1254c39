package dev.javisor.internal.image.tree;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.tar.RawName;
import dev.javisor.internal.image.tar.TarMember;
import dev.javisor.internal.image.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * Puts the members of an archive into a tree, and their content into a file.
 *
 * <p>Source: OCI image specification 1.1 layer.md. Not safe for use by several threads.
 */
public final class TarLayer {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String OTHER_MARKS = ".wh..wh.";

  private final Tree tree;
  private final Contents contents;
  private final boolean whiteouts;
  private final String source;

  /**
   * @param whiteouts whether {@code .wh.} names stand for what is gone
   * @param source the archive, for messages
   */
  public TarLayer(Tree tree, Contents contents, boolean whiteouts, String source) {
    this.tree = tree;
    this.contents = contents;
    this.whiteouts = whiteouts;
    this.source = source;
  }

  /**
   * Reads an archive that is not compressed, to its end mark.
   *
   * @throws ImageException if it is damaged, hostile or too large
   */
  public void read(InputStream in) {
    TarReader reader = new TarReader(in);
    tree.nextLayer();
    try {
      for (TarMember member = reader.next(); member != null; member = reader.next()) {
        if (!whiteouts || !whiteOut(member)) {
          add(member, reader);
        }
      }
    } catch (IOException e) {
      throw Failures.reading(source, e);
    }
  }

  private boolean whiteOut(TarMember member) {
    String name = member.name();
    int slash = name.lastIndexOf('/');
    String folder = name.substring(0, slash + 1);
    String last = name.substring(slash + 1);
    if (last.equals(OPAQUE)) {
      tree.whiteOutAll(folder);
    } else if (last.startsWith(WHITEOUT) && !last.startsWith(OTHER_MARKS)) {
      tree.whiteOut(folder, last.substring(WHITEOUT.length()));
    }
    // What AUFS noted for itself is nothing for guests.
    return last.startsWith(WHITEOUT);
  }

  private void add(TarMember member, TarReader reader) {
    checkAttributes(member);
    Inode.Meta meta =
        new Inode.Meta(
            member.mode(),
            member.uid(),
            member.gid(),
            member.seconds(),
            member.nanos(),
            member.attributes());
    switch (member.kind()) {
      case HARD_LINK -> tree.link(member.name(), member.target());
      case FOLDER -> tree.add(member.name(), Inode.folder(meta));
      case SYMBOLIC_LINK -> tree.add(member.name(), Inode.link(meta, checkedTarget(member)));
      case FILE -> tree.add(member.name(), Inode.file(meta, contents.copy(member, reader, source)));
      case FIFO -> tree.add(member.name(), Inode.special(Inode.Kind.FIFO, meta, 0, 0));
      case CHARACTER_DEVICE -> tree.add(member.name(), device(member, meta));
      case BLOCK_DEVICE -> tree.add(member.name(), device(member, meta));
    }
  }

  private Inode device(TarMember member, Inode.Meta meta) {
    if (member.major() < 0
        || member.major() > 0xfff
        || member.minor() < 0
        || member.minor() > 0xfffff) {
      throw unsafe(
          member, "is a device with the number %d:%d".formatted(member.major(), member.minor()));
    }
    Inode.Kind kind =
        member.kind() == TarMember.Kind.BLOCK_DEVICE
            ? Inode.Kind.BLOCK_DEVICE
            : Inode.Kind.CHARACTER_DEVICE;
    return Inode.special(kind, meta, member.major(), member.minor());
  }

  private String checkedTarget(TarMember member) {
    String target = member.target();
    if (target.isEmpty() || target.length() >= Limits.PATH || target.indexOf('\0') >= 0) {
      throw unsafe(member, "is a link that says no path");
    }
    return target;
  }

  private void checkAttributes(TarMember member) {
    long bytes = 0;
    for (Map.Entry<String, String> attribute : member.attributes().entrySet()) {
      bytes += attribute.getKey().length() + attribute.getValue().length() + 24L;
    }
    if (bytes > Limits.ATTRIBUTES) {
      throw new ImageException(
          Reason.TOO_LARGE,
          source,
          "the member %s has extended attributes of %d bytes"
              .formatted(RawName.shown(member.name()), bytes),
          "remove some",
          null);
    }
  }

  private ImageException unsafe(TarMember member, String problem) {
    return new ImageException(
        Reason.UNSAFE,
        source,
        "the member %s %s".formatted(RawName.shown(member.name()), problem),
        "make the archive anew, or do not trust it",
        null);
  }
}
