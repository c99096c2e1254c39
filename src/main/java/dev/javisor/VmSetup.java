package dev.javisor;

import dev.javisor.config.OnReset;
import dev.javisor.event.VmListener;
import dev.javisor.internal.console.ConsoleConsumer;
import dev.javisor.internal.machine.MachineSpec;
import dev.javisor.internal.machine.MachineThreads;
import dev.javisor.internal.machine.Platform;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a builder has made out.
 *
 * @param name the machine's name
 * @param platform what it runs on
 * @param spec what it is made from, but for its threads
 * @param nets its network devices
 * @param vsock its vsock device, if it has one
 * @param agent the agent in its guest, if it has one
 * @param running tells for how long it has run
 * @param timeoutMultiplier what times are multiplied by that are about the guest
 * @param letGo gives up what the spec needs until the machine has booted; may run twice
 * @param threadFactory makes them
 * @param onReset what a guest's reset leads to
 * @param consoleBuffer bytes of console output to keep
 * @param consumers who gets console output; made anew for each machine, since they have state
 * @param listeners who hears of events
 */
record VmSetup(
    String name,
    Platform platform,
    Function<MachineThreads, MachineSpec> spec,
    List<NetDevice> nets,
    Optional<DefaultVsock> vsock,
    Optional<VmAgent> agent,
    RunningTime running,
    double timeoutMultiplier,
    Runnable letGo,
    ThreadFactory threadFactory,
    OnReset onReset,
    int consoleBuffer,
    List<Supplier<ConsoleConsumer>> consumers,
    List<VmListener> listeners) {}
