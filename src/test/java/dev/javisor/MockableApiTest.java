package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.RETURNS_SELF;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.javisor.config.CpuConfig;
import dev.javisor.config.MemoryConfig;
import dev.javisor.error.ConfigurationProblem;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VmEvent;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Users mock what they get from us. All of it is interfaces, so that a proxy will do. */
@SuppressWarnings("DirectInvocationOnMock") // That they can be called is what is tested.
class MockableApiTest {
  @Test
  void shouldLetTheHandlesBeMocked() throws Exception {
    VirtualMachine vm = mock(VirtualMachine.class);
    VirtualMachine.Builder builder = mock(VirtualMachine.Builder.class, RETURNS_SELF);
    Console console = mock(Console.class);
    when(builder.build()).thenReturn(vm);
    when(vm.boot()).thenReturn(vm);
    when(vm.console()).thenReturn(console);
    when(vm.awaitExit(any(Duration.class))).thenReturn(new VmExit.PowerOff());
    when(console.tail(3)).thenReturn("bye");

    try (VirtualMachine booted =
        builder.kernel(Path.of("x")).rng().consoleBuffer("1M").cpus(2).build().boot()) {
      assertSame(vm, booted);
      booted.console().write("poweroff\n");
      assertEquals(new VmExit.PowerOff(), booted.awaitExit(Duration.ofSeconds(1)));
      assertEquals("bye", booted.console().tail(3));
    }

    verify(console).write("poweroff\n");
    verify(vm).close();
  }

  @Test
  void shouldLetTheRestBeMocked() {
    Hypervisor hypervisor = mock(Hypervisor.class);
    ConfigurationProblem problem = mock(ConfigurationProblem.class);
    when(problem.field()).thenReturn("cpus");
    VmEvent.Exited event = mock(VmEvent.Exited.class);
    VmListener listener = mock(VmListener.class);

    listener.onEvent(event);

    verify(listener).onEvent(event);
    assertFalse(hypervisor.isAvailable());
    assertEquals(
        "cpus", new InvalidConfigurationException(List.of(problem)).problems().get(0).field());
    for (Class<?> type :
        List.of(
            VirtualMachine.class,
            VirtualMachine.Builder.class,
            Console.class,
            Hypervisor.class,
            Hypervisor.Obstacle.class,
            CpuConfig.class,
            MemoryConfig.class,
            VcpuInfo.class,
            ConfigurationProblem.class,
            VmEvent.StateChanged.class)) {
      assertTrue(type.isInterface(), type::getName);
      assertFalse(type.isSealed(), type::getName);
    }
  }
}
