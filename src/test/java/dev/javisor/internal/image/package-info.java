/** Tests of root file systems and images, and what they are made from. */
@NullMarked
package dev.javisor.internal.image;

import org.jspecify.annotations.NullMarked;
