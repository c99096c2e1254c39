package dev.javisor.internal.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** An OCI layout in a folder, or what docker save would write of the same image. */
public final class OciFixture {
  private final Path folder;
  private final List<byte[]> layers = new ArrayList<>();
  private final List<String> manifests = new ArrayList<>();
  private String platform = "\"os\": \"linux\", \"architecture\": \"amd64\"";
  private String config = "";

  public OciFixture(Path folder) {
    this.folder = folder;
  }

  public OciFixture layer(TarFixture tar) {
    layers.add(tar.toBytes());
    return this;
  }

  public OciFixture platform(String os, String architecture) {
    platform = "\"os\": \"%s\", \"architecture\": \"%s\"".formatted(os, architecture);
    return this;
  }

  /** The members of the configuration's {@code config}, in JSON with single quotes. */
  public OciFixture config(String members) {
    config = members.replace('\'', '"');
    return this;
  }

  /** Writes an image into the layout; its layers go with it. */
  public OciFixture image(String tag) {
    List<String> descriptors = new ArrayList<>();
    for (byte[] layer : layers) {
      byte[] packed = TarFixture.gzip(layer);
      descriptors.add(descriptor("application/vnd.oci.image.layer.v1.tar+gzip", packed));
    }
    byte[] configBytes = configJson().getBytes(StandardCharsets.UTF_8);
    byte[] manifest =
        """
        {"schemaVersion": 2, "config": %s, "layers": [%s]}
        """
            .formatted(
                descriptor("application/vnd.oci.image.config.v1+json", configBytes),
                String.join(", ", descriptors))
            .getBytes(StandardCharsets.UTF_8);
    String descriptor = descriptor("application/vnd.oci.image.manifest.v1+json", manifest);
    manifests.add(
        descriptor.replaceFirst(
            "\\}$",
            """
            , "platform": {%s}, "annotations": {"org.opencontainers.image.ref.name": "%s"}}"""
                .formatted(platform, tag)));
    layers.clear();
    return this;
  }

  private String configJson() {
    List<String> ids = layers.stream().map(layer -> "\"sha256:" + sum(layer) + "\"").toList();
    return """
        {%s, "config": {%s}, "rootfs": {"type": "layers", "diff_ids": [%s]}}
        """
        .formatted(platform, config, String.join(", ", ids));
  }

  /** Puts all images so far into an index that an index names, and so on. */
  public OciFixture nest(String tag, int times) {
    String inner =
        "{\"schemaVersion\": 2, \"manifests\": [%s]}".formatted(String.join(", ", manifests));
    manifests.clear();
    String index =
        descriptor(
            "application/vnd.oci.image.index.v1+json", inner.getBytes(StandardCharsets.UTF_8));
    String named =
        index.replaceFirst(
            "\\}$",
            ", \"annotations\": {\"org.opencontainers.image.ref.name\": \"%s\"}}".formatted(tag));
    for (int i = 0; i < times; i++) {
      manifests.add(named);
    }
    return this;
  }

  /** Writes the index. */
  public Path write() {
    String index =
        "{\"schemaVersion\": 2, \"manifests\": [%s]}".formatted(String.join(", ", manifests));
    put("index.json", index.getBytes(StandardCharsets.UTF_8));
    put("oci-layout", "{\"imageLayoutVersion\": \"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
    return folder;
  }

  /** Writes what docker save does, of the layers so far. */
  public Path writeDockerArchive(Path file, String tag) {
    byte[] configBytes = configJson().getBytes(StandardCharsets.UTF_8);
    TarFixture tar = new TarFixture();
    List<String> names = new ArrayList<>();
    for (byte[] layer : layers) {
      String name = sum(layer) + "/layer.tar";
      names.add("\"" + name + "\"");
      tar.file(name, layer, 0644, 0, 0);
    }
    tar.file(sum(configBytes) + ".json", configBytes, 0644, 0, 0);
    tar.file(
        "manifest.json",
        "[{\"Config\": \"%s.json\", \"RepoTags\": [\"%s\"], \"Layers\": [%s]}]"
            .formatted(sum(configBytes), tag, String.join(", ", names)));
    return tar.writeTo(file);
  }

  private String descriptor(String type, byte[] content) {
    String digest = sum(content);
    put("blobs/sha256/" + digest, content);
    return "{\"mediaType\": \"%s\", \"digest\": \"sha256:%s\", \"size\": %d}"
        .formatted(type, digest, content.length);
  }

  private void put(String name, byte[] content) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sum(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
