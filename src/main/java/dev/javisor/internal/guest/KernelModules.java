package dev.javisor.internal.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds a kernel's modules and what they need, in the order in which they must be loaded. Reads the
 * modules themselves, since {@code modules.dep} exists only where depmod(8) has run.
 */
public final class KernelModules {
  private static final String BUILTIN = "modules.builtin";

  private final String release;
  private final ModuleFiles files;
  private final Map<String, String> byName = new TreeMap<>();
  private final Set<String> builtin = new HashSet<>();

  /**
   * Lists the modules.
   *
   * @param release the kernel's release, for messages
   * @throws IOException if they cannot be listed
   */
  public KernelModules(String release, ModuleFiles files) throws IOException {
    this.release = release;
    this.files = files;
    for (String file : files.names()) {
      moduleName(file).ifPresent(name -> byName.merge(name, file, KernelModules::preferred));
      if (file.equals(BUILTIN)) {
        for (String line : Files.readAllLines(files.file(file))) {
          moduleName(line.strip()).ifPresent(builtin::add);
        }
      }
    }
  }

  /**
   * The files to load for some modules, each behind those that it needs. What is built into the
   * kernel needs no file.
   *
   * @param names with {@code -} or {@code _}, without suffix
   * @throws NoSuchElementException if the kernel has no such module
   * @throws IOException if one cannot be read
   */
  public List<Path> inLoadOrder(List<String> names) throws IOException {
    Map<String, Path> order = new LinkedHashMap<>();
    for (String name : names) {
      add(canonical(name), order, new HashSet<>());
    }
    return List.copyOf(order.values());
  }

  private void add(String name, Map<String, Path> order, Set<String> above) throws IOException {
    if (order.containsKey(name) || builtin.contains(name) || !above.add(name)) {
      return;
    }
    String file = byName.get(name);
    if (file == null) {
      throw new NoSuchElementException(
          "the kernel %s has no module %s%s".formatted(release, name, similar(name)));
    }
    Path path = files.file(file);
    ModuleFile module = ModuleFile.parse(ModuleFile.bytes(path));
    for (String soft : module.softDepends()) {
      Optional<String> provider = provider(soft);
      if (provider.isPresent()) {
        add(provider.get(), order, above);
      }
    }
    for (String needed : module.depends()) {
      add(canonical(needed), order, above);
    }
    order.put(name, path);
  }

  /**
   * The module that a soft dependency means: one of that name, or one that has it as an alias. Only
   * modules whose name begins alike are asked for their aliases; reading all would take minutes.
   */
  private Optional<String> provider(String soft) throws IOException {
    String name = canonical(soft);
    if (byName.containsKey(name)) {
      return Optional.of(name);
    }
    List<String> candidates = new ArrayList<>(List.of(name + "_generic"));
    candidates.addAll(byName.keySet().stream().filter(n -> n.startsWith(name + "_")).toList());
    for (String candidate : candidates) {
      String file = byName.get(candidate);
      if (file != null
          && ModuleFile.parse(ModuleFile.bytes(files.file(file))).aliases().stream()
              .anyMatch(alias -> canonical(alias).equals(name))) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private String similar(String name) {
    String stem = name.length() <= 4 ? name : name.substring(0, name.length() - 2);
    List<String> near = byName.keySet().stream().filter(n -> n.startsWith(stem)).limit(5).toList();
    return near.isEmpty() ? "" : "; it has " + String.join(", ", near);
  }

  private static String canonical(String name) {
    return name.replace('-', '_');
  }

  private static Optional<String> moduleName(String file) {
    String base = file.substring(file.lastIndexOf('/') + 1);
    int suffix = base.indexOf(".ko");
    return suffix <= 0 || !base.substring(suffix).matches("\\.ko(\\.[a-z0-9]+)?")
        ? Optional.empty()
        : Optional.of(canonical(base.substring(0, suffix)));
  }

  /** Of two files for one module, that which modprobe(8) takes: updates go before the rest. */
  private static String preferred(String one, String other) {
    return other.startsWith("updates/") ? other : one;
  }
}
