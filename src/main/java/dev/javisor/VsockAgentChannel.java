package dev.javisor;

import dev.javisor.internal.agent.AgentChannel;
import dev.javisor.internal.vsock.VsockConnection;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A connection with a guest's agent, by vsock. */
record VsockAgentChannel(VsockConnection connection) implements AgentChannel {
  @Override
  public boolean isOpen() {
    return connection.notClosed();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return connection.read(target);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return connection.write(source);
  }

  @Override
  public void shutdownOutput() throws IOException {
    connection.shutdownOutput();
  }

  @Override
  public void close() {
    connection.close();
  }

  @Override
  public String toString() {
    return connection.toString();
  }
}
