package dev.javisor.internal.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.ext4.Ext4;
import dev.javisor.internal.image.oci.Container;
import dev.javisor.internal.image.oci.ContainerConfig;
import dev.javisor.internal.image.oci.DockerArchive;
import dev.javisor.internal.image.oci.OciLayout;
import dev.javisor.internal.image.tree.Limits;
import dev.javisor.internal.image.tree.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Container images: which one it is, and what is wrong with them. */
class OciImageTest {
  private static final Ext4.Options OPTIONS = new Ext4.Options(0, 1 << 20, "");

  @TempDir private Path folder;

  private Path layout() {
    return folder.resolve("layout");
  }

  private OciFixture image() {
    return new OciFixture(layout());
  }

  private Ext4Disk disk(Container container) throws Exception {
    Path disk = folder.resolve("disk");
    new DiskMaker(ImageSource.of(container), Limits.STANDARD, Progress.NONE)
        .writeExt4(disk, OPTIONS);
    return new Ext4Disk(disk).check();
  }

  @Test
  void shouldTellTheConfiguration() {
    ContainerConfig config =
        OciLayout.find(
                image()
                    .config(
                        """
                        'Entrypoint': ['/bin/server'], 'Cmd': ['-p', '80'], 'User': 'web:web',
                        'Env': ['A=1', 'B=\\u00e4 "x"'], 'WorkingDir': '/srv',
                        'Labels': {'k': 'v'}, 'ExposedPorts': {'80/tcp': {}}
                        """
                            .replace("\"x\"", "x"))
                    .layer(new TarFixture().file("a", "b"))
                    .image("v1")
                    .write(),
                "v1")
            .config();

    assertEquals(List.of("/bin/server"), config.entrypoint());
    assertEquals(List.of("-p", "80"), config.command());
    assertEquals(List.of("A=1", "B=ä x"), config.environment());
    assertEquals("/srv", config.workingFolder());
    assertEquals("web:web", config.user());
    assertEquals(List.of("80/tcp"), config.ports());
  }

  @Test
  void shouldChooseByTagAndPlatform() throws Exception {
    Path layout =
        image()
            .layer(new TarFixture().file("which", "arm"))
            .platform("linux", "arm64")
            .image("v1")
            .layer(new TarFixture().file("which", "ours"))
            .platform("linux", "amd64")
            .image("v1")
            .layer(new TarFixture().file("which", "other"))
            .image("v2")
            .write();

    assertEquals("ours", disk(OciLayout.find(layout, "v1")).text("/which"));
    assertEquals("other", disk(OciLayout.find(layout, "v2")).text("/which"));
    assertFails(Reason.MISSING, "[v1, v2]", () -> OciLayout.find(layout, ""));
    assertFails(Reason.MISSING, "[v1, v2]", () -> OciLayout.find(layout, "v3"));
  }

  @Test
  void shouldRefuseAnImageForAnotherMachine() {
    Path layout =
        image()
            .platform("linux", "arm64")
            .layer(new TarFixture().file("a", "b"))
            .image("v1")
            .write();

    assertFails(Reason.PLATFORM, "linux/arm64", () -> OciLayout.find(layout, ""));
  }

  @Test
  void shouldRefuseALayerThatDoesNotHaveItsDigest() throws Exception {
    Path layout = image().layer(new TarFixture().file("a", "b")).image("v1").write();
    Path layer = layerOf(layout);
    byte[] bytes = Files.readAllBytes(layer);
    // The time of compression, which does not show in what comes out.
    bytes[5] ^= 1;
    Files.write(layer, bytes);

    assertFails(Reason.DAMAGED, "does not have the digest", () -> disk(OciLayout.find(layout, "")));
    assertEquals(1, count(folder), "nothing is left");
  }

  @Test
  void shouldRefuseALayerThatIsMissing() throws Exception {
    Path layout = image().layer(new TarFixture().file("a", "b")).image("v1").write();
    Files.delete(layerOf(layout));

    assertFails(Reason.MISSING, "no such file", () -> disk(OciLayout.find(layout, "")));
  }

  @Test
  void shouldRefuseWhatIsNoLayout() throws Exception {
    assertFails(Reason.MISSING, "", () -> OciLayout.find(layout(), ""));
    Files.createDirectory(layout());
    assertFails(Reason.MISSING, "no index.json", () -> OciLayout.find(layout(), ""));
    Files.writeString(layout().resolve("index.json"), "{\"manifests\": [{]}");
    assertFails(Reason.DAMAGED, "no JSON", () -> OciLayout.find(layout(), ""));
    Files.writeString(layout().resolve("index.json"), "[".repeat(10_000));
    assertFails(Reason.DAMAGED, "no JSON", () -> OciLayout.find(layout(), ""));
    Files.writeString(
        layout().resolve("index.json"), "{\"manifests\": [{\"digest\": \"sha256:../../x\"}]}");
    assertFails(Reason.DAMAGED, "no digest", () -> OciLayout.find(layout(), ""));
  }

  @Test
  void shouldTakeALayoutInAnArchive() throws Exception {
    Path layout = image().layer(new TarFixture().file("a", "b")).image("v1").write();
    Path archive = folder.resolve("layout.tar");
    new ProcessBuilder("tar", "cf", archive.toString(), ".")
        .directory(layout.toFile())
        .start()
        .waitFor();

    assertEquals("b", disk(OciLayout.find(archive, "v1")).text("/a"));
  }

  @Test
  void shouldTakeADockerArchive_compressedOrNot() throws Exception {
    Path archive =
        image()
            .layer(new TarFixture().file("a", "1").file("b", "1"))
            .layer(new TarFixture().file(".wh.a", "").file("c", "2"))
            .config("'Cmd': ['/c']")
            .writeDockerArchive(folder.resolve("image.tar"), "registry.example/me/app:v1");
    Path packed = folder.resolve("image.tar.gz");
    Files.write(packed, TarFixture.gzip(Files.readAllBytes(archive)));

    for (Path file : List.of(archive, packed)) {
      Container container = DockerArchive.find(file, "app:v1");
      assertEquals(List.of("/c"), container.config().command());
      assertEquals(" . .. b c dev proc run sys tmp", disk(container).names("/"));
    }
    assertFails(Reason.MISSING, "app:v1", () -> DockerArchive.find(archive, "app:v2"));
  }

  @Test
  void shouldRefuseADockerArchiveWhoseLayerIsDamaged() throws Exception {
    Path archive =
        image()
            .layer(new TarFixture().file("a", "some content"))
            .writeDockerArchive(folder.resolve("image.tar"), "v1");
    byte[] bytes = Files.readAllBytes(archive);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[text.indexOf("some content")] = 'X';
    Files.write(archive, bytes);

    assertFails(
        Reason.DAMAGED, "does not have the digest", () -> disk(DockerArchive.find(archive, "")));
  }

  @Test
  void shouldFindTheImageInNestedIndexes() throws Exception {
    Path layout =
        image()
            .platform("linux", "arm64")
            .layer(new TarFixture().file("which", "other"))
            .image("arm")
            .platform("linux", "amd64")
            .layer(new TarFixture().file("which", "ours"))
            .image("amd")
            .nest("inner", 1)
            .nest("v1", 1)
            .write();

    assertEquals("ours", disk(OciLayout.find(layout, "v1")).text("/which"));
  }

  @Test
  @Timeout(60)
  void shouldNotFollowIndexesAgainAndAgain() {
    OciFixture image = image().layer(new TarFixture().file("a", "b")).image("v1");
    for (int i = 0; i < 4; i++) {
      image.nest("v1", 1000);
    }
    Path layout = image.write();

    OciLayout.find(layout, "v1");
    image.nest("v1", 1).write();
    assertFails(Reason.DAMAGED, "an index in an index", () -> OciLayout.find(layout, "v1"));
  }

  @Test
  void shouldRefuseLayersWhoseContentIsAnother() throws Exception {
    Path layout = image().layer(new TarFixture().file("a", "b")).image("v1").write();
    String old = "";
    try (Stream<Path> blobs = Files.list(layout.resolve("blobs/sha256"))) {
      for (Path blob : (Iterable<Path>) blobs::iterator) {
        String text = Files.readString(blob, StandardCharsets.ISO_8859_1);
        old =
            text.contains("diff_ids")
                ? text.replaceFirst("(?s).*diff_ids\": \\[\"(.*?)\".*", "$1")
                : old;
      }
    }
    Container right = OciLayout.find(layout, "");
    Container.Layer layer = right.layers().get(0);
    assertEquals(old, layer.diffId());
    Container wrong =
        new Container(
            right.source(),
            right.path(),
            right.id(),
            right.config(),
            List.of(
                new Container.Layer(
                    layer.blob(), layer.digest(), layer.size(), "sha256:" + "0".repeat(64))));

    assertFails(Reason.DAMAGED, "what is in it does not have the digest", () -> disk(wrong));
  }

  @Test
  void shouldTakeLayersCompressedByZstandard() throws Exception {
    Path layout = image().layer(new TarFixture().file("a", "b")).image("v1").write();
    Container right = OciLayout.find(layout, "");
    Container.Layer layer = right.layers().get(0);
    Path plain = new TarFixture().file("a", "b").writeTo(folder.resolve("plain"));
    Path packed = layout.resolve("packed");
    Process zstd =
        new ProcessBuilder("zstd", "-q", plain.toString(), "-o", packed.toString()).start();
    assertEquals(0, zstd.waitFor());

    Container container =
        new Container(
            right.source(),
            right.path(),
            right.id(),
            right.config(),
            List.of(new Container.Layer("packed", "", -1, layer.diffId())));

    assertEquals("b", disk(container).text("/a"));
  }

  @Test
  void shouldFollowLinksFromLayerToLayer_inADockerArchive() throws Exception {
    byte[] layer = new TarFixture().file("a", "b").toBytes();
    String id = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(layer));
    TarFixture tar = new TarFixture().file("one/layer.tar", layer, 0644, 0, 0);
    tar.link("two/layer.tar", "../one/layer.tar").hardLink("three/layer.tar", "one/layer.tar");
    tar.link("circle", "circle").link("odd\u0001größe", "\u0001/../..");
    tar.file(
        "c.json",
        """
        {"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": [%s]}}"""
            .formatted(String.join(", ", Collections.nCopies(3, "\"sha256:" + id + "\""))));
    String manifest = "[{\"Config\": \"c.json\", \"RepoTags\": [\"%s\"], \"Layers\": [%s]}]";
    tar.file(
        "manifest.json",
        manifest
                .formatted("v1", "\"one/layer.tar\", \"two/layer.tar\", \"three/layer.tar\"")
                .replaceFirst("]$", "")
            + ", "
            + manifest
                .formatted("bad", "\"one/layer.tar\", \"circle\", \"a\\u0000b\"")
                .substring(1));
    Path archive = tar.writeTo(folder.resolve("docker.tar"));

    assertEquals("b", disk(DockerArchive.find(archive, "v1")).text("/a"));
    assertFails(Reason.DAMAGED, "", () -> disk(DockerArchive.find(archive, "bad")));
  }

  @Test
  void shouldRefuseNamesThatAreNoPaths() throws Exception {
    Files.createDirectory(layout());
    for (String config : List.of("a\\u0000b", "../../../etc/passwd", "/etc/passwd")) {
      Files.writeString(
          layout().resolve("manifest.json"),
          "[{\"Config\": \"%s\", \"Layers\": []}]".formatted(config));
      assertFails(Reason.MISSING, "no such file", () -> DockerArchive.find(layout(), ""));
    }
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void assertFails(Reason reason, String words, Action action) {
    ImageException e = assertThrows(ImageException.class, action::run);
    assertEquals(reason, e.reason(), e::getMessage);
    assertTrue(e.getMessage().contains(words), e::getMessage);
  }

  /** The layer, by its first bytes: those of gzip. */
  private static Path layerOf(Path layout) throws IOException {
    try (Stream<Path> blobs = Files.list(layout.resolve("blobs/sha256"))) {
      for (Path blob : (Iterable<Path>) blobs::iterator) {
        if (Files.readAllBytes(blob)[0] == 0x1f) {
          return blob;
        }
      }
    }
    throw new AssertionError("no layer");
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}
