package dev.javisor.junit;

import dev.javisor.VirtualMachine;
import dev.javisor.net.VirtualSwitch;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Finds where machines are declared, and says what is wrong there. */
final class Declarations {
  private Declarations() {}

  /**
   * The annotated fields of a class and its superclasses.
   *
   * @param isStatic which of them
   */
  static List<Field> fields(Class<?> type, boolean isStatic) {
    return ReflectionSupport.findFields(
        type,
        field ->
            AnnotationSupport.isAnnotated(field, Vm.class)
                && field.getType() != VirtualSwitch.class
                && Modifier.isStatic(field.getModifiers()) == isStatic,
        HierarchyTraversalMode.TOP_DOWN);
  }

  /** The annotated fields for networks, likewise. */
  static List<Field> networkFields(Class<?> type, boolean isStatic) {
    return ReflectionSupport.findFields(
        type,
        field ->
            AnnotationSupport.isAnnotated(field, Vm.class)
                && field.getType() == VirtualSwitch.class
                && Modifier.isStatic(field.getModifiers()) == isStatic,
        HierarchyTraversalMode.TOP_DOWN);
  }

  /**
   * The name of the network that a field is for.
   *
   * @throws VmSpec.MisdeclaredException if it makes no sense
   */
  static String network(Field field) {
    checkNotFinal(field);
    return network(annotation(field), where(field));
  }

  /**
   * The name of the network that a parameter is for.
   *
   * @throws VmSpec.MisdeclaredException if it makes no sense
   */
  static String network(Parameter parameter, int index) {
    return network(annotation(parameter), where(parameter, index));
  }

  private static String network(Vm vm, String where) {
    if (vm.network().isEmpty() || !vm.value().isEmpty() || !vm.shared().isEmpty()) {
      throw new VmSpec.MisdeclaredException(
          "%s: for a VirtualSwitch write @Vm(network = \"NAME\"), and no other name"
              .formatted(where));
    }
    return vm.network();
  }

  /**
   * What a field declares.
   *
   * @throws VmSpec.MisdeclaredException if it makes no sense
   */
  static VmSpec spec(Field field) {
    String where = where(field);
    if (field.getType() != VirtualMachine.class) {
      throw new VmSpec.MisdeclaredException(
          "%s: expected the type %s, not %s"
              .formatted(where, VirtualMachine.class.getName(), field.getType().getName()));
    }
    checkNotFinal(field);
    return VmSpec.of(annotation(field), where);
  }

  private static String where(Field field) {
    return "@Vm on field %s.%s"
        .formatted(field.getDeclaringClass().getSimpleName(), field.getName());
  }

  private static void checkNotFinal(Field field) {
    if (Modifier.isFinal(field.getModifiers())) {
      throw new VmSpec.MisdeclaredException(
          "%s: it is set from outside: it cannot be final".formatted(where(field)));
    }
  }

  /**
   * What a parameter declares.
   *
   * @throws VmSpec.MisdeclaredException if it makes no sense
   */
  static VmSpec spec(Parameter parameter, int index) {
    String where = where(parameter, index);
    if (parameter.getType() != VirtualMachine.class) {
      throw new VmSpec.MisdeclaredException(
          "%s: expected the type %s, not %s"
              .formatted(where, VirtualMachine.class.getName(), parameter.getType().getName()));
    }
    return VmSpec.of(annotation(parameter), where);
  }

  private static String where(Parameter parameter, int index) {
    Executable executable = parameter.getDeclaringExecutable();
    return "@Vm on parameter %d of %s.%s"
        .formatted(
            index + 1,
            executable.getDeclaringClass().getSimpleName(),
            executable instanceof Method ? executable.getName() : "(constructor)");
  }

  /** What stores know a field's machine by. */
  static Object key(Field field, VmSpec spec) {
    return named(spec, () -> "field " + field);
  }

  /** What stores know a parameter's machine by. */
  static Object key(Executable executable, int index, VmSpec spec) {
    return named(spec, () -> "parameter %d of %s".formatted(index, executable));
  }

  private static Object named(VmSpec spec, Supplier<String> unnamed) {
    if (!spec.shared().isEmpty()) {
      return "shared " + spec.shared();
    }
    return spec.name().isEmpty() ? unnamed.get() : "named " + spec.name();
  }

  /** What the parameters of a method or constructor declare, by their keys. */
  static Map<Object, VmSpec> parameters(Executable executable) {
    Map<Object, VmSpec> found = new LinkedHashMap<>();
    Parameter[] parameters = executable.getParameters();
    for (int i = 0; i < parameters.length; i++) {
      if (AnnotationSupport.isAnnotated(parameters[i], Vm.class)
          && parameters[i].getType() != VirtualSwitch.class) {
        VmSpec spec = spec(parameters[i], i);
        found.put(key(executable, i, spec), spec);
      }
    }
    return found;
  }

  /** All that is declared in a class, but for the parameters of its tests. */
  static List<VmSpec> ofClass(Class<?> type) {
    List<VmSpec> all = new ArrayList<>();
    fields(type, true).forEach(field -> all.add(spec(field)));
    fields(type, false).forEach(field -> all.add(spec(field)));
    for (Executable constructor : type.getDeclaredConstructors()) {
      all.addAll(parameters(constructor).values());
    }
    Predicate<Method> isLifecycle =
        method ->
            AnnotationSupport.isAnnotated(method, BeforeAll.class)
                || AnnotationSupport.isAnnotated(method, BeforeEach.class)
                || AnnotationSupport.isAnnotated(method, AfterEach.class)
                || AnnotationSupport.isAnnotated(method, AfterAll.class);
    for (Method method :
        ReflectionSupport.findMethods(type, isLifecycle, HierarchyTraversalMode.TOP_DOWN)) {
      all.addAll(parameters(method).values());
    }
    return all;
  }

  private static Vm annotation(AnnotatedElement element) {
    return AnnotationSupport.findAnnotation(element, Vm.class).orElseThrow();
  }
}
