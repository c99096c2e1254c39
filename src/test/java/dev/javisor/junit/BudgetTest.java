package dev.javisor.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** Runs on several versions of JUnit: {@link JupiterVersionsTest}. */
@Timeout(60)
class BudgetTest {
  private static final String A = "[engine]/[class:A]";
  private static final String A1 = "[engine]/[class:A]/[method:1]";
  private static final String B = "[engine]/[class:B]";
  private static final String AB = "[engine]/[class:AB]";

  private final Budget budget = new Budget(new Need(4, 1000), Duration.ofMillis(20));

  private static Need cpus(int count) {
    return new Need(count, 1);
  }

  private static <T> FutureTask<T> inThread(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "budget test");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  /** Waits until so many are in the queue. */
  private void awaitWaiting(int count) throws InterruptedException {
    while (budget.waiting() != count) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static void assertStillWaits(FutureTask<?> task) {
    assertThrows(TimeoutException.class, () -> task.get(200, TimeUnit.MILLISECONDS));
  }

  @Test
  void shouldGiveAtOnce_whenThereIsEnough() throws Exception {
    budget.acquire(A, new Need(4, 1000));

    assertEquals(new Need(0, 0), budget.left());
  }

  @Test
  void shouldTakeBackOnce() throws Exception {
    Budget.Grant grant = budget.acquire(A, cpus(3));

    grant.close();
    grant.close();

    assertEquals(new Need(4, 1000), budget.left());
  }

  @Test
  void shouldWait_whenThereIsTooLittle() throws Exception {
    Budget.Grant grant = budget.acquire(A, cpus(3));
    FutureTask<Budget.Grant> other = inThread(() -> budget.acquire(B, cpus(2)));
    assertStillWaits(other);

    grant.close();

    other.get();
    assertEquals(2, budget.left().cpus());
  }

  @Test
  void shouldServeInTheOrderOfAsking() throws Exception {
    Budget.Grant grant = budget.acquire(A, cpus(3));
    FutureTask<Budget.Grant> large = inThread(() -> budget.acquire(B, cpus(2)));
    awaitWaiting(1);
    FutureTask<Budget.Grant> small = inThread(() -> budget.acquire(AB, cpus(1)));
    assertStillWaits(small);

    grant.close();

    large.get();
    small.get();
    assertEquals(1, budget.left().cpus());
  }

  @Test
  void shouldRefuse_whenItIsMoreThanThereEverIs() {
    ExtensionConfigurationException refused =
        assertThrows(
            ExtensionConfigurationException.class, () -> budget.acquire(A, new Need(5, 1)));

    assertTrue(refused.getMessage().contains("javisor.budget.cpus"), refused.getMessage());
  }

  @Test
  void shouldExceed_whenTheHolderItselfWaits() throws Exception {
    budget.acquire(A, cpus(4));

    inThread(() -> budget.acquire(A1, cpus(2))).get();

    assertEquals(-2, budget.left().cpus());
  }

  @Test
  void shouldNotExceed_whenAnotherHolderCanStillGiveBack() throws Exception {
    FutureTask<Budget.Grant> b = inThread(() -> budget.acquire(B, cpus(2)));
    b.get();
    budget.acquire(A, cpus(2));
    FutureTask<Budget.Grant> inside = inThread(() -> budget.acquire(A1, cpus(2)));
    assertStillWaits(inside);

    b.get().close();

    inside.get();
    assertEquals(0, budget.left().cpus());
  }

  @Test
  void shouldExceed_whenTheHoldersThreadHasBegunSomethingElse() throws Exception {
    budget.acquire(A, cpus(4));

    budget.acquire(B, cpus(1));

    assertEquals(-1, budget.left().cpus());
  }

  @Test
  void shouldExceed_whenTheHolderWaitsForASharedMachine() throws Exception {
    FutureTask<Budget.Grant> holder =
        inThread(
            () -> {
              Budget.Grant grant = budget.acquire(A, cpus(4));
              budget.block(A1);
              return grant;
            });
    holder.get();

    inThread(() -> budget.acquire("[engine]", cpus(1))).get();

    assertEquals(-1, budget.left().cpus());
  }

  @Test
  void shouldNotExceed_whileAMachineIsBroughtUp() throws Exception {
    budget.acquire(A, cpus(4));
    budget.begin();
    FutureTask<Budget.Grant> inside = inThread(() -> budget.acquire(A1, cpus(1)));
    assertStillWaits(inside);

    budget.end();

    inside.get();
    assertEquals(-1, budget.left().cpus());
  }

  @Test
  void shouldLeaveTheQueue_whenInterrupted() throws Exception {
    FutureTask<Budget.Grant> holder = inThread(() -> budget.acquire(A, cpus(4)));
    holder.get();
    FutureTask<Boolean> interrupted =
        inThread(
            () -> {
              Thread.currentThread().interrupt();
              budget.acquire(B, cpus(1));
              return true;
            });

    ExecutionException failure = assertThrows(ExecutionException.class, interrupted::get);

    assertTrue(failure.getCause() instanceof InterruptedException, failure::toString);
    assertEquals(0, budget.waiting());
    assertFalse(budget.left().cpus() < 0);
  }
}
