package dev.javisor.internal.net.tcp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The connections that wait for a time, the earliest first. A deadline that moves away does not
 * move its entry, as most deadlines are put off again and again: who finds an entry due asks the
 * connection, and puts it back.
 */
final class TimerHeap {
  private @Nullable TcpConnection[] entries = new TcpConnection[16];
  private int size;

  /** The earliest entry's time, or the largest long. */
  long earliest() {
    TcpConnection first = entries[0];
    return first == null ? Long.MAX_VALUE : first.timerKey;
  }

  /** Takes the earliest entry out, if its time has come. */
  @Nullable TcpConnection pollDue(long now) {
    TcpConnection first = entries[0];
    if (first == null || first.timerKey > now) {
      return null;
    }
    remove(first);
    return first;
  }

  /** A connection has a deadline, the largest long for none. */
  void schedule(TcpConnection connection, long deadline) {
    if (connection.timerIndex < 0) {
      if (deadline == Long.MAX_VALUE) {
        return;
      }
      if (size == entries.length) {
        entries = Arrays.copyOf(entries, size * 2);
      }
      connection.timerKey = deadline;
      put(size++, connection);
      up(connection.timerIndex);
    } else if (deadline < connection.timerKey) {
      connection.timerKey = deadline;
      up(connection.timerIndex);
    }
  }

  void remove(TcpConnection connection) {
    int index = connection.timerIndex;
    if (index < 0) {
      return;
    }
    connection.timerIndex = -1;
    TcpConnection last = at(--size);
    entries[size] = null;
    if (last != connection) {
      put(index, last);
      up(index);
      down(last.timerIndex);
    }
  }

  private void up(int from) {
    int index = from;
    TcpConnection moved = at(index);
    while (index > 0) {
      TcpConnection parent = at((index - 1) / 2);
      if (parent.timerKey <= moved.timerKey) {
        break;
      }
      put(index, parent);
      index = (index - 1) / 2;
    }
    put(index, moved);
  }

  private void down(int from) {
    int index = from;
    TcpConnection moved = at(index);
    while (2 * index + 1 < size) {
      int child = 2 * index + 1;
      if (child + 1 < size && at(child + 1).timerKey < at(child).timerKey) {
        child++;
      }
      if (at(child).timerKey >= moved.timerKey) {
        break;
      }
      put(index, at(child));
      index = child;
    }
    put(index, moved);
  }

  private void put(int index, TcpConnection connection) {
    entries[index] = connection;
    connection.timerIndex = index;
  }

  private TcpConnection at(int index) {
    TcpConnection entry = entries[index];
    if (entry == null) {
      throw new IllegalStateException("a hole in the heap");
    }
    return entry;
  }
}
