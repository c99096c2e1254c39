/** The parts of a virtual switch: its table of addresses, its links and its time. */
@NullMarked
package dev.javisor.internal.net.vswitch;

import org.jspecify.annotations.NullMarked;
