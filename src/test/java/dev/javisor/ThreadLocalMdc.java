package dev.javisor;

import java.lang.reflect.Field;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.MDC;
import org.slf4j.spi.MDCAdapter;

/**
 * A log context that new threads do not inherit, as Logback's. The tests' own binding keeps none.
 */
final class ThreadLocalMdc implements MDCAdapter, AutoCloseable {
  private final ThreadLocal<Map<String, String>> context = ThreadLocal.withInitial(HashMap::new);
  private final MDCAdapter before = MDC.getMDCAdapter();

  ThreadLocalMdc() {
    install(this);
  }

  @Override
  public void put(String key, String value) {
    context.get().put(key, value);
  }

  @Override
  public String get(String key) {
    return context.get().get(key);
  }

  @Override
  public void remove(String key) {
    context.get().remove(key);
  }

  @Override
  public void clear() {
    context.get().clear();
  }

  @Override
  public Map<String, String> getCopyOfContextMap() {
    return new HashMap<>(context.get());
  }

  @Override
  public void setContextMap(Map<String, String> map) {
    context.set(new HashMap<>(map));
  }

  @Override
  public void pushByKey(String key, String value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String popByKey(String key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Deque<String> getCopyOfDequeByKey(String key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void clearDequeByKey(String key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    install(before);
  }

  private static void install(MDCAdapter adapter) {
    try {
      Field field = MDC.class.getDeclaredField("MDC_ADAPTER");
      field.setAccessible(true);
      field.set(null, adapter);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
