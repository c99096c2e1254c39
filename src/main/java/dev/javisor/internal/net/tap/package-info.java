/** Network devices on TAP interfaces of this host. */
@NullMarked
package dev.javisor.internal.net.tap;

import org.jspecify.annotations.NullMarked;
