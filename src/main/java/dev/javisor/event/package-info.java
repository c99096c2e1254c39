/** What a virtual machine reports: its state, its exits and its events. */
@NullMarked
package dev.javisor.event;

import org.jspecify.annotations.NullMarked;
