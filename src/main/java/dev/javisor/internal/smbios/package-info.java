/** SMBIOS tables, by which a guest learns what machine it is on: names, numbers, strings. */
@NullMarked
package dev.javisor.internal.smbios;

import org.jspecify.annotations.NullMarked;
