package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class WarningsTest {
  @Test
  void shouldTellWhatOnlyOursHas_butForNumbers() {
    List<String> ours =
        List.of(
            "XSAVE consistency problem, dumping leaves",
            "Hardware name: Javisor",
            "RAX: 0000000000000000 RBX: ffffffff82c0ffee",
            "hrtimer: interrupt took 1234567 ns",
            "virtio_blk virtio0: something is wrong");
    List<String> theirs =
        List.of(
            "XSAVE consistency problem, dumping leaves",
            "Hardware name: QEMU Standard PC",
            "RAX: 0000000000001000 RBX: ffffffffaaaabbbb",
            "virtio_pci 0000:00:01.0: something is wrong");

    assertEquals(List.of(ours.get(4)), Warnings.onlyIn(ours, theirs));
    assertEquals(List.of(theirs.get(3)), Warnings.onlyIn(theirs, ours));
  }
}
