package dev.javisor.internal.agent;

/** Numbers of the agent's protocol, version 1: javadoc/agent-protocol.md. */
public final class Protocol {
  /** The guest's port at which the agent listens. */
  public static final int AGENT_PORT = 1022;

  /** The host's port to which the agent says hello. */
  public static final int HOST_PORT = 1022;

  /** The guest's port from which it does. */
  public static final int HELLO_PORT = 1021;

  static final int VERSION = 1;
  static final int MAGIC = 0x5647414A;
  static final int HEADER = 8;
  static final int PAYLOAD_LIMIT = 65536;
  static final int EXEC_LIMIT = 4 << 20;
  static final int DEPTH_LIMIT = 128;

  static final int HELLO = 1;
  static final int PING = 2;
  static final int PONG = 3;
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

  static final int EXEC_TERMINAL = 1;
  static final int EXEC_CLEAR_ENVIRONMENT = 2;
  static final int EXEC_MERGE = 4;
  static final int EXEC_NO_STDIN = 8;
  static final int COPY_IN_PARENTS = 1;
  static final int COPY_OUT_FOLLOW = 1;

  static final int STAGE_VERSION = 1;
  static final int STAGE_REQUEST = 2;
  static final int STAGE_USER = 3;
  static final int STAGE_DIRECTORY = 4;
  static final int STAGE_EXECUTE = 5;
  static final int STAGE_FORK = 6;
  static final int STAGE_CONNECT = 7;
  static final int STAGE_FILE = 8;
  static final int STAGE_TERMINAL = 9;

  private Protocol() {}
}
