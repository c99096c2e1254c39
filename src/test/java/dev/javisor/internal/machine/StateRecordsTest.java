package dev.javisor.internal.machine;

import static dev.javisor.testing.microguest.MicroGuest.DATA;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.kvm.VcpuState;
import dev.javisor.internal.legacy.IoApic;
import dev.javisor.internal.legacy.IoApicConfig;
import dev.javisor.internal.legacy.IoApicState;
import dev.javisor.internal.legacy.LegacyDevices;
import dev.javisor.internal.legacy.SerialConfig;
import dev.javisor.internal.legacy.SerialPort;
import dev.javisor.internal.legacy.SerialState;
import dev.javisor.internal.x86.PlatformLayout;
import dev.javisor.testing.microguest.BareMachine;
import dev.javisor.testing.microguest.Mem;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import dev.javisor.testing.microguest.Reg;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processor, IOAPIC and serial port move together from one machine of KVM to the next. */
@Timeout(60)
class StateRecordsTest {
  private static final int SERIAL = 0x3f8;
  private static final int LEVEL_VECTOR = 0x61;
  private static final int LEVEL_PIN = 9;
  private static final int CALL = 0x80;

  @Test
  void shouldGoOnEchoing_whenMovedWhileItsInputWaits() {
    MicroGuest guest = MicroGuest.echo("[");
    Little vm = new Little(guest.bare());
    vm.running.start();
    vm.await(() -> vm.console().equals("["), "ready");
    vm.await(
        () ->
            vm.running.runner.inspect(MicroMachine.LONG).state()
                == dev.javisor.event.VcpuState.IDLE,
        "idle");
    vm.type("a");
    vm.await(() -> vm.console().equals("[a"), "the echo");

    try (Little heir = vm.moveWith(guest, () -> vm.type("b"))) {
      heir.await(() -> heir.console().equals("b"), "the echo of what waited");
      heir.type("c");
      heir.await(() -> heir.console().equals("bc"), "the echo of what came later");
    }
  }

  /** The move can come before KVM told of an end of interrupt, or after: both must do. */
  @RepeatedTest(10)
  void shouldInterruptAgain_whenMovedInsideTheHandlerOfALevel() {
    MicroGuest guest =
        MicroGuest.kernelCode(
                a -> {
                  MicroGuest.unmaskLevel(a, LEVEL_PIN, LEVEL_VECTOR);
                  a.print("[");
                  a.sti();
                  a.forever(a::hlt);
                })
            .handler(
                LEVEL_VECTOR,
                a -> {
                  a.inc(4, Mem.at(DATA));
                  a.await(Mem.at(DATA + 8), 1);
                  a.load(4, Reg.RAX, Mem.at(DATA));
                  a.out(4, CALL);
                });
    Little vm = new Little(guest.bare());
    vm.running.start();
    vm.await(() -> vm.console().equals("["), "ready");
    vm.ioApic.setLevel(LEVEL_PIN, true);
    vm.await(() -> vm.running.bare.memory().readInt(DATA) == 1, "the handler");

    try (Little heir = vm.moveWith(guest, () -> {})) {
      heir.running.bare.memory().writeInt(DATA + 8, 1);
      heir.await(() -> heir.running.bare.memory().readInt(DATA) >= 3, "the level is still high");
    }
  }

  /** A bare machine with IOAPIC and serial port, running. */
  private static final class Little implements AutoCloseable {
    final RunningBareMachine running;
    final InterruptRouter router = new InterruptRouter();
    final IoApic ioApic = LegacyDevices.ioApic("ioapic0", new IoApicConfig(false), router);
    final StringBuffer written = new StringBuffer();
    final SerialPort serial =
        LegacyDevices.serialPort(
            "serial0",
            SerialConfig.DEFAULT,
            ioApic.line(PlatformLayout.COM1_PIN),
            b -> written.append((char) b),
            () -> {});

    Little(BareMachine bare) {
      running = new RunningBareMachine(bare);
      running.mmio.add(PlatformLayout.IOAPIC, ioApic);
      running.pio.add(new AddressRange(SERIAL, SerialPort.SIZE), serial);
      running.endOfInterrupt = ioApic::endOfInterrupt;
      router.attach(bare.vm());
    }

    /** Goes on in a new machine; this one is closed. */
    Little moveWith(MicroGuest guest, Runnable whilePaused) {
      running.park();
      serial.quiesce();
      whilePaused.run();
      Little heir = new Little(BareMachine.empty(guest));
      SerialState serialState = serial.save();
      IoApicState ioApicState = ioApic.save();
      heir.ioApic.restore(ioApicState);
      heir.serial.quiesce();
      heir.serial.restore(serialState);
      BareMachine from = running.bare;
      heir.running.bare.copyMemory(from);
      VcpuState processor = from.vcpu().save(from.kvm().msrIndices());
      heir.running.bare.vcpu().restore(processor);
      heir.ioApic.endInterruptsNotHeld(processor::holdsInterrupt);
      close();
      heir.serial.resume();
      heir.running.start();
      return heir;
    }

    String console() {
      return written.toString();
    }

    void type(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      assertEquals(bytes.length, serial.receive(bytes, 0, bytes.length));
    }

    void await(BooleanSupplier condition, String what) {
      MicroMachine.await(condition, () -> what + "; console " + console());
    }

    @Override
    public void close() {
      running.close();
      router.close();
    }
  }
}
