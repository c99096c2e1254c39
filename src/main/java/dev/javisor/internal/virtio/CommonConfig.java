package dev.javisor.internal.virtio;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The common configuration structure: virtio 1.3 §4.1.4.3.
 *
 * <p>Reads may have any width. Writes count if they are as wide as the field; of a field of 64 bits
 * also each half. Other writes, which drivers must not make (§4.1.3.1), vanish.
 *
 * <p>Not modelled: queue_notif_config_data, administration virtqueues.
 *
 * <p>Threading: under the transport's lock.
 */
final class CommonConfig {
  /** Bytes of the structure, up to queue_reset and what pads it. */
  static final int SIZE = 0x3c;

  /** What a write sets off. */
  interface Control {
    /** The driver resets the device. */
    void reset();

    /** The driver is ready: DRIVER_OK is set. */
    void driverReady();

    /** The driver enables a queue; its registers say so already. */
    void enableQueue(int index);

    /** The driver resets a queue; its registers say so already. */
    void resetQueue(int index);
  }

  private static final int DEVICE_FEATURE_SELECT = 0x00;
  private static final int DEVICE_FEATURE = 0x04;
  private static final int DRIVER_FEATURE_SELECT = 0x08;
  private static final int DRIVER_FEATURE = 0x0c;
  private static final int CONFIG_VECTOR = 0x10;
  private static final int NUM_QUEUES = 0x12;
  private static final int DEVICE_STATUS = 0x14;
  private static final int CONFIG_GENERATION = 0x15;
  private static final int QUEUE_SELECT = 0x16;
  private static final int QUEUE_SIZE = 0x18;
  private static final int QUEUE_VECTOR = 0x1a;
  private static final int QUEUE_ENABLE = 0x1c;
  private static final int QUEUE_NOTIFY_OFF = 0x1e;
  private static final int QUEUE_DESC = 0x20;
  private static final int QUEUE_DRIVER = 0x28;
  private static final int QUEUE_DEVICE = 0x30;
  private static final int QUEUE_RESET = 0x3a;

  private final VirtioDevice<?> device;
  private final List<QueueRegisters> queues;
  private final VirtioInterrupts interrupts;
  private final Control control;
  private final long offered;

  private int deviceFeatureSelect;
  private int driverFeatureSelect;
  private long driverFeatures;
  private int status;
  private int generation;
  private boolean configChanged;
  private int queueSelect;

  CommonConfig(
      VirtioDevice<?> device,
      List<QueueRegisters> queues,
      VirtioInterrupts interrupts,
      Control control) {
    this.device = device;
    this.queues = queues;
    this.interrupts = interrupts;
    this.control = control;
    offered = device.features() | VirtioFeatures.COMMON;
  }

  /** What was negotiated, once FEATURES_OK is set. */
  long features() {
    return driverFeatures;
  }

  boolean has(int statusBit) {
    return (status & statusBit) != 0;
  }

  /** The device needs a reset. */
  void needsReset() {
    status |= DeviceStatus.NEEDS_RESET;
  }

  /** The device's configuration changed. */
  void configChanged() {
    configChanged = true;
  }

  /** The driver reads of the device's configuration; see the note in virtio 1.3 §4.1.4.3.1. */
  void configRead() {
    if (configChanged) {
      configChanged = false;
      generation = (generation + 1) & 0xff;
    }
  }

  void reset() {
    deviceFeatureSelect = 0;
    driverFeatureSelect = 0;
    driverFeatures = 0;
    status = 0;
    queueSelect = 0;
    queues.forEach(QueueRegisters::reset);
    interrupts.reset();
  }

  long read(int offset, int size) {
    long value = 0;
    for (int i = 0; i < size && offset + i < SIZE; i++) {
      value |= (byteAt(offset + i) & 0xffL) << 8 * i;
    }
    return value;
  }

  private long byteAt(int offset) {
    if (offset >= QUEUE_SIZE) {
      return queueByteAt(offset);
    }
    if (offset >= CONFIG_VECTOR) {
      return switch (offset) {
        case CONFIG_VECTOR, CONFIG_VECTOR + 1 -> interrupts.configVector() >>> 8 * (offset & 1);
        case NUM_QUEUES, NUM_QUEUES + 1 -> queues.size() >>> 8 * (offset & 1);
        case DEVICE_STATUS -> status;
        case CONFIG_GENERATION -> generation;
        default -> queueSelect >>> 8 * (offset & 1);
      };
    }
    long word =
        switch (offset & -4) {
          case DEVICE_FEATURE_SELECT -> deviceFeatureSelect;
          case DEVICE_FEATURE -> half(offered, deviceFeatureSelect);
          case DRIVER_FEATURE_SELECT -> driverFeatureSelect;
          default -> half(driverFeatures, driverFeatureSelect);
        };
    return word >>> 8 * (offset & 3);
  }

  private long queueByteAt(int offset) {
    QueueRegisters queue = selected();
    if (offset >= QUEUE_DESC && offset < QUEUE_DEVICE + 8) {
      if (queue == null) {
        return 0;
      }
      long area =
          switch (offset & -8) {
            case QUEUE_DESC -> queue.descriptorArea;
            case QUEUE_DRIVER -> queue.driverArea;
            default -> queue.deviceArea;
          };
      return area >>> 8 * (offset & 7);
    }
    long half =
        switch (offset & -2) {
          case QUEUE_SIZE -> queue == null ? 0 : queue.size;
          case QUEUE_VECTOR -> queue == null ? QueueRegisters.NO_VECTOR : queue.vector;
          case QUEUE_ENABLE -> queue != null && queue.enabled ? 1 : 0;
          case QUEUE_NOTIFY_OFF -> queue == null ? 0 : queue.doorbell;
          case QUEUE_RESET -> queue != null && queue.resetting ? 1 : 0;
          default -> 0;
        };
    return half >>> 8 * (offset & 1);
  }

  void write(int offset, int size, long value) {
    if (size == 8) {
      if (offset >= QUEUE_DESC && offset <= QUEUE_DEVICE && offset % 8 == 0) {
        write(offset, 4, value & 0xffff_ffffL);
        write(offset + 4, 4, value >>> 32);
      }
    } else if (size == 4) {
      write32(offset, (int) value);
    } else if (size == 2) {
      write16(offset, (int) value & 0xffff);
    } else if (offset == DEVICE_STATUS) {
      writeStatus((int) value & 0xff);
    }
  }

  private void write32(int offset, int value) {
    switch (offset) {
      case DEVICE_FEATURE_SELECT -> deviceFeatureSelect = value;
      case DRIVER_FEATURE_SELECT -> driverFeatureSelect = value;
      case DRIVER_FEATURE -> writeFeatures(value);
      default -> writeArea(offset, value & 0xffff_ffffL);
    }
  }

  private void writeFeatures(int value) {
    // Settled once FEATURES_OK is set: §3.1.1, step 5.
    if (!has(DeviceStatus.FEATURES_OK)) {
      long bits = value & 0xffff_ffffL;
      if (driverFeatureSelect == 0) {
        driverFeatures = driverFeatures & ~0xffff_ffffL | bits;
      } else if (driverFeatureSelect == 1) {
        driverFeatures = driverFeatures & 0xffff_ffffL | bits << 32;
      }
    }
  }

  private void writeArea(int offset, long half) {
    QueueRegisters queue = selected();
    if (queue == null || queue.enabled) {
      return;
    }
    int shift = 8 * (offset & 4);
    long keep = 0xffff_ffff_0000_0000L >>> shift;
    switch (offset & -8) {
      case QUEUE_DESC -> queue.descriptorArea = queue.descriptorArea & keep | half << shift;
      case QUEUE_DRIVER -> queue.driverArea = queue.driverArea & keep | half << shift;
      case QUEUE_DEVICE -> queue.deviceArea = queue.deviceArea & keep | half << shift;
      default -> {}
    }
  }

  private void write16(int offset, int value) {
    if (offset == CONFIG_VECTOR) {
      interrupts.configVector(value);
      return;
    }
    if (offset == QUEUE_SELECT) {
      queueSelect = value;
      return;
    }
    QueueRegisters queue = selected();
    if (queue == null) {
      return;
    }
    switch (offset) {
      case QUEUE_SIZE -> queue.size = queue.enabled ? queue.size : value;
      case QUEUE_VECTOR -> queue.vector = interrupts.valid(value);
      case QUEUE_ENABLE -> {
        if (value == 1 && !queue.enabled && !queue.resetting) {
          queue.enabled = true;
          control.enableQueue(queueSelect);
        }
      }
      case QUEUE_RESET -> {
        boolean negotiated = VirtioFeatures.has(driverFeatures, VirtioFeatures.RING_RESET);
        if (value == 1 && negotiated && has(DeviceStatus.FEATURES_OK) && !queue.resetting) {
          queue.resetting = true;
          control.resetQueue(queueSelect);
        }
      }
      default -> {}
    }
  }

  private void writeStatus(int value) {
    if (value == 0) {
      control.reset();
      return;
    }
    // A driver must not clear bits, but by a reset, and NEEDS_RESET is not its to set: §2.1.1.
    int added = value & ~status & DeviceStatus.ALL & ~DeviceStatus.NEEDS_RESET;
    if ((added & DeviceStatus.FEATURES_OK) != 0 && !acceptable(driverFeatures)) {
      added &= ~DeviceStatus.FEATURES_OK;
    }
    status |= added;
    if ((added & DeviceStatus.DRIVER_OK) != 0) {
      if (has(DeviceStatus.FEATURES_OK)) {
        control.driverReady();
      } else {
        status &= ~DeviceStatus.DRIVER_OK;
      }
    }
  }

  private boolean acceptable(long features) {
    return (features & ~offered) == 0
        && VirtioFeatures.has(features, VirtioFeatures.VERSION_1)
        && device.accepts(features);
  }

  private @Nullable QueueRegisters selected() {
    return queueSelect < queues.size() ? queues.get(queueSelect) : null;
  }

  private static int half(long features, int select) {
    return select == 0 ? (int) features : select == 1 ? (int) (features >>> 32) : 0;
  }

  CommonState save(List<QueueState> queueStates) {
    return new CommonState(
        deviceFeatureSelect,
        driverFeatureSelect,
        driverFeatures,
        interrupts.configVector(),
        status,
        generation,
        configChanged,
        queueSelect,
        interrupts.isr(),
        queueStates);
  }

  /** Refuses what {@link #restore} cannot take. */
  void check(CommonState state) {
    if (state.queues().size() != queues.size()) {
      throw new IllegalArgumentException(
          "%s: %d queues, here %d".formatted(device.id(), state.queues().size(), queues.size()));
    }
    boolean negotiated = (state.status() & DeviceStatus.FEATURES_OK) != 0;
    if (!negotiated && (state.status() & DeviceStatus.DRIVER_OK) != 0) {
      throw new IllegalArgumentException("%s: status 0x%x".formatted(device.id(), state.status()));
    }
    if (negotiated && (state.driverFeatures() & ~offered) != 0) {
      throw new IllegalArgumentException(
          "%s: features 0x%x, offered 0x%x here"
              .formatted(device.id(), state.driverFeatures(), offered));
    }
    if (negotiated && !acceptable(state.driverFeatures())) {
      throw new IllegalArgumentException(
          "%s: features 0x%x, which do not go together"
              .formatted(device.id(), state.driverFeatures()));
    }
  }

  void restore(CommonState state) {
    deviceFeatureSelect = state.deviceFeatureSelect();
    driverFeatureSelect = state.driverFeatureSelect();
    driverFeatures = state.driverFeatures();
    status = state.status();
    generation = state.generation();
    configChanged = state.configChanged();
    queueSelect = state.queueSelect();
    interrupts.restore(state.isr(), state.configVector());
    for (int i = 0; i < queues.size(); i++) {
      queues.get(i).restore(state.queues().get(i));
    }
  }
}
