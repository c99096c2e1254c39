/** Tests of the API of root file systems and images. */
@NullMarked
package dev.javisor.image;

import org.jspecify.annotations.NullMarked;
