package dev.javisor.guest;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.BlockOperation;
import dev.javisor.backend.BlockRequest;
import dev.javisor.backend.BlockStatus;
import dev.javisor.internal.guest.SeedContent;

/** A disk whose content is a constant. */
final class SeedDisk implements BlockBackend, SeedContent {
  private final byte[] content;
  private final boolean agent;

  /**
   * @param agent whether the guest starts an agent from it
   */
  SeedDisk(byte[] content, boolean agent) {
    this.content = content;
    this.agent = agent;
  }

  @Override
  public boolean carriesAgent() {
    return agent;
  }

  @Override
  public long size() {
    return content.length;
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public String description() {
    return "cloud-init seed";
  }

  @Override
  public void submit(BlockRequest request) {
    if (request.operation() == BlockOperation.READ) {
      request.copyFrom(0, content, (int) request.offset(), (int) request.length());
    }
    request.complete(BlockStatus.OK);
  }
}
