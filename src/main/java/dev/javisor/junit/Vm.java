package dev.javisor.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test a booted virtual machine, and takes it away afterwards.
 *
 * <pre>{@code
 * @Test
 * void shouldRunLinux(@Vm VirtualMachine vm) throws InterruptedException {
 *   assertEquals("Linux\n", vm.exec("uname").stdout());
 * }
 * }</pre>
 *
 * <p>On a parameter of a test, {@code @BeforeEach} or {@code @AfterEach} method and on an instance
 * field, a machine of its own for each test; on a static field and on a parameter of a
 * {@code @BeforeAll} or {@code @AfterAll} method or of the constructor, one for all tests of the
 * class; with {@link #shared}, one for all classes of the JVM. Fields are not final.
 *
 * <p>The machine is Debian's kernel for clouds with a busybox and Javisor's agent, ready to run
 * commands, on a network without root ({@code net(net -> net.user())}); a guest that resets or
 * panics ends ({@code onReset(EXIT)}). Kernel and busybox come from the cache of {@link
 * dev.javisor.guest.GuestPackages}, or from a mirror the first time.
 *
 * <p>Machines in parallel tests queue for a budget of CPUs and memory. What the guest wrote to its
 * console is in a file each, beside the test reports in {@code target/surefire-reports/javisor}
 * (Gradle: {@code build/test-results/javisor}) or where the configuration parameter {@code
 * javisor.console.dir} says; a failed test's report shows the end of it and the last commands.
 *
 * <p>Configuration parameters of JUnit:
 *
 * <ul>
 *   <li>{@code javisor.timeout.multiplier}: what timeouts are multiplied by, for slow machines;
 *       also by the environment's {@code JAVISOR_TIMEOUT_MULTIPLIER}. Default 1.
 *   <li>{@code javisor.budget.cpus}: how many vCPUs may exist at once. Default: twice the JVM's
 *       processors.
 *   <li>{@code javisor.budget.memory}: how much RAM, such as {@code 4G}, they may have. Default:
 *       half of what the host has left.
 *   <li>{@code javisor.unavailable}: {@code fail} or {@code skip}, see {@link #unavailable}.
 *   <li>{@code javisor.console.dir}: the folder for consoles.
 * </ul>
 *
 * <p>What is misdeclared is an {@code ExtensionConfigurationException} or a {@code
 * ParameterResolutionException} that says what to write.
 */
@Documented
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(VmInjection.class)
@SuppressWarnings("exports") // Users of this package have Jupiter.
public @interface Vm {
  /**
   * A name. Declarations of the same name in one test, or in one class and its tests, are one
   * machine. Default: each declaration is a machine of its own.
   */
  String value() default "";

  /** A name that makes it one machine for all tests of the run that declare it. */
  String shared() default "";

  /**
   * The name of a private network that joins machines of one test, or of a class: a {@link
   * dev.javisor.net.VirtualSwitch} in the place of a network of its own. The machine has its {@link
   * #value} for a name there: it gets an address, the others reach it by that name, and the test by
   * {@code vm.port} and {@code vm.connect} as on its own network. A parameter or field of the type
   * {@code VirtualSwitch} with this alone is the network itself:
   *
   * <pre>{@code
   * @Test
   * void shouldHeal(
   *     @Vm(value = "db", network = "lan") VirtualMachine db,
   *     @Vm(value = "web", network = "lan") VirtualMachine web,
   *     @Vm(network = "lan") VirtualSwitch network)
   *     throws InterruptedException {
   *   network.isolate("db");
   *   assertEquals(1, web.exec("ping", "-c", "1", "-W", "1", "db").exitCode());
   *   network.heal();
   *   web.exec("ping", "-c", "1", "db").requireSuccess();
   * }
   * }</pre>
   */
  String network() default "";

  /**
   * The path of a container image to boot from in the place of the busybox: an OCI layout (a
   * folder, or a tar archive of one), or what {@code docker save} wrote. Its program is started, as
   * the image says, when the machine is ready; the test waits for what it serves.
   *
   * <pre>{@code
   * @Test
   * void shouldAnswer(@Vm(image = "target/nginx.tar") VirtualMachine nginx) throws Exception {
   *   nginx.waitFor(Wait.port(80));
   *   URI page = nginx.uri(80, "/");
   * }
   * }</pre>
   *
   * <p>What it prints is in a file beside the console's, and the end of that in a failed test's
   * report. The disk is made once, in the user's {@link dev.javisor.image.ImageCache}; what a
   * machine writes to it is thrown away.
   */
  String image() default "";

  /** The number of vCPUs. */
  int cpus() default 1;

  /** The size of RAM, such as {@code 1G}. */
  String memory() default "256M";

  /** Words to add to the kernel's command line. */
  String cmdline() default "";

  /** Configures the machine further. Has a constructor without parameters. */
  Class<? extends VmSetup> setup() default NoSetup.class;

  /**
   * Whether kernel, command line and agent are set beforehand. Without them, {@link #setup} sets
   * what it boots, and nobody waits until it is ready.
   */
  boolean defaults() default true;

  /** What becomes of the test where no machine can run Linux. */
  WhenUnavailable unavailable() default WhenUnavailable.AS_CONFIGURED;

  /** Adds nothing. */
  final class NoSetup implements VmSetup {
    /** Made by the extension. */
    public NoSetup() {}

    @Override
    public void configure(dev.javisor.VirtualMachine.Builder builder) {
      // Nothing to add.
    }
  }
}
