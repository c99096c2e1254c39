package dev.javisor.bench.device;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.javisor.bench.Spawned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * fio on the host: it does to the file of a disk what the load of a guest does, without any
 * machine.
 */
final class FioLoad implements Subject {
  private static final int SECONDS = 2;

  private final List<String> command;

  FioLoad(Workload load, Path disk) {
    command =
        List.of(
            "fio",
            "--name=load",
            "--ioengine=io_uring",
            "--direct=1",
            "--rw=randread",
            "--norandommap",
            "--bs=" + load.bytes(),
            "--iodepth=" + load.depth(),
            "--filename=" + disk,
            "--size=" + Workload.DISK,
            "--time_based",
            "--runtime=" + SECONDS,
            "--output-format=json");
  }

  @Override
  public String title() {
    return "fio (io_uring)";
  }

  @Override
  public boolean ours() {
    return false;
  }

  @Override
  public double bytesPerSecond() throws IOException, InterruptedException {
    return parse(Spawned.output(command));
  }

  /** The bytes a second of fio's report. */
  static double parse(String json) throws IOException {
    Map<String, Object> report = JSON.std.mapFrom(json.substring(json.indexOf('{')));
    if (report.get("jobs") instanceof List<?> jobs
        && jobs.get(0) instanceof Map<?, ?> job
        && job.get("read") instanceof Map<?, ?> read
        && read.get("bw_bytes") instanceof Number bytes) {
      return bytes.doubleValue();
    }
    throw new IOException("fio's report has no jobs[0].read.bw_bytes");
  }
}
