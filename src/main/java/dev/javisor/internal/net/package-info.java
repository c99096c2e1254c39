/**
 * What a network device is plugged into: a port of the host, or code of the user. Knows neither
 * virtio's registers nor system calls.
 */
@NullMarked
package dev.javisor.internal.net;

import org.jspecify.annotations.NullMarked;
