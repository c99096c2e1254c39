package dev.javisor.internal.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.image.ext4.Ext4;
import dev.javisor.internal.image.oci.Container;
import dev.javisor.internal.image.oci.OciLayout;
import dev.javisor.internal.image.tree.Limits;
import dev.javisor.internal.image.tree.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers of a container image, one above the other. */
class OciLayersTest {
  private static final Ext4.Options OPTIONS = new Ext4.Options(0, 1 << 20, "");

  @TempDir private Path folder;

  private Ext4Disk disk(TarFixture... layers) throws Exception {
    OciFixture image = new OciFixture(folder.resolve("layout"));
    Stream.of(layers).forEach(image::layer);
    Path disk = folder.resolve("disk");
    Container container = OciLayout.find(image.image("v1").write(), "");
    new DiskMaker(ImageSource.of(container), Limits.STANDARD, Progress.NONE)
        .writeExt4(disk, OPTIONS);
    return new Ext4Disk(disk).check();
  }

  @Test
  void shouldPutLayersAboveEachOther() throws Exception {
    Ext4Disk disk =
        disk(
            new TarFixture().file("a", "old").file("b", "kept").folder("d", 0755, 0, 0),
            new TarFixture().file("a", "new").folder("d", 0700, 5, 5).file("d/e", "e"));

    assertEquals("new", disk.text("/a"));
    assertEquals("kept", disk.text("/b"));
    assertEquals("directory 0700 5:5 4096 links=2", disk.facts("/d"));
  }

  @Test
  void shouldRemoveWhatIsWhitedOut() throws Exception {
    Ext4Disk disk =
        disk(
            new TarFixture()
                .file("etc/gone", "1")
                .file("etc/kept", "2")
                .file("var/cache/x", "3")
                .file("opt/lower", "4")
                .file("opt/sub/lower", "5"),
            new TarFixture()
                .file("etc/.wh.gone", "")
                .file("var/.wh.cache", "")
                .file("opt/upper", "6")
                .file("opt/.wh..wh..opq", "")
                .file("opt/sub/upper", "7")
                .file(".wh..wh.plnk", ""));

    assertEquals(" . .. kept", disk.names("/etc"));
    assertEquals(" . ..", disk.names("/var"));
    assertEquals(" . .. sub upper", disk.names("/opt"));
    assertEquals(" . .. upper", disk.names("/opt/sub"));
    assertEquals(" . .. dev etc opt proc run sys tmp var", disk.names("/"));
  }

  @Test
  void shouldKeepWhatTheSameLayerHas_besideAWhiteout() throws Exception {
    Ext4Disk disk =
        disk(
            new TarFixture().file("a", "lower").file("d/lower", "lower"),
            new TarFixture()
                .file("a", "upper")
                .file(".wh.a", "")
                .file("d/upper", "")
                .file(".wh.d", ""));

    assertEquals("upper", disk.text("/a"));
    assertEquals(" . .. upper", disk.names("/d"));
  }

  @Test
  void shouldPutFilesThroughLinksOfLowerLayers() throws Exception {
    Ext4Disk disk =
        disk(
            new TarFixture().folder("usr/lib", 0755, 0, 0).link("lib", "usr/lib"),
            new TarFixture().file("lib/x.so", "library"),
            new TarFixture().file("lib/.wh.x.so", "").file("lib/y.so", "another"));

    assertEquals(" . .. y.so", disk.names("/usr/lib"));
    assertTrue(disk.ask("stat /lib").contains("usr/lib"));
  }

  @Test
  void shouldReplaceAFolderByAFile_andBack() throws Exception {
    Ext4Disk disk =
        disk(
            new TarFixture().file("d/lower", "1").file("f", "2"),
            new TarFixture().file("d", "a file").folder("f", 0755, 0, 0).file("f/in", "3"),
            new TarFixture().folder("d", 0700, 0, 0).file("d/upper", "4").file("f", "5"));

    assertEquals(" . .. upper", disk.names("/d"));
    assertEquals("5", disk.text("/f"));
  }

  @Test
  void shouldWhiteOutWhatALinkLeadsTo_onlyInItsOwnRoot() throws Exception {
    Path outside = Files.writeString(folder.resolve("outside"), "stays");

    disk(
        new TarFixture().link("way", folder.toString()).file("a", ""),
        new TarFixture().file("way/.wh.outside", "").file(".wh...", "").file(".wh.", ""));

    assertEquals("stays", Files.readString(outside));
  }
}
