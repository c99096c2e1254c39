package dev.javisor.internal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code run} says of its options for disks, networks and other devices. */
class RunDeviceOptionsTest extends RunOptionsFixture {
  @Test
  void shouldSayWhatIsWrongWithARateLimit() {
    String disk = "path=d,";
    assertEquals(ExitStatus.USAGE, runDisk(disk + "bw_size=1000"));
    assertEquals(ExitStatus.USAGE, runDisk(disk + "ops_size=0,ops_refill_time=1"));
    assertEquals(ExitStatus.USAGE, runDisk(disk + "bw_size=1,bw_refill_time=soon"));
    assertEquals(ExitStatus.USAGE, runDisk(disk + "rate_limit_group=g"));
    String group = "id=g,ops_size=1,ops_refill_time=1";
    assertEquals(
        ExitStatus.USAGE,
        runDisk(
            disk + "rate_limit_group=g,bw_size=1,bw_refill_time=1", "--rate-limit-group", group));
    assertEquals(ExitStatus.USAGE, runDisk(disk, "--rate-limit-group", "id=g"));
    assertEquals(ExitStatus.USAGE, runDisk("path=d", "--rate-limit-group", "id=g"));
    assertEquals(ExitStatus.USAGE, runDisk("path=d", "--rate-limit-group", group, group));
    assertEquals(
        ExitStatus.ERROR, runDisk(disk + "rate_limit_group=g", "--rate-limit-group", group));

    String said = main.err();
    for (String message :
        new String[] {
          "a limit needs both bw_size and bw_refill_time",
          "--disk: ops: bucket size 0: expected 1 to 2^50",
          "bw_refill_time=soon: expected a whole number",
          "there is no rate_limit_group=g: define it by --rate-limit-group id=g,...",
          "a device has a limit of its own or rate_limit_group=g, not both",
          "group g limits nothing",
          "there are two groups g",
        }) {
      assertTrue(said.contains(message), message + " in " + said);
    }
  }

  private int runDisk(String disk, String... more) {
    List<String> words = new ArrayList<>(List.of("--disk", disk));
    words.addAll(List.of(more));
    return main.run(withKernel(words.toArray(new String[0])));
  }

  @Test
  void shouldNameTheWord_whenADiskIsDescribedWrongly() {
    wrong("--disk", "path=d,readonyl=on");
    wrong("--disk", "readonly=on");
    wrong("--disk", "path=d,num_queues=two");
    wrong("--disk", "path=\"d,readonly=on");
    wrong("--disk");

    String said = main.err();
    assertTrue(said.contains("--disk has no key 'readonyl'; did you mean readonly?"), said);
    assertTrue(said.contains("--disk: path=FILE is missing"), said);
    assertTrue(said.contains("num_queues=two: expected a whole number"), said);
    assertTrue(said.contains("the quotes in path=\"d,readonly=on do not end"), said);
  }

  @Test
  void shouldNameTheWord_whenAVsockIsDescribedWrongly() {
    wrong("--vsock", "cdi=3,socket=x");
    wrong("--vsock", "cid=3");
    wrong("--vsock", "cid=x,socket=x");

    String said = main.err();
    assertTrue(said.contains("--vsock has no key 'cdi'; did you mean cid?"), said);
    assertTrue(said.contains("--vsock: socket=FILE is missing"), said);
    assertTrue(said.contains("cid=x: expected a whole number"), said);
  }

  @Test
  void shouldNameTheWord_whenANetworkIsDescribedWrongly() {
    wrong("--net", "tap=,mca=");
    wrong("--net", "num_queues=3");
    wrong("--net", "fd=[3,x]");
    wrong("--net", "mtu=large");
    wrong("--net");

    String said = main.err();
    assertTrue(said.contains("--net has no key 'mca'; did you mean mac?"), said);
    assertTrue(said.contains("num_queues=3: expected an even number"), said);
    assertTrue(said.contains("fd=x: expected a whole number"), said);
    assertTrue(said.contains("mtu=large: expected a whole number"), said);
  }

  @Test
  void shouldNameTheWord_whenAUserModeNetworkIsDescribedWrongly() {
    wrong("--net", "forward=8080:80");
    wrong("--net", "user,forward=80");
    wrong("--net", "user,forward=[80:http]");
    wrong("--net", "user=maybe");

    String said = main.err();
    assertTrue(said.contains("forward=8080:80 is for a user-mode network: --net user,"), said);
    assertTrue(said.contains("forward=80: expected HOSTPORT:GUESTPORT, such as 8080:80"), said);
    assertTrue(said.contains("forward=http: expected a whole number"), said);
    assertTrue(said.contains("user=maybe: expected on or off"), said);
  }

  @Test
  void shouldTakeUserModeNetworks() {
    assertEquals(
        ExitStatus.ERROR,
        run(
            "run",
            "--net",
            "user",
            "user,policy=none,forward=[0:80,0:22],network=10.9.0.0/24,host_name=web,id=good",
            "user=on,policy=[host:x],forward=[0:70000],network=10.9.0.1/24,host_name=a.b",
            "--kernel",
            "/missing/kernel"));

    String said = main.err();
    assertFalse(said.contains("nets[0]") || said.contains("nets[1]"), said);
    for (String key : List.of("policy", "forward", "network", "hostName")) {
      assertTrue(said.contains("nets[2].user." + key + " = "), key + ": " + said);
    }
  }

  @Test
  void shouldTakeNetworks_withEmptyValuesAndWithout() {
    assertEquals(
        ExitStatus.ERROR,
        run(
            "run",
            "--net",
            "tap=,mac=,ip=,mask=",
            "tap=a.name.that.is.too.long,mac=x,ip=y,mask=z,host_mac=1,mtu=1,num_queues=4,"
                + "queue_size=3,fd=[0,1],offload_csum=off,id=one",
            "--kernel",
            "/missing/kernel"));

    String said = main.err();
    assertFalse(said.contains("nets[0]"), said);
    for (String key :
        List.of("tap", "mac", "ip", "hostMac", "mtu", "queueSize", "fd", "offloadChecksum")) {
      assertTrue(said.contains("nets[1]." + key + " = "), key + ": " + said);
    }
  }

  @Test
  void shouldTakeDisksOneAfterTheOtherAndOptionByOption() {
    assertEquals(
        ExitStatus.ERROR,
        run(
            "run",
            "--disk",
            "path=/missing/a",
            "path=\"/missing/b,1\",readonly=on,direct=off,num_queues=2,queue_size=256",
            "--kernel",
            "/missing/kernel",
            "--disk",
            "path=/missing/c,serial=S,id=third"));

    String said = main.err();
    for (String file : new String[] {"/missing/a", "/missing/b,1", "/missing/c", "kernel"}) {
      assertTrue(said.contains(file), said);
    }
  }

  @Test
  void shouldTakeEntropyFromWhereItIsTold() {
    wrong("--rng", "source=x");
    impossible("--rng", "src=/missing/rng");
    assertEquals(ExitStatus.ERROR, run("run", "--rng", "--kernel", "/missing/kernel"));

    String said = main.err();
    assertTrue(said.contains("--rng has no key 'source'; did you mean src?"), said);
    assertTrue(said.contains("/missing/rng"), said);
    assertTrue(said.contains("/missing/kernel"), said);
  }

  @Test
  void shouldPassOnWhatADiskHas() {
    impossible(
        "--disk",
        "path=d,num_queues=65,queue_size=3,serial=\t,id=,poll=1001",
        "path=e,poll=on",
        "path=f,poll=off",
        "path=g,poll=50");
    wrong("--disk", "path=d,poll=always");

    String said = main.err();
    assertTrue(said.contains("poll=always: expected on, off or microseconds"), said);
    assertTrue(said.contains("disks[0].poll"), said);
    for (String poll : new String[] {"disks[1].poll", "disks[2].poll", "disks[3].poll"}) {
      assertFalse(said.contains(poll), said);
    }
    for (String value :
        new String[] {"65", "power of two", "up to 20 printable", "1 to 64 printable"}) {
      assertTrue(said.contains(value), said);
    }
  }
}
