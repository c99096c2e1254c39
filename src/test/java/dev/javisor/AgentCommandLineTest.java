package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.internal.guest.AgentArchive.Role;
import org.junit.jupiter.api.Test;

class AgentCommandLineTest {
  private static void assertLine(String text, Role role, AgentCommandLine line) {
    assertEquals(text, line.text());
    assertEquals(role, line.role());
  }

  @Test
  void shouldLeaveTheGuestToTheAgent_whenThereIsNothingElse() {
    assertLine(
        "rdinit=/javisor/agent console=ttyS0",
        Role.STANDALONE,
        AgentCommandLine.of("console=ttyS0", false));
    assertLine("rdinit=/javisor/agent", Role.STANDALONE, AgentCommandLine.of("", false));
  }

  @Test
  void shouldMountTheRoot_whenTheCommandLineHasOne() {
    assertLine(
        "rdinit=/javisor/agent console=hvc0 root=/dev/vda1 rw",
        Role.ROOT,
        AgentCommandLine.of("console=hvc0 root=/dev/vda1 rw", false));
    assertEquals(Role.STANDALONE, AgentCommandLine.of("nfsroot=x rootwait root=", false).role());
  }

  @Test
  void shouldGoOnWithTheInitramfs_whenThereIsOne() {
    assertLine(
        "rdinit=/javisor/agent root=/dev/vda1",
        Role.next("/init"),
        AgentCommandLine.of("root=/dev/vda1", true));
  }

  @Test
  void shouldGoOnWithTheInitThatTheUserChose() {
    assertLine(
        "rdinit=/javisor/agent quiet root=/dev/vda",
        Role.next("/bin/own"),
        AgentCommandLine.of("quiet rdinit=/bin/own root=/dev/vda", true));
  }

  @Test
  void shouldLeaveWhatIsForInit() {
    assertLine(
        "rdinit=/javisor/agent quiet -- root=/x rdinit=/y",
        Role.STANDALONE,
        AgentCommandLine.of("quiet -- root=/x rdinit=/y", false));
  }
}
