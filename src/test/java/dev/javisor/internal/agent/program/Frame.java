package dev.javisor.internal.agent.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A frame of the agent's protocol (javadoc/agent-protocol.md). */
record Frame(int type, int stream, byte[] payload) {
  static final int VERSION = 1;
  static final int HEADER = 8;
  static final int LIMIT = 65536;

  static final int EXEC = 10;
  static final int COPY_IN = 11;
  static final int COPY_OUT = 12;
  static final int TCP = 13;
  static final int FACTS = 14;
  static final int STARTED = 20;
  static final int FAILED = 21;
  static final int DATA = 30;
  static final int CREDIT = 31;
  static final int SIGNAL = 32;
  static final int RESIZE = 33;
  static final int EXIT = 34;
  static final int ENTRY = 40;
  static final int LEAVE = 41;
  static final int SKIPPED = 42;
  static final int DONE = 43;

  static final int STAGE_VERSION = 1;
  static final int STAGE_REQUEST = 2;
  static final int STAGE_USER = 3;
  static final int STAGE_DIRECTORY = 4;
  static final int STAGE_EXECUTE = 5;
  static final int STAGE_CONNECT = 7;
  static final int STAGE_FILE = 8;

  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int ENOEXEC = 8;
  static final int EACCES = 13;
  static final int ENOTDIR = 20;
  static final int EISDIR = 21;
  static final int EFBIG = 27;
  static final int ENOSPC = 28;
  static final int ENAMETOOLONG = 36;
  static final int ECONNREFUSED = 111;

  byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) type).put((byte) stream).putShort((short) 0).putInt(payload.length);
    return bytes.put(payload).array();
  }

  ByteBuffer fields() {
    return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
  }

  int u32(int index) {
    return fields().getInt(4 * index);
  }

  /** Takes a string off the fields. */
  static byte[] string(ByteBuffer fields) {
    byte[] bytes = new byte[fields.getInt()];
    fields.get(bytes);
    return bytes;
  }

  /** The path or the like of a FAILED. */
  String what() {
    return new String(string(fields().position(8)), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return switch (type) {
      case FAILED -> "FAILED[errno " + u32(0) + ", stage " + u32(1) + ", " + what() + "]";
      case EXIT -> "EXIT[" + u32(0) + ", " + u32(1) + "]";
      default -> "Frame[" + type + ", stream " + stream + ", " + payload.length + " bytes]";
    };
  }
}
