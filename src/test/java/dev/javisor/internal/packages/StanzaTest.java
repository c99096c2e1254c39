package dev.javisor.internal.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StanzaTest {
  @Test
  void shouldReadFieldsAndContinuations() {
    List<Stanza> stanzas =
        Stanza.parse(
            """
            # a comment
            Package: a
            SHA256:
             one 1 x
             two 2 y
            junk

            PACKAGE: b
            Suites: s t
             u

            """);

    assertEquals(2, stanzas.size());
    assertEquals(Optional.of("a"), stanzas.get(0).field("package"));
    assertEquals(Optional.of("\none 1 x\ntwo 2 y"), stanzas.get(0).field("SHA256"));
    assertEquals(Optional.of("b"), stanzas.get(1).field("Package"));
    assertEquals(List.of("s", "t", "u"), stanzas.get(1).words("suites"));
    assertEquals(List.of(), stanzas.get(1).words("none"));
  }

  @Test
  void shouldReadDependencies() {
    List<Dependency> found =
        Dependency.parse(
            "kmod, linux-base (>= 4.3~), a:any (= 1.0-1) | b , linux-image-6.1 (= 6.1.192-2), <bad>");

    assertEquals(
        List.of(
            new Dependency("kmod", Optional.empty()),
            new Dependency("linux-base", Optional.empty()),
            new Dependency("a", Optional.of("1.0-1")),
            new Dependency("b", Optional.empty()),
            new Dependency("linux-image-6.1", Optional.of("6.1.192-2"))),
        found);
  }

  @Test
  void shouldReadAPackage() {
    Stanza stanza =
        Stanza.parse("Package: p\nVersion: 1\nSize: 12\nPre-Depends: x\nDepends: y,\n z\n").get(0);

    PackageRecord found = PackageRecord.of(stanza).get();

    assertEquals("p 1", found.toString());
    assertEquals(12, found.size());
    assertEquals(List.of("y", "z", "x"), found.depends().stream().map(Dependency::name).toList());
    assertEquals(Optional.empty(), found.sha256());
    assertEquals(Optional.empty(), PackageRecord.of(Stanza.parse("Package: p").get(0)));
  }
}
