package dev.javisor.internal.agent;

import dev.javisor.error.AgentException;
import dev.javisor.error.AgentException.Reason;
import dev.javisor.error.GuestConnectException;
import dev.javisor.error.GuestExecException;
import dev.javisor.error.GuestExecException.Stage;
import dev.javisor.error.GuestFileException;
import dev.javisor.error.GuestFileException.Side;
import dev.javisor.error.JavisorException;
import dev.javisor.internal.sys.Errno;
import java.io.IOException;
import java.util.List;

/** What the agent answers to a request. */
final class Answers {
  private Answers() {}

  /**
   * What a refusal is to the caller.
   *
   * @param errno the guest's error
   * @param stage at what it came
   * @param what the path, the user or the address
   */
  @FunctionalInterface
  interface Refusals {
    JavisorException of(int errno, int stage, String what);
  }

  /**
   * Waits until the request is taken up.
   *
   * @return the process id of a command
   */
  static long started(FrameReader reader, Refusals refusals) throws IOException {
    reader.next();
    if (reader.type() == Protocol.STARTED) {
      long pid = reader.u32();
      reader.end();
      return pid;
    }
    throw refused(reader, refusals);
  }

  /** The meaning of a frame that should be a refusal. */
  static JavisorException refused(FrameReader reader, Refusals refusals) throws IOException {
    if (reader.type() != Protocol.FAILED) {
      throw new FrameException("a frame of type %d as an answer".formatted(reader.type()));
    }
    int errno = (int) reader.u32();
    long stage = reader.u32();
    String what = reader.text();
    if (stage == Protocol.STAGE_VERSION) {
      return new AgentException(
          Reason.VERSION,
          "the guest's agent is of another version (%s); use the agent of this Javisor's jar"
              .formatted(what),
          null);
    }
    return refusals.of(errno, (int) stage, what);
  }

  /** Of requests that can only be refused for being malformed. */
  static JavisorException unexpected(int errno, int stage, String what) {
    return new AgentException(
        Reason.PROTOCOL,
        "the guest's agent refused a request: %s: %s".formatted(Errno.name(errno), what),
        null);
  }

  static JavisorException file(int errno, int stage, String what) {
    if (stage != Protocol.STAGE_FILE) {
      return unexpected(errno, stage, what);
    }
    String name = Errno.name(errno);
    return new GuestFileException(Side.GUEST, what, name, FileHints.of(name), null);
  }

  static JavisorException connect(int port, int errno, int stage, String what) {
    if (stage != Protocol.STAGE_CONNECT) {
      return unexpected(errno, stage, what);
    }
    String name = Errno.name(errno);
    String hint =
        name.equals("ECONNREFUSED")
            ? "nobody listens there: wait for the service, as by Wait.port(%d)".formatted(port)
            : "see the guest's network";
    return new GuestConnectException("127.0.0.1", port, name, hint);
  }

  static JavisorException exec(List<String> argv, int errno, int stage, String what) {
    String name = Errno.name(errno);
    Stage failed = stage(stage);
    String message =
        "%s cannot be started in the guest: %s %s: %s; %s"
            .formatted(argv, verb(failed), what, name, hint(failed, name));
    return new GuestExecException(argv, failed, name, message);
  }

  private static Stage stage(int stage) {
    return switch (stage) {
      case Protocol.STAGE_REQUEST -> Stage.REQUEST;
      case Protocol.STAGE_USER -> Stage.USER;
      case Protocol.STAGE_DIRECTORY -> Stage.DIRECTORY;
      case Protocol.STAGE_EXECUTE -> Stage.EXECUTE;
      case Protocol.STAGE_FORK -> Stage.FORK;
      case Protocol.STAGE_TERMINAL -> Stage.TERMINAL;
      default -> Stage.OTHER;
    };
  }

  private static String verb(Stage stage) {
    return switch (stage) {
      case REQUEST -> "the agent does not take";
      case USER -> "it cannot become user";
      case DIRECTORY -> "it cannot enter";
      case EXECUTE -> "it cannot execute";
      case FORK -> "no process:";
      case TERMINAL -> "no terminal:";
      case OTHER -> "at";
    };
  }

  private static String hint(Stage stage, String errno) {
    return switch (errno) {
      case "ENOENT" ->
          switch (stage) {
            case USER -> "the guest's /etc/passwd or /etc/group does not have it";
            case DIRECTORY -> "make the folder first, as by exec(\"mkdir\", \"-p\", …)";
            default -> "is it installed in the guest, and in its PATH?";
          };
      case "EACCES" -> "is it executable, and may the user see it?";
      case "ENOEXEC" -> "it is no program of this CPU, and a script needs its #! line";
      case "E2BIG" -> "arguments and environment are too long; give it its input by stdin";
      case "EAGAIN", "ENOMEM" -> "the guest has no room for another process; give it more memory";
      default -> "see errno(3)";
    };
  }
}
