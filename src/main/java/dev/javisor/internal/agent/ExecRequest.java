package dev.javisor.internal.agent;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.javisor.error.GuestExecException;
import dev.javisor.error.GuestExecException.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What is to be run, and how.
 *
 * @param flags of {@link Protocol}
 * @param cols of the terminal, or 0
 * @param rows of the terminal, or 0
 * @param user as the caller named it, empty for root
 * @param directory empty for the user's home
 * @param argv the program and its arguments
 * @param environment variables by name
 */
record ExecRequest(
    int flags,
    int cols,
    int rows,
    String user,
    String directory,
    ImmutableList<String> argv,
    ImmutableMap<String, String> environment) {

  /**
   * Sends the request.
   *
   * @throws GuestExecException if it is longer than the protocol allows
   */
  void write(FrameWriter writer) throws IOException {
    writer
        .begin(Protocol.EXEC, 0)
        .u16(Protocol.VERSION)
        .u16(flags)
        .u16(cols)
        .u16(rows)
        .string(bytes(user))
        .string(bytes(directory))
        .u32(argv.size());
    argv.forEach(argument -> writer.string(bytes(argument)));
    writer.u32(environment.size());
    environment.forEach((name, value) -> writer.string(bytes(name + "=" + value)));
    if (writer.length() > Protocol.EXEC_LIMIT) {
      throw new GuestExecException(
          argv,
          Stage.REQUEST,
          "E2BIG",
          "%s… cannot be started in the guest: its arguments and environment are %d bytes, of %d at"
                  .formatted(argv.get(0), writer.length(), Protocol.EXEC_LIMIT)
              + " most; give it its input by stdin");
    }
    writer.send();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
