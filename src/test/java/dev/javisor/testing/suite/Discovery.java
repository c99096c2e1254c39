package dev.javisor.testing.suite;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;

/**
 * The list of tests that must run, at the level of methods: the invocations of a parameterized
 * method are known only once it runs.
 */
final class Discovery {

  private static final Splitter TABS = Splitter.on('\t').limit(2);

  /**
   * One test method.
   *
   * @param className the outermost class, the unit in which tests are shared out
   * @param id the unique id, as {@link SuiteIds#normalise} leaves it
   */
  record Entry(String className, String id) {}

  private Discovery() {}

  /** A request for the tests with a tag in a folder of compiled classes. */
  static LauncherDiscoveryRequest request(Path classes, String tag) {
    return LauncherDiscoveryRequestBuilder.request()
        .selectors(selectClasspathRoots(Set.of(classes)))
        .filters(TagFilter.includeTags(tag))
        .build();
  }

  /** Finds the test methods that a request asks for. */
  static List<Entry> find(Launcher launcher, LauncherDiscoveryRequest request) {
    TestPlan plan = launcher.discover(request);
    List<Entry> found = new ArrayList<>();
    for (TestIdentifier root : plan.getRoots()) {
      for (TestIdentifier identifier : plan.getDescendants(root)) {
        if (plan.getChildren(identifier).isEmpty()
            && identifier.getSource().orElse(null) instanceof MethodSource source) {
          String outermost = Splitter.on('$').split(source.getClassName()).iterator().next();
          found.add(new Entry(outermost, SuiteIds.normalise(identifier.getUniqueId())));
        }
      }
    }
    return List.copyOf(found);
  }

  static void write(Path file, List<Entry> entries) throws IOException {
    Files.write(file, entries.stream().map(e -> e.className() + "\t" + e.id()).toList());
  }

  static List<Entry> read(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(TABS::splitToList)
        .map(fields -> new Entry(fields.get(0), fields.get(1)))
        .toList();
  }
}
