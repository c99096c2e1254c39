package dev.javisor.internal.image.oci;

import dev.javisor.error.ImageException;
import dev.javisor.internal.image.tree.Failures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Finds an image in what {@code docker save} and {@code podman save} write. Its layers are checked
 * by the digests that the configuration has for them.
 *
 * <p>Source: Moby image specification v1.2, "Combined Image JSON + Filesystem Changeset Format".
 */
public final class DockerArchive {
  private static final String MANIFEST = "manifest.json";

  private DockerArchive() {}

  /**
   * Finds an image.
   *
   * @param tag which one, such as {@code nginx:1.27}, or empty if there is one only
   * @throws ImageException if there is none, or it is damaged, or for another machine
   */
  public static Container find(Path path, String tag) {
    try (Blobs blobs = Blobs.of(path)) {
      if (!blobs.has(MANIFEST)) {
        throw Failures.missing(
            path.toString(), "it is nothing that docker save wrote: it has no manifest.json", null);
      }
      JsonObject image = choose(path, tag, OciLayout.json(MANIFEST, blobs));
      Container container = container(path, image, blobs);
      container.requirePlatform();
      return container;
    } catch (IOException e) {
      throw Failures.reading(path.toString(), e);
    }
  }

  private static JsonObject choose(Path path, String tag, byte[] manifest) throws IOException {
    List<JsonObject> images = JsonObject.parseArray(manifest);
    TreeSet<String> tags = new TreeSet<>();
    List<JsonObject> meant = new ArrayList<>();
    for (JsonObject image : images) {
      tags.addAll(image.texts("RepoTags"));
      boolean named =
          image.texts("RepoTags").stream().anyMatch(t -> t.equals(tag) || t.endsWith("/" + tag));
      if (tag.isEmpty() || named) {
        meant.add(image);
      }
    }
    if (meant.size() != 1) {
      throw Failures.missing(
          path.toString(),
          "it has %d images%s; the tags are %s"
              .formatted(meant.size(), tag.isEmpty() ? "" : " with the tag '" + tag + "'", tags),
          null);
    }
    return meant.get(0);
  }

  private static Container container(Path path, JsonObject image, Blobs blobs) throws IOException {
    String configName = image.text("Config");
    byte[] bytes = OciLayout.json(configName, blobs);
    Digest digest = Digest.ofSha256(bytes);
    String named = configName.replaceFirst("\\.json$", "").replaceFirst(".*/", "");
    if (named.matches("[0-9a-f]{64}") && !named.equals(digest.hex())) {
      throw new IOException("the configuration does not have the digest that it is named by");
    }
    ContainerConfig config = ContainerConfig.parse(bytes);
    List<String> blobsOfLayers = image.texts("Layers");
    if (blobsOfLayers.size() != config.diffIds().size()) {
      throw new IOException(
          "%d layers, and %d by the configuration"
              .formatted(blobsOfLayers.size(), config.diffIds().size()));
    }
    List<Container.Layer> layers = new ArrayList<>();
    for (int i = 0; i < blobsOfLayers.size(); i++) {
      layers.add(new Container.Layer(blobsOfLayers.get(i), "", -1, config.diffIds().get(i)));
    }
    return new Container(path.toString(), path, digest.toString(), config, layers);
  }
}
