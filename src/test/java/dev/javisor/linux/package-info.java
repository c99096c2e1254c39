/**
 * Tests that boot Debian's kernel through the public API. They run where the host's KVM runs stock
 * kernels, or in the lab.
 */
package dev.javisor.linux;
