package dev.javisor.internal.acpi;

import static dev.javisor.internal.acpi.aml.AmlData.buffer;
import static dev.javisor.internal.acpi.aml.AmlData.eisaId;
import static dev.javisor.internal.acpi.aml.AmlData.integer;
import static dev.javisor.internal.acpi.aml.AmlData.packageOf;
import static dev.javisor.internal.acpi.aml.AmlData.string;
import static dev.javisor.internal.acpi.aml.AmlData.uuid;
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
import static dev.javisor.internal.acpi.aml.AmlObjects.createDwordField;
import static dev.javisor.internal.acpi.aml.AmlObjects.createQwordField;
import static dev.javisor.internal.acpi.aml.AmlObjects.device;
import static dev.javisor.internal.acpi.aml.AmlObjects.field;
import static dev.javisor.internal.acpi.aml.AmlObjects.method;
import static dev.javisor.internal.acpi.aml.AmlObjects.mutex;
import static dev.javisor.internal.acpi.aml.AmlObjects.name;
import static dev.javisor.internal.acpi.aml.AmlObjects.operationRegion;
import static dev.javisor.internal.acpi.aml.AmlObjects.scope;
import static dev.javisor.internal.acpi.aml.AmlResources.dwordMemory;
import static dev.javisor.internal.acpi.aml.AmlResources.interrupt;
import static dev.javisor.internal.acpi.aml.AmlResources.ioPorts;
import static dev.javisor.internal.acpi.aml.AmlResources.memory32Fixed;
import static dev.javisor.internal.acpi.aml.AmlResources.qwordMemory;
import static dev.javisor.internal.acpi.aml.AmlResources.register;
import static dev.javisor.internal.acpi.aml.AmlResources.resourceTemplate;
import static dev.javisor.internal.acpi.aml.AmlResources.wordBusNumber;
import static dev.javisor.internal.acpi.aml.AmlResources.wordIo;
import static dev.javisor.internal.acpi.aml.AmlStatements.acquire;
import static dev.javisor.internal.acpi.aml.AmlStatements.leaveLoop;
import static dev.javisor.internal.acpi.aml.AmlStatements.loop;
import static dev.javisor.internal.acpi.aml.AmlStatements.notifyDevice;
import static dev.javisor.internal.acpi.aml.AmlStatements.otherwise;
import static dev.javisor.internal.acpi.aml.AmlStatements.release;
import static dev.javisor.internal.acpi.aml.AmlStatements.returnValue;
import static dev.javisor.internal.acpi.aml.AmlStatements.store;
import static dev.javisor.internal.acpi.aml.AmlStatements.when;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.javisor.internal.acpi.aml.AmlField;
import dev.javisor.internal.acpi.aml.AmlObjects.AccessWidth;
import dev.javisor.internal.acpi.aml.AmlObjects.Concurrency;
import dev.javisor.internal.acpi.aml.AmlObjects.RegionSpace;
import dev.javisor.internal.acpi.aml.AmlObjects.UpdateRule;
import dev.javisor.internal.acpi.aml.AmlOutput;
import dev.javisor.internal.acpi.aml.AmlResources.Caching;
import dev.javisor.internal.acpi.aml.AmlResources.Trigger;
import dev.javisor.internal.acpi.aml.AmlResources.Usage;
import dev.javisor.internal.acpi.aml.AmlTerm;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every term of the AML writer, in the shapes that devices need them, read back by iasl. */
class AmlRoundTripTest {
  private final Acpica acpica;

  AmlRoundTripTest(@TempDir Path folder) {
    acpica = new Acpica(folder);
  }

  private void assertRoundTrip(AmlTerm... terms) {
    byte[] table =
        AcpiTable.of("DSDT", 2, new AmlOutput().appendTerms(terms).toByteArray()).bytes();

    byte[] again = acpica.compile(acpica.disassemble(table));

    assertArrayEquals(Acpica.withoutCompiler(table), Acpica.withoutCompiler(again));
  }

  @Test
  void shouldRoundTrip_integersAtTheirBoundaries() {
    long[] values = {0, 1, 2, 0xff, 0x100, 0xffff, 0x10000, 0xffff_ffffL, 1L << 32, -2, -1};

    assertRoundTrip(
        IntStream.range(0, values.length)
            .mapToObj(i -> name("N%03d".formatted(i), integer(values[i])))
            .toArray(AmlTerm[]::new));
  }

  @Test
  void shouldRoundTrip_packageLengthsAtTheirBoundaries() {
    assertRoundTrip(
        IntStream.concat(IntStream.rangeClosed(50, 70), IntStream.rangeClosed(4080, 4100))
            .mapToObj(size -> name("B%03X".formatted(size & 0xfff), buffer(new byte[size])))
            .toArray(AmlTerm[]::new));
  }

  @Test
  void shouldRoundTrip_dataOfAllKinds() {
    assertRoundTrip(
        name("STR", string("with \"quotes\", \\ and a\ttab")),
        name("EMPT", string("")),
        name("EISA", eisaId("PNP0A03")),
        name("UUID", uuid(UUID.fromString("e5c937d0-3553-4d7a-9117-ea4d19c3434d"))),
        name("PACK", packageOf(integer(5), string("x"), packageOf(), buffer(new byte[] {7}))));
  }

  @Test
  void shouldRoundTrip_resourcesOfAllKinds() {
    AmlTerm template =
        resourceTemplate(
            wordBusNumber(0, 0xff),
            wordIo(0, 0xcf7),
            wordIo(0xd00, 0xffff),
            ioPorts(0xcf8, 8),
            memory32Fixed(0xe800_0000L, 0x10_0000),
            dwordMemory(Usage.PRODUCER, Caching.NON_CACHEABLE, 0xc000_0000L, 0xe7ff_ffffL),
            dwordMemory(Usage.CONSUMER, Caching.WRITE_COMBINING, 0xf000_0000L, 0xf000_ffffL),
            qwordMemory(Usage.PRODUCER, Caching.PREFETCHABLE, 1L << 32, (1L << 46) - 1),
            qwordMemory(Usage.CONSUMER, Caching.CACHEABLE, 1L << 40, (1L << 41) - 1),
            interrupt(Trigger.EDGE_HIGH, 4),
            interrupt(Trigger.LEVEL_HIGH, 5),
            interrupt(Trigger.LEVEL_LOW_SHARED, 300),
            register(RegionSpace.SYSTEM_IO, 8, 0x600),
            register(RegionSpace.SYSTEM_MEMORY, 64, 1L << 40));

    assertRoundTrip(
        scope("\\_SB", device("RES", name("_HID", eisaId("PNP0C02")), name("_CRS", template))));
  }

  @Test
  void shouldRoundTrip_aPciRootBridge() {
    AmlTerm labels = uuid(UUID.fromString("e5c937d0-3553-4d7a-9117-ea4d19c3434d"));
    AmlTerm routing =
        packageOf(
            packageOf(integer(0x1_ffff), integer(0), integer(0), integer(5)),
            packageOf(integer(0x2_ffff), integer(0), integer(0), integer(6)));
    AmlTerm deviceSpecific =
        method(
            "_DSM",
            4,
            Concurrency.NOT_SERIALIZED,
            when(
                equal(arg(0), labels),
                when(equal(arg(2), integer(0)), returnValue(buffer(new byte[] {0x21}))),
                when(equal(arg(2), integer(5)), returnValue(integer(0)))),
            returnValue(buffer(new byte[1])));

    assertRoundTrip(
        device(
            "\\_SB.PC00",
            name("_HID", eisaId("PNP0A08")),
            name("_CID", eisaId("PNP0A03")),
            name("_SEG", integer(0)),
            name("_UID", integer(0)),
            name("_CCA", integer(1)),
            name("_PRT", routing),
            deviceSpecific,
            device("S001", name("_ADR", integer(0x1_0000)), name("_SUN", integer(1)))));
  }

  @Test
  void shouldRoundTrip_aHotplugController() {
    AmlTerm registers =
        field(
            "PRST",
            AccessWidth.BYTE,
            UpdateRule.WRITE_AS_ZEROS,
            AmlField.reserved(32),
            AmlField.named("CPEN", 1),
            AmlField.named("CINS", 1),
            AmlField.reserved(6),
            AmlField.named("CSEL", 32));
    AmlTerm scan =
        method(
            "CSCN",
            0,
            Concurrency.SERIALIZED,
            acquire("CPLK"),
            store(integer(0), local(0)),
            loop(
                less(local(0), integer(300)),
                store(local(0), path("CSEL")),
                when(
                    equal(path("CINS"), integer(1)),
                    call("CTFY", local(0), integer(1)),
                    store(integer(1), path("CINS"))),
                otherwise(when(logicalNot(path("CPEN")), leaveLoop())),
                store(add(local(0), integer(1)), local(0))),
            release("CPLK"));

    assertRoundTrip(
        scope(
            "\\_SB",
            device(
                "PRES",
                name("_HID", eisaId("PNP0A06")),
                name("_UID", string("CPU Hotplug Controller")),
                mutex("CPLK"),
                operationRegion("PRST", RegionSpace.SYSTEM_MEMORY, 1L << 45, 12),
                registers,
                method("CTFY", 2, Concurrency.SERIALIZED, notifyDevice("\\_SB.PRES", arg(1))),
                scan)));
  }

  @Test
  void shouldRoundTrip_arithmeticAndFieldsOfBuffers() {
    AmlTerm window = qwordMemory(Usage.CONSUMER, Caching.CACHEABLE, 0, Long.MAX_VALUE - 1);
    AmlTerm resources =
        method(
            "MCRS",
            1,
            Concurrency.SERIALIZED,
            name("MR64", resourceTemplate(window)),
            createQwordField(path("MR64"), 14, "MINL"),
            name("WORK", buffer(new byte[8])),
            createDwordField(path("WORK"), 4, "LENL"),
            store(shiftLeft(arg(0), integer(27)), path("MINL")),
            store(subtract(shiftRight(path("MINL"), integer(3)), integer(1)), path("LENL")),
            store(bitAnd(bitOr(path("LENL"), integer(0xf)), integer(0xfff)), local(1)),
            when(
                logicalOr(
                    logicalAnd(greater(local(1), integer(8)), path("LENL")),
                    less(local(1), integer(2))),
                store(integer(2), path("LENL"))),
            returnValue(path("MR64")));

    assertRoundTrip(scope("\\_SB", resources));
  }
}
