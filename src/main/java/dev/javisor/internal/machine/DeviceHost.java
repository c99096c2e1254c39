package dev.javisor.internal.machine;

import dev.javisor.internal.bus.MsiLines;
import dev.javisor.internal.bus.QueueWorkers;
import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.bus.SystemControl;
import dev.javisor.internal.memory.GuestMemory;

/**
 * What a machine has for its devices. All of it outlasts them.
 *
 * @param memory the guest's RAM
 * @param interrupts where their interrupts come from
 * @param workers where their queues' threads come from
 * @param timer runs what is due later
 * @param system what they may ask of the machine
 * @param threads makes further threads
 */
public record DeviceHost(
    GuestMemory memory,
    MsiLines interrupts,
    QueueWorkers workers,
    Scheduler timer,
    SystemControl system,
    MachineThreads threads) {}
