package dev.javisor.internal.virtio;

/**
 * How far the device is in a queue without requests under way. Both count modulo 65536.
 *
 * @param nextAvailable index of the available ring's entry that is taken next
 * @param nextUsed index of the used ring's entry that is written next
 */
public record QueuePosition(int nextAvailable, int nextUsed) {
  /** Where every queue begins. */
  public static final QueuePosition START = new QueuePosition(0, 0);

  public QueuePosition {
    if (nextAvailable >>> 16 != 0 || nextUsed >>> 16 != 0) {
      throw new IllegalArgumentException(
          "queue position: available %d, used %d; both 0 to 65535"
              .formatted(nextAvailable, nextUsed));
    }
  }
}
