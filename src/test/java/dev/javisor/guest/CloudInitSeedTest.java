package dev.javisor.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.internal.guest.AgentProgram;
import dev.javisor.testing.guest.FatReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloudInitSeedTest {
  private static final String KEY = "ssh-ed25519 AAAAC3Nza \"Ada\" \\ x";

  private static String file(CloudInitSeed seed, String name) {
    FatReader disk = new FatReader(seed.toBytes());
    assertEquals("CIDATA", disk.label());
    return new String(disk.files().get(name), StandardCharsets.UTF_8);
  }

  @Test
  void shouldSetHostnameAndUsers() {
    CloudInitSeed seed =
        CloudInitSeed.builder()
            .instanceId("i-1")
            .hostname("web1.example.org")
            .user("ada", KEY + "\n", "second")
            .user("bob")
            .build();

    assertEquals(
        "instance-id: \"i-1\"\nlocal-hostname: \"web1.example.org\"\n", file(seed, "meta-data"));
    assertEquals(
        """
        #cloud-config
        users:
          - name: "ada"
            shell: /bin/bash
            sudo: "ALL=(ALL) NOPASSWD:ALL"
            lock_passwd: true
            ssh_authorized_keys:
              - "ssh-ed25519 AAAAC3Nza \\"Ada\\" \\\\ x"
              - "second"
          - name: "bob"
            shell: /bin/bash
            sudo: "ALL=(ALL) NOPASSWD:ALL"
            lock_passwd: true
        """,
        file(seed, "user-data"));
    assertEquals(Set.of("meta-data", "user-data"), new FatReader(seed.toBytes()).files().keySet());
  }

  @Test
  void shouldTakeWholeTexts() {
    CloudInitSeed seed =
        CloudInitSeed.builder().userData("#!/bin/sh\n# ö\n").networkConfig("version: 2\n").build();

    assertEquals("#!/bin/sh\n# ö\n", file(seed, "user-data"));
    assertEquals("version: 2\n", file(seed, "network-config"));
  }

  @Test
  void shouldFollowWithTheInstancesIdFromTheContent() {
    CloudInitSeed.Builder one = CloudInitSeed.builder().hostname("a");

    assertArrayEquals(one.build().toBytes(), one.build().toBytes());
    assertNotEquals(
        file(one.build(), "meta-data").lines().findFirst(),
        file(CloudInitSeed.builder().hostname("b").build(), "meta-data").lines().findFirst());
  }

  @Test
  void shouldRefuseWhatIsNone() {
    CloudInitSeed.Builder builder = CloudInitSeed.builder();
    for (String name :
        List.of("", "-a", "a-", "a_b", "a..b", "x".repeat(64), "a.".repeat(127) + "a", "a\n")) {
      assertThrows(IllegalArgumentException.class, () -> builder.hostname(name), name);
    }
    for (String name : List.of("", "Ada", "1a", "a b", "a".repeat(33), "a:b")) {
      assertThrows(IllegalArgumentException.class, () -> builder.user(name), name);
    }
    for (String key : List.of("", " ", "a\nb", "a\0")) {
      assertThrows(IllegalArgumentException.class, () -> builder.user("ada", key), key);
      assertThrows(IllegalArgumentException.class, () -> builder.instanceId(key), key);
    }
  }

  @Test
  void shouldRefuseUsersBesideUserData_andTooMuch() {
    assertThrows(
        IllegalStateException.class,
        () -> CloudInitSeed.builder().user("ada").userData("#cloud-config\n").build());
    assertThrows(
        IllegalStateException.class,
        () -> CloudInitSeed.builder().userData("#".repeat((8 << 20) + 1)).build());
  }

  @Test
  void shouldBeADiskOrAFile(@TempDir Path folder) throws IOException {
    CloudInitSeed seed = CloudInitSeed.builder().hostname("a").build();
    BlockBackend disk = seed.toDisk();
    Path file = seed.writeTo(folder.resolve("seed.raw"));

    assertTrue(disk.readOnly());
    assertEquals(Files.size(file), disk.size());
    assertArrayEquals(seed.toBytes(), Files.readAllBytes(file));
    assertThrows(UncheckedIOException.class, () -> seed.writeTo(folder.resolve("no/file")));
  }

  @Test
  void shouldCarryTheAgent_besideTheUserData() {
    CloudInitSeed seed = CloudInitSeed.builder().userData("#!/bin/sh\ntrue\n").agent().build();

    assertEquals("#!/bin/sh\ntrue\n", file(seed, "user-data"));
    assertArrayEquals(
        AgentProgram.bytes(), new FatReader(seed.toBytes()).files().get("javisor-agent"));
    String hook = file(seed, "vendor-data");
    assertTrue(hook.startsWith("#cloud-boothook\n#!/bin/sh\n"), hook);
    assertTrue(hook.contains("blkid -L CIDATA"), hook);
  }
}
