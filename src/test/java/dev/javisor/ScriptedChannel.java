package dev.javisor;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;

/** A server that says what it was told to say, one byte at a time, and then closes. */
final class ScriptedChannel implements ByteChannel {
  private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
  private final ByteBuffer answer;
  private boolean open = true;

  ScriptedChannel(String answer) {
    this.answer = ByteBuffer.wrap(answer.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** What it was sent. */
  String asked() {
    return asked.toString(StandardCharsets.ISO_8859_1);
  }

  /** How many bytes of its answer were not read. */
  int unread() {
    return answer.remaining();
  }

  @Override
  public int read(ByteBuffer target) {
    if (!answer.hasRemaining()) {
      return -1;
    }
    target.put(answer.get());
    return 1;
  }

  @Override
  public int write(ByteBuffer source) {
    asked.write(source.get());
    return 1;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
