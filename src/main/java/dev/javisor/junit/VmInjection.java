package dev.javisor.junit;

import dev.javisor.net.VirtualSwitch;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * What {@link Vm} brings along; not to be registered by hand.
 *
 * <pre>{@code
 * @Vm private VirtualMachine machine; // this is what it serves
 * }</pre>
 */
@SuppressWarnings("exports") // Users of this package have Jupiter.
public final class VmInjection
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver,
        ExecutionCondition {
  /** Made by JUnit. */
  public VmInjection() {}

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    try {
      Machines machines = Machines.of(context);
      for (VmSpec spec : declared(context)) {
        Optional<String> reason = machines.reasonToSkip(spec);
        if (reason.isPresent()) {
          return ConditionEvaluationResult.disabled(reason.get());
        }
      }
    } catch (VmSpec.MisdeclaredException e) {
      // Reported where the machine would be made.
      return ConditionEvaluationResult.enabled(e.getMessage());
    }
    return ConditionEvaluationResult.enabled("nothing is in the way of virtual machines");
  }

  private static List<VmSpec> declared(ExtensionContext context) {
    Map<Object, VmSpec> all = new LinkedHashMap<>();
    context.getTestMethod().ifPresent(method -> all.putAll(Declarations.parameters(method)));
    context
        .getTestClass()
        .ifPresent(type -> Declarations.ofClass(type).forEach(spec -> all.put(spec, spec)));
    return List.copyOf(all.values());
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    try {
      inject(context, context.getRequiredTestClass(), null, Map.of());
    } catch (VmSpec.MisdeclaredException e) {
      throw new ExtensionConfigurationException(e.getMessage(), e);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    try {
      Map<Object, VmSpec> parameters =
          context.getTestMethod().map(Declarations::parameters).orElse(Map.of());
      for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
        inject(context, instance.getClass(), instance, parameters);
      }
    } catch (VmSpec.MisdeclaredException e) {
      throw new ExtensionConfigurationException(e.getMessage(), e);
    }
  }

  /**
   * Sets the fields.
   *
   * @param instance whose, or null for static ones
   * @param also what else the test wants, to be taken from the budget together with it
   */
  private static void inject(
      ExtensionContext context, Class<?> type, @Nullable Object instance, Map<Object, VmSpec> also)
      throws InterruptedException, IllegalAccessException {
    for (Field field : Declarations.networkFields(type, instance == null)) {
      VirtualSwitch network = TestNetwork.of(context, Declarations.network(field));
      field.setAccessible(true);
      field.set(instance, network);
    }
    Machines machines = Machines.of(context);
    Map<Object, VmSpec> wanted = new LinkedHashMap<>();
    List<Field> fields = Declarations.fields(type, instance == null);
    for (Field field : fields) {
      VmSpec spec = Declarations.spec(field);
      wanted.put(Declarations.key(field, spec), spec);
    }
    wanted.putAll(also);
    machines.reserve(context, wanted);
    for (Field field : fields) {
      VmSpec spec = Declarations.spec(field);
      field.setAccessible(true);
      field.set(instance, machines.machine(context, Declarations.key(field, spec), spec).vm());
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Reports.report(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Reports.report(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.isAnnotated(Vm.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Executable executable = parameter.getDeclaringExecutable();
    try {
      if (parameter.getParameter().getType() == VirtualSwitch.class) {
        return TestNetwork.of(
            context, Declarations.network(parameter.getParameter(), parameter.getIndex()));
      }
      VmSpec spec = Declarations.spec(parameter.getParameter(), parameter.getIndex());
      Machines machines = Machines.of(context);
      machines.reserve(context, Declarations.parameters(executable));
      Object key = Declarations.key(executable, parameter.getIndex(), spec);
      return machines.machine(context, key, spec).vm();
    } catch (VmSpec.MisdeclaredException e) {
      throw new ParameterResolutionException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ParameterResolutionException("interrupted while a machine was made", e);
    }
  }
}
