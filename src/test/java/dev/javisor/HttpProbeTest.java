package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProbeTest {
  @Test
  void shouldAskOnceAndReadNoMoreThanTheStatus() throws IOException {
    ScriptedChannel server = new ScriptedChannel("HTTP/1.1 200 OK\r\nDate: now\r\n\r\nlong");

    assertEquals(200, HttpProbe.status(server, "/health?full=1"));

    assertTrue(server.asked().startsWith("GET /health?full=1 HTTP/1.1\r\nHost: "), server::asked);
    assertTrue(server.asked().endsWith("\r\nConnection: close\r\n\r\n"), server::asked);
    assertEquals("Date: now\r\n\r\nlong".length(), server.unread());
    assertTrue(server.isOpen());
  }

  @ParameterizedTest
  @CsvSource({
    "'HTTP/1.0 302 Found\n', 302",
    "'HTTP/1.1 599\r\n', 599",
    "'HTTP/1.1 500 \r\n', 500",
    "'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 100\n\nHTTP/1.1 204 No\r\n', 204"
  })
  void shouldTellTheFinalStatus(String answer, int status) throws IOException {
    assertEquals(status, HttpProbe.status(new ScriptedChannel(answer), "/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9\r\n",
        "HTTP/2 200\r\n",
        "HTTP/1.1 2000 OK\r\n",
        "HTTP/1.1 099 X\r\n",
        "\r\n",
        "HTTP/1.1 200\u001b[31m\r\n"
      })
  void shouldRefuse_whenItIsNoHttpServer(String answer) {
    ProtocolException e =
        assertThrows(
            ProtocolException.class, () -> HttpProbe.status(new ScriptedChannel(answer), "/"));

    assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e::getMessage);
  }

  @Test
  void shouldGiveUp_whenTheStatusNeverComes() {
    String interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000);
    ScriptedChannel endless = new ScriptedChannel("x".repeat(100_000));
    ScriptedChannel hopeful = new ScriptedChannel(interim);

    assertThrows(ProtocolException.class, () -> HttpProbe.status(endless, "/"));
    assertThrows(ProtocolException.class, () -> HttpProbe.status(hopeful, "/"));
    assertEquals(100_000 - (16 << 10), endless.unread());
    assertEquals(interim.length() - (16 << 10), hopeful.unread());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK", "HTTP/1.1 100 Continue\r\n\r\n"})
  void shouldTellThatTheServerClosed(String answer) {
    assertThrows(EOFException.class, () -> HttpProbe.status(new ScriptedChannel(answer), "/"));
  }
}
