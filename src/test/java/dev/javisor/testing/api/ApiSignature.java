package dev.javisor.testing.api;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The public API as text, one line a type or member, in an order that does not depend on the
 * compiler: what a user of the exported packages can see. {@code ?} behind a type means that null
 * is allowed.
 */
final class ApiSignature {
  /** What records and enums have without anybody writing it. */
  private static final Set<String> IMPLIED =
      Set.of("equals", "hashCode", "toString", "values", "valueOf");

  private ApiSignature() {}

  /** The lines for a compiled module. */
  static List<String> of(Path classes) {
    List<String> lines = new ArrayList<>();
    for (Class<?> type : exportedTypes(classes)) {
      lines.add(declaration(type));
      members(type).forEach(member -> lines.add("  " + member));
    }
    return lines;
  }

  private static List<Class<?>> exportedTypes(Path classes) {
    ModuleDescriptor module =
        ModuleFinder.of(classes).findAll().stream().findFirst().orElseThrow().descriptor();
    List<Class<?>> types = new ArrayList<>();
    for (ModuleDescriptor.Exports export : module.exports()) {
      Path folder = classes.resolve(export.source().replace('.', '/'));
      try (Stream<Path> files = Files.list(folder)) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
            .map(name -> load(export.source() + "." + name.substring(0, name.length() - 6)))
            .filter(ApiSignature::isReachable)
            .forEach(types::add);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    types.sort(Comparator.comparing(Class::getName));
    return types;
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, ApiSignature.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether the type and all that it is nested in can be seen from outside. */
  private static boolean isReachable(Class<?> type) {
    for (Class<?> c = type; c != null; c = c.getEnclosingClass()) {
      if (c.isAnonymousClass() || c.isLocalClass() || !isVisible(c.getModifiers())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static String declaration(Class<?> type) {
    StringBuilder line = new StringBuilder();
    int implied =
        (type.isInterface() ? Modifier.ABSTRACT | Modifier.INTERFACE : 0)
            | (type.getEnclosingClass() != null ? Modifier.STATIC : 0)
            | (type.isEnum() || type.isRecord() ? Modifier.FINAL | Modifier.ABSTRACT : 0);
    line.append(Modifier.toString(type.getModifiers() & ~implied)).append(' ');
    line.append(type.isSealed() ? "sealed " : "");
    line.append(
        type.isAnnotation()
            ? "@interface "
            : type.isInterface()
                ? "interface "
                : type.isEnum() ? "enum " : type.isRecord() ? "record " : "class ");
    line.append(type.getName()).append(typeParameters(type.getTypeParameters()));
    Type parent = type.getGenericSuperclass();
    if (parent != null && parent != Object.class && !type.isEnum() && !type.isRecord()) {
      line.append(" extends ").append(parent.getTypeName());
    }
    if (type.getGenericInterfaces().length > 0) {
      line.append(type.isInterface() ? " extends " : " implements ");
      line.append(names(type.getGenericInterfaces()));
    }
    if (type.isSealed()) {
      line.append(" permits ").append(names(type.getPermittedSubclasses()));
    }
    return line.toString();
  }

  private static Set<String> members(Class<?> type) {
    Set<String> lines = new TreeSet<>();
    for (Field field : type.getDeclaredFields()) {
      if (isWanted(field)) {
        String kind = field.isEnumConstant() ? "constant " : modifiers(field) + "field ";
        lines.add(kind + field.getName() + ": " + name(field.getAnnotatedType()));
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isWanted(constructor)) {
        lines.add("constructor " + parameters(constructor));
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      boolean implied =
          IMPLIED.contains(method.getName()) && (type.isRecord() || type.isEnum())
              || method.getName().equals("toString");
      if (isWanted(method) && !method.isBridge() && !implied) {
        lines.add(
            (method.isDefault() ? "default " : "")
                + modifiers(method)
                + typeParameters(method.getTypeParameters())
                + method.getName()
                + parameters(method)
                + ": "
                + name(method.getAnnotatedReturnType()));
      }
    }
    return lines;
  }

  private static boolean isWanted(Member member) {
    return isVisible(member.getModifiers()) && !member.isSynthetic();
  }

  private static String modifiers(Member member) {
    int implied =
        Modifier.PUBLIC
            | Modifier.TRANSIENT
            | Modifier.VOLATILE
            | Modifier.SYNCHRONIZED
            | Modifier.NATIVE
            | (member.getDeclaringClass().isInterface() ? Modifier.ABSTRACT : 0)
            | (Modifier.isFinal(member.getDeclaringClass().getModifiers()) ? Modifier.FINAL : 0);
    String text = Modifier.toString(member.getModifiers() & ~implied);
    return text.isEmpty() ? "" : text + " ";
  }

  private static String parameters(Executable executable) {
    String types =
        Arrays.stream(executable.getAnnotatedParameterTypes())
            .map(ApiSignature::name)
            .collect(Collectors.joining(", ", "(", ")"));
    Type[] thrown = executable.getGenericExceptionTypes();
    return thrown.length == 0 ? types : types + " throws " + names(thrown);
  }

  private static String typeParameters(TypeVariable<?>[] variables) {
    if (variables.length == 0) {
      return "";
    }
    return Arrays.stream(variables)
        .map(variable -> variable.getName() + " extends " + names(variable.getBounds()))
        .collect(Collectors.joining(", ", "<", ">"));
  }

  private static String names(Type[] types) {
    return Arrays.stream(types).map(Type::getTypeName).collect(Collectors.joining(", "));
  }

  private static String name(AnnotatedType type) {
    return type.getType().getTypeName() + (type.isAnnotationPresent(Nullable.class) ? "?" : "");
  }
}
