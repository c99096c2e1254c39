/** Reads container images: OCI layouts, and what docker save writes. */
@NullMarked
package dev.javisor.internal.image.oci;

import org.jspecify.annotations.NullMarked;
