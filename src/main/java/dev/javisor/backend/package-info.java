/** What Java code implements to be a device's other side: a guest's disk, for one. */
@NullMarked
package dev.javisor.backend;

import org.jspecify.annotations.NullMarked;
