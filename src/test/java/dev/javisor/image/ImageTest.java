package dev.javisor.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.Ext4Disk;
import dev.javisor.internal.image.OciFixture;
import dev.javisor.internal.image.TarFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Root file systems and images as their users see them. */
class ImageTest {
  @TempDir private Path folder;

  private Path layout() {
    return new OciFixture(folder.resolve("layout"))
        .layer(new TarFixture().file("app/run", "program"))
        .config("'Entrypoint': ['/app/run'], 'Env': ['A=1=2', 'B='], 'WorkingDir': '/work/here'")
        .image("v1")
        .write();
  }

  private Image image() {
    return Image.fromOciLayout(layout()).cache(ImageCache.in(folder.resolve("cache")));
  }

  @Test
  void shouldMakeADiskOnce_andTellHowItGoes() throws Exception {
    List<String> steps = new ArrayList<>();
    ProgressListener listener =
        new ProgressListener() {
          @Override
          public void step(String what) {
            steps.add(what);
          }

          @Override
          public void bytes(long done, long total) {
            assertTrue(done <= total, () -> done + " of " + total);
          }
        };

    Path disk = image().listener(listener).disk();

    assertEquals("program", new Ext4Disk(disk).check().text("/app/run"));
    assertEquals("layer 1 of 1", steps.get(0));
    int before = steps.size();
    assertEquals(disk, image().listener(listener).disk());
    assertEquals(before, steps.size(), "the second time, there is nothing to do");
  }

  @Test
  void shouldHaveTheFoldersThatAGuestNeeds() throws Exception {
    Ext4Disk disk = new Ext4Disk(image().disk());

    for (String path : List.of("/proc", "/sys", "/dev", "/work/here")) {
      assertTrue(disk.facts(path).startsWith("directory 0755 0:0"), path);
    }
    assertTrue(disk.facts("/tmp").startsWith("directory 01777 0:0"));
  }

  @Test
  void shouldTellHowItIsToBeRun() {
    ImageConfig config = image().config();

    assertEquals(List.of("/app/run"), config.arguments());
    assertEquals(Map.of("A", "1=2", "B", ""), config.environment());
    assertEquals("/work/here", config.workingFolder());
  }

  @Test
  void shouldThrowAnOverlayAway() throws Exception {
    Image image = image();
    long before = Files.size(image.disk());

    try (BlockBackend first = image.overlay();
        BlockBackend second = image.overlay()) {
      assertEquals(before, first.size());
      assertEquals(first.size(), second.size());
    }

    assertEquals(
        1, Files.list(folder.resolve("cache")).filter(f -> f.toString().endsWith("4")).count());
  }

  @Test
  void shouldSayThatItNamesNoProgram() {
    Path layout =
        new OciFixture(folder.resolve("empty")).layer(new TarFixture()).image("v1").write();

    ImageException e = assertThrows(ImageException.class, () -> Image.fromOciLayout(layout).run());

    assertEquals(Reason.UNSUPPORTED, e.reason());
    assertTrue(e.getMessage().contains("neither entry point nor command"), e.getMessage());
  }

  @Test
  void shouldMakeDisksOfASizeAndLabel() throws Exception {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.writeString(tree.resolve("file"), "x");

    Path disk =
        RootFs.fromDirectory(tree).size(64 << 20).label("my-root").toDisk(folder.resolve("disk"));

    assertEquals(64 << 20, Files.size(disk));
    assertTrue(new Ext4Disk(disk).check().ask("stats").contains("my-root"));
    assertThrows(IllegalArgumentException.class, () -> RootFs.fromDirectory(tree).size(1000));
    assertThrows(
        IllegalArgumentException.class, () -> RootFs.fromDirectory(tree).label("x".repeat(17)));
    assertThrows(IllegalArgumentException.class, () -> RootFs.fromDirectory(tree).freeSpace(-1));
  }

  @Test
  void shouldTakeEverySource() throws Exception {
    Path tar = new TarFixture().file("a", "tar").writeTo(folder.resolve("a.tar"));
    Path docker =
        new OciFixture(folder.resolve("unused"))
            .layer(new TarFixture().file("a", "docker"))
            .writeDockerArchive(folder.resolve("docker.tar"), "app:v1");

    assertEquals("tar", text(RootFs.fromTar(tar), "/a"));
    assertEquals("docker", text(RootFs.fromDockerArchive(docker), "/a"));
    assertEquals("program", text(RootFs.fromOciLayout(layout()), "/app/run"));
    assertEquals("docker", text(Image.fromDockerArchive(docker, "app:v1").rootFs(), "/a"));
    assertTrue(Files.size(RootFs.fromTar(tar).toInitramfs(folder.resolve("cpio"))) < 1000);
  }

  private String text(RootFs rootFs, String path) throws Exception {
    return new Ext4Disk(rootFs.toDisk(folder.resolve("disk"))).check().text(path);
  }

  @Test
  void shouldLeaveNothing_whenTheListenerThrows() throws Exception {
    Path tar = new TarFixture().file("a", "tar").writeTo(folder.resolve("a.tar"));
    ProgressListener listener =
        new ProgressListener() {
          @Override
          public void step(String what) {
            if (what.startsWith("writing")) {
              throw new IllegalStateException("enough");
            }
          }

          @Override
          public void bytes(long done, long total) {}
        };
    RootFs rootFs = RootFs.fromTar(tar).listener(listener);

    assertThrows(IllegalStateException.class, () -> rootFs.toDisk(folder.resolve("disk")));

    assertEquals(1, Files.list(folder).count());
  }
}
