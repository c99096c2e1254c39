package dev.javisor;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text or a pattern on the console; one of the two.
 *
 * @param text what must be there, or null
 * @param pattern what must be found, or null
 */
record ConsoleCondition(String description, @Nullable String text, @Nullable Pattern pattern)
    implements WaitCondition {
  @Override
  public @Nullable String tryOnce(VirtualMachine vm, Duration limit) throws InterruptedException {
    String shown = vm.console().text();
    try {
      if (isIn(shown, limit)) {
        return null;
      }
    } catch (BoundedText.TimeUp e) {
      return e.getMessage();
    } catch (StackOverflowError e) {
      // What (.|\n)* comes to with a long text.
      return "the pattern needs more stack than there is for the console's text";
    }
    return shown.isEmpty() ? "no console output yet" : "not on the console";
  }

  private boolean isIn(String shown, Duration limit) {
    return pattern != null
        ? pattern.matcher(new BoundedText(shown, System.nanoTime() + limit.toNanos())).find()
        : shown.contains(String.valueOf(text));
  }

  @Override
  public Duration longestTry() {
    return Duration.ofSeconds(5);
  }

  @Override
  public boolean outlivesTheGuest() {
    return true;
  }
}
