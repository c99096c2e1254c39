package dev.javisor.guest;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.internal.packages.Distribution;
import dev.javisor.internal.packages.FetchSpec;
import dev.javisor.internal.packages.HostSystem;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Takes kernels and tools for guests from the packages of Debian or Ubuntu, without installing
 * anything and without being root. Packages are verified: by apt where the machine has it, else by
 * the archive's signature and checksums. What was fetched is kept in a cache, which threads and
 * processes share and which needs no network.
 *
 * <pre>{@code
 * GuestPackages sid = GuestPackages.debian().suite("sid").cache(Path.of("/var/cache/guests"));
 * builder.kernel(sid.kernel()).agent(agent -> agent.busybox(sid.busybox()));
 * }</pre>
 *
 * <p>Immutable: each method that sets something returns a new object. What is not set comes from
 * the machine: the mirrors and the release that its apt is configured for, where it runs the same
 * distribution.
 */
public final class GuestPackages {
  private static final Set<String> SCHEMES = Set.of("http", "https", "file");

  private final HostSystem host;
  private final FetchSpec spec;
  private final Path cache;
  private final Supplier<FetchListener> listener;
  private final boolean refresh;

  private GuestPackages(
      HostSystem host,
      FetchSpec spec,
      Path cache,
      Supplier<FetchListener> listener,
      boolean refresh) {
    this.host = host;
    this.spec = spec;
    this.cache = cache;
    this.listener = listener;
    this.refresh = refresh;
  }

  /** Debian's packages for x86-64. */
  public static GuestPackages debian() {
    return of(Distribution.DEBIAN);
  }

  /** Ubuntu's packages for x86-64. */
  public static GuestPackages ubuntu() {
    return of(Distribution.UBUNTU);
  }

  private static GuestPackages of(Distribution distribution) {
    String property = "javisor." + distribution.id() + ".mirror";
    String address = System.getProperty(property, "");
    Optional<URI> mirror =
        address.isEmpty() ? Optional.empty() : Optional.of(checked(property, address));
    return new GuestPackages(
        HostSystem.real(),
        new FetchSpec(distribution, "amd64", Optional.empty(), mirror, Optional.empty()),
        CacheFolder.standard(),
        LoggingListener::new,
        false);
  }

  /**
   * Takes packages for another CPU.
   *
   * @param architecture as the distribution calls it, such as {@code arm64}
   */
  public GuestPackages architecture(String architecture) {
    return with(
        new FetchSpec(
            spec.distribution(),
            plainWord("architecture", architecture),
            spec.suite(),
            spec.mirror(),
            spec.keyring()));
  }

  /**
   * Takes packages of another release than the machine's.
   *
   * @param suite such as {@code bookworm} or {@code sid}
   */
  public GuestPackages suite(String suite) {
    return with(
        new FetchSpec(
            spec.distribution(),
            spec.architecture(),
            Optional.of(plainWord("suite", suite)),
            spec.mirror(),
            spec.keyring()));
  }

  /**
   * Takes packages from this mirror instead of those that the machine's apt is configured for. The
   * system properties {@code javisor.debian.mirror} and {@code javisor.ubuntu.mirror} do the same.
   *
   * @param mirror the address that has {@code dists} and {@code pool} below it
   */
  public GuestPackages mirror(URI mirror) {
    return with(
        new FetchSpec(
            spec.distribution(),
            spec.architecture(),
            spec.suite(),
            Optional.of(checked("mirror", mirror.toString())),
            spec.keyring()));
  }

  /**
   * Trusts these keys instead of the installed ones.
   *
   * @param keyring a file of OpenPGP public keys, binary, as in {@code /usr/share/keyrings}
   */
  public GuestPackages keyring(Path keyring) {
    return with(
        new FetchSpec(
            spec.distribution(),
            spec.architecture(),
            spec.suite(),
            spec.mirror(),
            Optional.of(keyring.toAbsolutePath())));
  }

  /**
   * Keeps files in this folder. The default is the system property {@code javisor.cache}, else the
   * environment variable {@code JAVISOR_CACHE}, else {@code javisor} in {@code XDG_CACHE_HOME} or
   * {@code ~/.cache}.
   */
  public GuestPackages cache(Path folder) {
    return new GuestPackages(host, spec, folder.toAbsolutePath(), listener, refresh);
  }

  /** Tells this listener how a fetch goes on. The default logs it through SLF4J, level info. */
  public GuestPackages listener(FetchListener newListener) {
    return new GuestPackages(host, spec, cache, () -> newListener, refresh);
  }

  /**
   * Looks for newer packages even where the cache has some. Without this, what is in the cache is
   * used as it is.
   */
  public GuestPackages refresh() {
    return new GuestPackages(host, spec, cache, listener, true);
  }

  /**
   * The kernel that suits virtual machines best: {@code linux-image-cloud-ARCHITECTURE} of Debian,
   * {@code linux-image-virtual} of Ubuntu.
   *
   * @throws GuestKernelUnavailableException if it cannot be had, with what to do
   */
  public GuestKernel kernel() {
    return kernel(
        spec.distribution() == Distribution.DEBIAN
            ? "linux-image-cloud-" + spec.architecture()
            : "linux-image-virtual");
  }

  /**
   * A kernel by the name of its package, or of a metapackage that depends on it.
   *
   * @throws GuestKernelUnavailableException if it cannot be had, with what to do
   */
  public GuestKernel kernel(String packageName) {
    return fetch().kernel(plainWord("package", packageName));
  }

  /**
   * A busybox that needs no libraries, for use in an {@link Initramfs}.
   *
   * @throws GuestKernelUnavailableException if it cannot be had, with what to do
   */
  public Path busybox() {
    return fetch().busybox();
  }

  /**
   * The UEFI firmware for machines like ours, for {@code VirtualMachine.Builder.firmware}: EDK2's
   * {@code CLOUDHV.fd} of Debian's package {@code cloudhv-efi-x86-64}. It is taken from unstable
   * where no suite was set, since no release has it yet.
   *
   * @throws GuestKernelUnavailableException if it cannot be had, with what to do
   */
  public Path firmware() {
    return (spec.suite().isEmpty() ? suite("sid") : this).fetch().firmware();
  }

  private PackageFetch fetch() {
    return new PackageFetch(host, spec, cache, listener.get(), refresh);
  }

  private GuestPackages with(FetchSpec newSpec) {
    return new GuestPackages(host, newSpec, cache, listener, refresh);
  }

  /** The same on a machine that is not this one. */
  GuestPackages on(HostSystem machine) {
    return new GuestPackages(machine, spec, cache, listener, refresh);
  }

  private static URI checked(String what, String address) {
    URI uri = URI.create(address);
    if (uri.getScheme() == null
        || !SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))
        || uri.getFragment() != null
        || uri.getQuery() != null) {
      throw new IllegalArgumentException(
          "%s = %s: an http, https or file address is wanted".formatted(what, address));
    }
    return uri;
  }

  private static String plainWord(String what, String value) {
    if (!value.matches("[A-Za-z0-9][A-Za-z0-9.+/_-]*") || value.contains("..")) {
      throw new IllegalArgumentException("no %s: %s".formatted(what, value));
    }
    return value;
  }
}
