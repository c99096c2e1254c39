package dev.javisor.internal.image.oci;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import dev.javisor.internal.image.tree.Failures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds an image in an OCI layout: a folder, or an archive of one.
 *
 * <p>Source: OCI image specification 1.1 image-layout.md, image-index.md, manifest.md.
 */
public final class OciLayout {
  static final String INDEX = "index.json";

  private static final int MOST_JSON = 4 << 20;
  private static final int DEPTH = 4;
  private static final int MOST_LAYERS = 500;
  private static final String TAG = "org.opencontainers.image.ref.name";
  private static final String FULL_NAME = "io.containerd.image.name";
  private static final String ATTESTATION = "vnd.docker.reference.type";

  private final Path path;
  private final String tag;
  private final Blobs blobs;
  private final Set<String> seen = new HashSet<>();
  private final TreeSet<String> tags = new TreeSet<>();
  private final TreeSet<String> platforms = new TreeSet<>();

  private OciLayout(Path path, String tag, Blobs blobs) {
    this.path = path;
    this.tag = tag;
    this.blobs = blobs;
  }

  /**
   * Finds the image for this kind of machine.
   *
   * @param tag which one, or empty if there is one only
   * @throws ImageException if there is none, or it is damaged
   */
  public static Container find(Path path, String tag) {
    try (Blobs blobs = Blobs.of(path)) {
      return new OciLayout(path, tag, blobs).find();
    } catch (IOException e) {
      throw Failures.reading(path.toString(), e);
    }
  }

  private Container find() throws IOException {
    if (!blobs.has(INDEX)) {
      throw Failures.missing(path.toString(), "it is no OCI layout: it has no index.json", null);
    }
    List<JsonObject> found = new ArrayList<>();
    collect(JsonObject.parse(json(INDEX, blobs)), tag.isEmpty(), 0, found);
    TreeSet<String> digests = new TreeSet<>();
    for (JsonObject descriptor : found) {
      digests.add(descriptor.text("digest"));
    }
    if (digests.isEmpty()) {
      throw none();
    }
    if (digests.size() > 1) {
      throw Failures.missing(
          path.toString(),
          "it has several images, with the tags %s: name one".formatted(tags),
          null);
    }
    Container container = container(Digest.parse(digests.first()));
    container.requirePlatform();
    return container;
  }

  private ImageException none() {
    if (!platforms.isEmpty()) {
      return new ImageException(
          Reason.PLATFORM,
          path.toString(),
          "it has images for %s only".formatted(String.join(", ", platforms)),
          "get the one for %s/%s".formatted(Platform.OS, Platform.ARCHITECTURE),
          null);
    }
    return Failures.missing(
        path.toString(),
        tag.isEmpty()
            ? "it has no image"
            : "it has no image with the tag '%s', but these: %s".formatted(tag, tags),
        null);
  }

  /** Gathers the manifests that may be meant, of indexes in indexes, too. */
  private void collect(JsonObject index, boolean tagged, int depth, List<JsonObject> found)
      throws IOException {
    if (depth > DEPTH) {
      throw new IOException("an index in an index, and so on");
    }
    for (JsonObject descriptor : index.objects("manifests")) {
      if (descriptor.object("annotations").members().containsKey(ATTESTATION)) {
        continue;
      }
      boolean named = isTagged(descriptor) || tagged;
      boolean isIndex =
          descriptor.text("mediaType").endsWith("image.index.v1+json")
              || descriptor.text("mediaType").endsWith("manifest.list.v2+json");
      if (isIndex && (named || depth == 0)) {
        Digest digest = Digest.parse(descriptor.text("digest"));
        // One index may name another a thousand times, and that the next.
        if (seen.add(digest + " " + named)) {
          collect(JsonObject.parse(checked(digest)), named, depth + 1, found);
        }
      } else if (named && isForUs(descriptor.object("platform"))) {
        found.add(descriptor);
      }
    }
  }

  private boolean isTagged(JsonObject descriptor) throws IOException {
    JsonObject annotations = descriptor.object("annotations");
    String name = annotations.text(TAG);
    String full = annotations.text(FULL_NAME);
    if (!name.isEmpty()) {
      tags.add(name);
    }
    return name.equals(tag) || full.equals(tag) || full.endsWith("/" + tag);
  }

  private boolean isForUs(JsonObject platform) throws IOException {
    if (platform.members().isEmpty()) {
      // The configuration tells.
      return true;
    }
    String os = platform.text("os");
    String architecture = platform.text("architecture");
    boolean ours = os.equals(Platform.OS) && architecture.equals(Platform.ARCHITECTURE);
    if (!ours) {
      platforms.add(os + "/" + architecture);
    }
    return ours;
  }

  private Container container(Digest manifestDigest) throws IOException {
    JsonObject manifest = JsonObject.parse(checked(manifestDigest));
    JsonObject configDescriptor = manifest.object("config");
    ContainerConfig config =
        ContainerConfig.parse(checked(Digest.parse(configDescriptor.text("digest"))));
    List<JsonObject> descriptors = manifest.objects("layers");
    if (descriptors.size() > MOST_LAYERS || descriptors.size() != config.diffIds().size()) {
      throw new IOException(
          "%d layers, and %d by the configuration"
              .formatted(descriptors.size(), config.diffIds().size()));
    }
    List<Container.Layer> layers = new ArrayList<>();
    for (int i = 0; i < descriptors.size(); i++) {
      JsonObject descriptor = descriptors.get(i);
      Digest digest = Digest.parse(descriptor.text("digest"));
      layers.add(
          new Container.Layer(
              digest.blob(),
              digest.toString(),
              descriptor.number("size"),
              config.diffIds().get(i)));
    }
    return new Container(path.toString(), path, manifestDigest.toString(), config, layers);
  }

  private byte[] checked(Digest digest) throws IOException {
    byte[] bytes = json(digest.blob(), blobs);
    MessageDigest sum = digest.newSum();
    sum.update(bytes);
    if (!digest.matches(sum)) {
      throw new IOException("%s does not have the digest that it is named by".formatted(digest));
    }
    return bytes;
  }

  static byte[] json(String name, Blobs blobs) throws IOException {
    try (InputStream in = blobs.open(name)) {
      byte[] bytes = in.readNBytes(MOST_JSON + 1);
      if (bytes.length > MOST_JSON) {
        throw new IOException("%s has more than 4 MiB".formatted(name));
      }
      return bytes;
    }
  }
}
