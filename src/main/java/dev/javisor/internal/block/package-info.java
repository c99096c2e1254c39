/**
 * What a disk device needs of the disk behind it, whether that is a file or a user's Java code:
 * pooled requests, and a queue's way to the disk. Makes no system calls itself.
 */
@NullMarked
package dev.javisor.internal.block;

import org.jspecify.annotations.NullMarked;
