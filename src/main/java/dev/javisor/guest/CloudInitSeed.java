package dev.javisor.guest;

import static java.util.Objects.requireNonNull;

import dev.javisor.backend.BlockBackend;
import dev.javisor.internal.guest.AgentProgram;
import dev.javisor.internal.guest.FatImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a cloud image's cloud-init sets up at its first boot (data source NoCloud): a host name,
 * users with their keys, or a whole configuration of the caller's. The guest finds it as a disk
 * with the label {@code CIDATA}:
 *
 * <pre>{@code
 * String key = Files.readString(Path.of("id_ed25519.pub")).strip();
 * builder.disk(CloudInitSeed.builder().hostname("web1").user("ada", key).build().toDisk());
 * }</pre>
 *
 * <p>The same content gives the same bytes. Immutable.
 */
public final class CloudInitSeed {
  private static final String LABEL = "CIDATA";

  private final Map<String, byte[]> files;

  private CloudInitSeed(Map<String, byte[]> files) {
    this.files = files;
  }

  /** A seed without anything to add to. */
  public static Builder builder() {
    return new Builder();
  }

  /** The bytes of a FAT file system with the files in it: a raw image. */
  public byte[] toBytes() {
    return FatImage.of(LABEL, files);
  }

  /** A disk that cannot be written to, for any number of machines. */
  public BlockBackend toDisk() {
    return new SeedDisk(toBytes(), files.containsKey(SeedAgent.FILE));
  }

  /**
   * Writes a raw image, which replaces what is there.
   *
   * @return the file
   * @throws UncheckedIOException if it cannot be written
   */
  public Path writeTo(Path file) {
    try {
      return Files.write(file, toBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the seed " + file + ": " + e, e);
    }
  }

  /** What a seed is made from. One thread at a time. */
  public static final class Builder {
    private static final Pattern HOSTNAME =
        Pattern.compile(
            "(?!.{254})[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
                + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
    private static final Pattern USER = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
    private static final int MOST_BYTES = 8 << 20;

    private final Map<String, List<String>> users = new LinkedHashMap<>();
    private @Nullable String instanceId;
    private @Nullable String hostname;
    private @Nullable String userData;
    private @Nullable String networkConfig;
    private boolean agent;

    private Builder() {}

    /**
     * The instance's id: cloud-init sets a disk up anew when it changes. Default: one that follows
     * from the content.
     *
     * @throws IllegalArgumentException if it is empty or has control characters
     */
    public Builder instanceId(String id) {
      instanceId = line("instance id", id);
      return this;
    }

    /**
     * The host name, with a domain or without.
     *
     * @throws IllegalArgumentException if it is none
     */
    public Builder hostname(String name) {
      if (!HOSTNAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "host name '%s': expected letters, digits and hyphens, up to 63 between dots"
                .formatted(name));
      }
      hostname = name;
      return this;
    }

    /**
     * Adds a user who logs in by SSH with one of these keys, has no password, and may become root
     * by sudo, as the default user of cloud images.
     *
     * @param name up to 32 small letters, digits, {@code -} and {@code _}, no digit first
     * @param sshKeys public keys, as lines of {@code authorized_keys}
     * @throws IllegalArgumentException if the name is not like that, or a key is no line of text
     */
    public Builder user(String name, String... sshKeys) {
      if (!USER.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "user name '%s': expected up to 32 of a-z, 0-9, - and _, no digit first"
                .formatted(name));
      }
      List<String> keys = users.computeIfAbsent(name, made -> new ArrayList<>());
      for (String key : sshKeys) {
        keys.add(line("SSH key", key.strip()));
      }
      return this;
    }

    /**
     * All of the user data, in the place of what {@link #user} makes: it begins with {@code
     * #cloud-config}, or {@code #!} if it is a script.
     */
    public Builder userData(String text) {
      userData = requireNonNull(text, "text");
      return this;
    }

    /** The network's configuration, in version 1 or 2 of cloud-init's. Default: none, so DHCP. */
    public Builder networkConfig(String yaml) {
      networkConfig = requireNonNull(yaml, "yaml");
      return this;
    }

    /**
     * Has the guest start Javisor's agent at each boot, from a file system in its memory: {@code
     * VirtualMachine.Builder.agent()} needs it where a firmware boots an image. It comes as vendor
     * data, beside the user data.
     */
    public Builder agent() {
      agent = true;
      return this;
    }

    /**
     * Makes the seed.
     *
     * @throws IllegalStateException if there are users and user data both, or more than 8 MiB
     */
    public CloudInitSeed build() {
      String text = userData;
      if (text != null && !users.isEmpty()) {
        throw new IllegalStateException("user data and users both: put the users into the data");
      }
      String data = text != null ? text : "#cloud-config\n" + usersAsYaml();
      Map<String, byte[]> files = new LinkedHashMap<>();
      put(files, "meta-data", metaData(data));
      put(files, "user-data", data);
      if (networkConfig != null) {
        put(files, "network-config", networkConfig);
      }
      if (agent) {
        put(files, "vendor-data", SeedAgent.vendorData(LABEL));
        files.put(SeedAgent.FILE, AgentProgram.bytes());
      }
      long bytes = files.values().stream().mapToLong(content -> content.length).sum();
      if (bytes > MOST_BYTES) {
        throw new IllegalStateException("%d bytes, and room for %d".formatted(bytes, MOST_BYTES));
      }
      return new CloudInitSeed(files);
    }

    private String metaData(String data) {
      String content = data + "\n" + hostname + "\n" + networkConfig;
      String id =
          instanceId != null
              ? instanceId
              : "i-" + UUID.nameUUIDFromBytes(content.getBytes(StandardCharsets.UTF_8));
      String text = "instance-id: %s\n".formatted(quoted(id));
      return hostname == null ? text : text + "local-hostname: %s\n".formatted(quoted(hostname));
    }

    private String usersAsYaml() {
      if (users.isEmpty()) {
        return "";
      }
      StringBuilder yaml = new StringBuilder("users:\n");
      users.forEach(
          (name, keys) -> {
            yaml.append("  - name: ").append(quoted(name)).append('\n');
            yaml.append("    shell: /bin/bash\n");
            yaml.append("    sudo: \"ALL=(ALL) NOPASSWD:ALL\"\n");
            yaml.append("    lock_passwd: true\n");
            if (!keys.isEmpty()) {
              yaml.append("    ssh_authorized_keys:\n");
              keys.forEach(key -> yaml.append("      - ").append(quoted(key)).append('\n'));
            }
          });
      return yaml.toString();
    }

    private static void put(Map<String, byte[]> files, String name, String text) {
      files.put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String line(String what, String text) {
      if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "%s '%s': expected one line of text".formatted(what, text.replaceAll("\\p{Cc}", "?")));
      }
      return text;
    }

    /** A YAML string: YAML 1.2.2 §7.3.1. */
    private static String quoted(String text) {
      return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
  }
}
