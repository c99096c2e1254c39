package dev.javisor;

import static java.util.Objects.requireNonNull;

import dev.javisor.config.VsockConfig;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.machine.DeviceIds;
import dev.javisor.internal.machine.MachineVsock;
import dev.javisor.internal.machine.VsockSpec;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A vsock device as the builder was told. */
final class VsockSettings implements VsockConfig {
  private static final String FIELD = "vsock";
  private static final int LONGEST_ID = 64;

  private long cid = VsockSpec.LEAST_CID;
  private @Nullable Path socket;
  private String id = DeviceIds.VSOCK;

  @Override
  public VsockConfig cid(long cid) {
    this.cid = cid;
    return this;
  }

  @Override
  public VsockConfig socket(Path path) {
    socket = requireNonNull(path, "path");
    return this;
  }

  @Override
  public VsockConfig id(String id) {
    this.id = requireNonNull(id, "id");
    return this;
  }

  /**
   * Makes out the device.
   *
   * @param problems takes the mistakes
   */
  MachineVsock resolve(DeviceIds ids, List<Problem> problems) {
    long known = cid;
    if (cid < VsockSpec.LEAST_CID || cid > VsockSpec.MOST_CID) {
      problems.add(
          new Problem(
              FIELD + ".cid",
              Long.toString(cid),
              "expected %d to %d; 2 is the host, and the others are special"
                  .formatted(VsockSpec.LEAST_CID, VsockSpec.MOST_CID)));
      known = VsockSpec.LEAST_CID;
    }
    if (id.isEmpty()
        || id.length() > LONGEST_ID
        || !id.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      problems.add(
          new Problem(
              FIELD + ".id",
              id,
              "expected 1 to %d printable ASCII characters".formatted(LONGEST_ID)));
    } else {
      ids.claim(FIELD, id, problems);
    }
    VsockSpec spec = new VsockSpec(id, known, socket);
    MachineVsock.check(spec).ifPresent(problems::add);
    return new MachineVsock(spec);
  }
}
