/**
 * KVM: the descriptors of /dev/kvm, of a virtual machine and of a vCPU, with the requests that each
 * takes. Knows no devices.
 *
 * <p>Source: the kernel's Documentation/virt/kvm/api.rst, cited as "KVM api.rst REQUEST".
 */
@NullMarked
package dev.javisor.internal.kvm;

import org.jspecify.annotations.NullMarked;
