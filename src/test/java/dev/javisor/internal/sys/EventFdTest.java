package dev.javisor.internal.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventFdTest {
  @Test
  void shouldNotReachAnotherFile_whenSignalledWhileItIsClosed() throws Exception {
    AtomicReference<EventFd> current = new AtomicReference<>(new EventFd("signalled", false));
    AtomicBoolean done = new AtomicBoolean();
    Thread[] signallers = new Thread[12];
    for (int i = 0; i < signallers.length; i++) {
      signallers[i] =
          new Thread(
              () -> {
                while (!done.get()) {
                  current.get().signal();
                }
              });
      signallers[i].start();
    }
    long strays = 0;
    for (int i = 0; i < 5_000; i++) {
      EventFd closing = current.get();
      closing.close();
      // Gets the number that has just become free.
      try (EventFd bystander = new EventFd("bystander", false)) {
        strays += bystander.await();
      }
      current.set(new EventFd("signalled", false));
    }
    done.set(true);
    for (Thread signaller : signallers) {
      signaller.join();
    }
    current.get().close();

    assertEquals(0, strays);
  }

  @Test
  void shouldCountSignals_whenSeveralThreadsSendThem() throws Exception {
    try (EventFd event = new EventFd("test", true)) {
      Thread[] signallers = new Thread[4];
      for (int i = 0; i < signallers.length; i++) {
        signallers[i] =
            new Thread(
                () -> {
                  for (int j = 0; j < 5_000; j++) {
                    event.signal();
                  }
                });
        signallers[i].start();
      }
      long sum = 0;
      while (sum < 20_000) {
        sum += event.await();
      }
      for (Thread signaller : signallers) {
        signaller.join();
      }

      assertEquals(20_000, sum);
      assertTrue(event.number() >= 0);
    }
  }
}
