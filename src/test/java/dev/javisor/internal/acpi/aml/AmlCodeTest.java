package dev.javisor.internal.acpi.aml;

import static dev.javisor.internal.acpi.aml.AmlData.integer;
import static dev.javisor.internal.acpi.aml.AmlExpressions.add;
import static dev.javisor.internal.acpi.aml.AmlExpressions.arg;
import static dev.javisor.internal.acpi.aml.AmlExpressions.bitAnd;
import static dev.javisor.internal.acpi.aml.AmlExpressions.bitOr;
import static dev.javisor.internal.acpi.aml.AmlExpressions.call;
import static dev.javisor.internal.acpi.aml.AmlExpressions.equal;
import static dev.javisor.internal.acpi.aml.AmlExpressions.greater;
import static dev.javisor.internal.acpi.aml.AmlExpressions.less;
import static dev.javisor.internal.acpi.aml.AmlExpressions.local;
import static dev.javisor.internal.acpi.aml.AmlExpressions.logicalAnd;
import static dev.javisor.internal.acpi.aml.AmlExpressions.logicalNot;
import static dev.javisor.internal.acpi.aml.AmlExpressions.logicalOr;
import static dev.javisor.internal.acpi.aml.AmlExpressions.path;
import static dev.javisor.internal.acpi.aml.AmlExpressions.shiftLeft;
import static dev.javisor.internal.acpi.aml.AmlExpressions.shiftRight;
import static dev.javisor.internal.acpi.aml.AmlExpressions.subtract;
import static dev.javisor.internal.acpi.aml.AmlHex.ascii;
import static dev.javisor.internal.acpi.aml.AmlHex.hex;
import static dev.javisor.internal.acpi.aml.AmlStatements.acquire;
import static dev.javisor.internal.acpi.aml.AmlStatements.leaveLoop;
import static dev.javisor.internal.acpi.aml.AmlStatements.loop;
import static dev.javisor.internal.acpi.aml.AmlStatements.notifyDevice;
import static dev.javisor.internal.acpi.aml.AmlStatements.otherwise;
import static dev.javisor.internal.acpi.aml.AmlStatements.release;
import static dev.javisor.internal.acpi.aml.AmlStatements.returnValue;
import static dev.javisor.internal.acpi.aml.AmlStatements.store;
import static dev.javisor.internal.acpi.aml.AmlStatements.when;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** The expressions and statements of methods. */
class AmlCodeTest {
  @Test
  void shouldEncodeVariables() {
    assertEquals("60", hex(local(0)));
    assertEquals("67", hex(local(7)));
    assertEquals("68", hex(arg(0)));
    assertEquals("6e", hex(arg(6)));
  }

  @Test
  void shouldRefuse_whenThereIsNoSuchVariable() {
    assertThrows(IllegalArgumentException.class, () -> local(8));
    assertThrows(IllegalArgumentException.class, () -> arg(7));
    assertThrows(IllegalArgumentException.class, () -> arg(-1));
  }

  @Test
  void shouldEncodePathsAndCalls() {
    assertEquals(ascii("GDAT"), hex(path("GDAT")));
    assertEquals(ascii("CSTA") + "0a03" + "60", hex(call("CSTA", integer(3), local(0))));
  }

  @Test
  void shouldEncodeArithmeticWithoutATarget() {
    assertEquals("72" + "60" + "01" + "00", hex(add(local(0), integer(1))));
    assertEquals("74" + "60" + "01" + "00", hex(subtract(local(0), integer(1))));
    assertEquals("79" + "01" + "68" + "00", hex(shiftLeft(integer(1), arg(0))));
    assertEquals("7a" + "68" + "01" + "00", hex(shiftRight(arg(0), integer(1))));
    assertEquals("7b" + "60" + "0a08" + "00", hex(bitAnd(local(0), integer(8))));
    assertEquals("7d" + "60" + "0a08" + "00", hex(bitOr(local(0), integer(8))));
  }

  @Test
  void shouldEncodeLogic() {
    assertEquals("90" + "60" + "61", hex(logicalAnd(local(0), local(1))));
    assertEquals("91" + "60" + "61", hex(logicalOr(local(0), local(1))));
    assertEquals("92" + "60", hex(logicalNot(local(0))));
    assertEquals("93" + "60" + "01", hex(equal(local(0), integer(1))));
    assertEquals("94" + "60" + "01", hex(greater(local(0), integer(1))));
    assertEquals("95" + "60" + "01", hex(less(local(0), integer(1))));
  }

  @Test
  void shouldEncodeStoresAndNotifications() {
    assertEquals("70" + ascii("GDAT") + "60", hex(store(path("GDAT"), local(0))));
    assertEquals(
        "86" + "5c2e" + ascii("_SB_PWRB") + "0a80", hex(notifyDevice("\\_SB.PWRB", integer(0x80))));
  }

  @Test
  void shouldEncodeBranchesAndLoops() {
    AmlTerm body = store(integer(0), local(0));

    assertEquals("a0" + "05" + "60" + "700060", hex(when(local(0), body)));
    assertEquals("a1" + "04" + "700060", hex(otherwise(body)));
    assertEquals("a2" + "06" + "60" + "700060" + "a5", hex(loop(local(0), body, leaveLoop())));
    assertEquals("a4" + "0a0f", hex(returnValue(integer(0xf))));
  }

  @Test
  void shouldEncodeLocking() {
    assertEquals("5b23" + ascii("BLCK") + "ffff", hex(acquire("BLCK")));
    assertEquals("5b27" + ascii("BLCK"), hex(release("BLCK")));
  }
}
