package dev.javisor.backend;

import dev.javisor.internal.net.pcap.PcapFile;
import java.nio.ByteBuffer;

/** Passes on what it gets, and writes it down. */
final class RecordingBackend implements NetBackend {
  private final NetBackend backend;
  private final PcapFile file;

  RecordingBackend(NetBackend backend, PcapFile file) {
    this.backend = backend;
    this.file = file;
  }

  @Override
  public String description() {
    return backend.description() + ", recorded";
  }

  @Override
  public void attach(NetGuest guest) {
    backend.attach(new Recorded(guest));
  }

  @Override
  public void detach() {
    backend.detach();
  }

  @Override
  public void transmit(NetFrame frame) {
    write(frame);
    backend.transmit(frame);
  }

  private void write(NetFrame frame) {
    file.write(frame.length(), (target, length) -> frame.copyTo(0, target, 0, length));
  }

  private void write(ByteBuffer frame) {
    file.write(
        frame.remaining(), (target, length) -> frame.get(frame.position(), target, 0, length));
  }

  @Override
  public void ready() {
    backend.ready();
  }

  @Override
  public void cancel() {
    backend.cancel();
  }

  @Override
  public void close() {
    backend.close();
    file.close();
  }

  /** The guest, as the backend sees it. */
  private final class Recorded implements NetGuest {
    private final NetGuest guest;

    Recorded(NetGuest guest) {
      this.guest = guest;
    }

    @Override
    public boolean deliver(ByteBuffer frame) {
      boolean done = guest.deliver(frame);
      if (done) {
        write(frame);
      }
      return done;
    }

    @Override
    public boolean deliver(NetFrame frame) {
      boolean done = guest.deliver(frame);
      if (done) {
        write(frame);
      }
      return done;
    }

    @Override
    public int mtu() {
      return guest.mtu();
    }
  }
}
