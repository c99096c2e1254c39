/** Files and block devices as disks: checks, locks, and the engines that carry requests out. */
@NullMarked
package dev.javisor.internal.block.file;

import org.jspecify.annotations.NullMarked;
