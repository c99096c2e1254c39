/** Captured frames, as files that other programs read. */
@NullMarked
package dev.javisor.internal.net.pcap;

import org.jspecify.annotations.NullMarked;
