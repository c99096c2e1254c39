/*
 * Prints the numbers and layouts of KVM's C headers that Javisor's Java constants repeat, one
 * "name value" a line. KvmLayoutTest compares them with what Java says.
 *
 *   gcc -o kvm_layout kvm_layout.c && ./kvm_layout > ../resources/kvm-layout.txt
 */
#include <linux/kvm.h>
#include <stddef.h>
#include <stdio.h>

#define NUMBER(x) printf(#x " 0x%lx\n", (unsigned long)(x))
#define SIZE(s) printf("sizeof " #s " %zu\n", sizeof(struct s))
#define FIELD(s, f) printf("offsetof " #s "." #f " %zu\n", offsetof(struct s, f))

int main(void) {
  NUMBER(KVM_GET_API_VERSION); NUMBER(KVM_CREATE_VM); NUMBER(KVM_CHECK_EXTENSION);
  NUMBER(KVM_GET_VCPU_MMAP_SIZE); NUMBER(KVM_GET_SUPPORTED_CPUID); NUMBER(KVM_GET_MSR_INDEX_LIST);
  NUMBER(KVM_CREATE_VCPU); NUMBER(KVM_SET_USER_MEMORY_REGION); NUMBER(KVM_SET_TSS_ADDR);
  NUMBER(KVM_SET_IDENTITY_MAP_ADDR); NUMBER(KVM_SET_GSI_ROUTING); NUMBER(KVM_IRQFD);
  NUMBER(KVM_IOEVENTFD); NUMBER(KVM_SIGNAL_MSI); NUMBER(KVM_ENABLE_CAP); NUMBER(KVM_GET_CLOCK);
  NUMBER(KVM_SET_CLOCK); NUMBER(KVM_RUN); NUMBER(KVM_GET_REGS); NUMBER(KVM_SET_REGS);
  NUMBER(KVM_GET_SREGS); NUMBER(KVM_SET_SREGS); NUMBER(KVM_GET_MSRS); NUMBER(KVM_SET_MSRS);
  NUMBER(KVM_SET_SIGNAL_MASK); NUMBER(KVM_GET_FPU); NUMBER(KVM_SET_FPU); NUMBER(KVM_GET_LAPIC);
  NUMBER(KVM_SET_LAPIC); NUMBER(KVM_SET_CPUID2); NUMBER(KVM_GET_CPUID2); NUMBER(KVM_GET_MP_STATE);
  NUMBER(KVM_SET_MP_STATE); NUMBER(KVM_GET_VCPU_EVENTS); NUMBER(KVM_SET_VCPU_EVENTS);
  NUMBER(KVM_GET_DEBUGREGS); NUMBER(KVM_SET_DEBUGREGS); NUMBER(KVM_GET_XSAVE);
  NUMBER(KVM_SET_XSAVE); NUMBER(KVM_GET_XSAVE2); NUMBER(KVM_GET_XCRS); NUMBER(KVM_SET_XCRS);
  NUMBER(KVM_GET_TSC_KHZ); NUMBER(KVM_SET_TSC_KHZ); NUMBER(KVM_KVMCLOCK_CTRL);

  NUMBER(KVM_CAP_USER_MEMORY); NUMBER(KVM_CAP_SET_TSS_ADDR); NUMBER(KVM_CAP_EXT_CPUID);
  NUMBER(KVM_CAP_NR_VCPUS); NUMBER(KVM_CAP_NR_MEMSLOTS); NUMBER(KVM_CAP_MP_STATE);
  NUMBER(KVM_CAP_IRQ_ROUTING); NUMBER(KVM_CAP_IRQFD); NUMBER(KVM_CAP_IOEVENTFD);
  NUMBER(KVM_CAP_SET_IDENTITY_MAP_ADDR); NUMBER(KVM_CAP_ADJUST_CLOCK);
  NUMBER(KVM_CAP_VCPU_EVENTS); NUMBER(KVM_CAP_DEBUGREGS); NUMBER(KVM_CAP_XSAVE);
  NUMBER(KVM_CAP_XCRS); NUMBER(KVM_CAP_GET_TSC_KHZ); NUMBER(KVM_CAP_MAX_VCPUS);
  NUMBER(KVM_CAP_TSC_DEADLINE_TIMER); NUMBER(KVM_CAP_KVMCLOCK_CTRL); NUMBER(KVM_CAP_SIGNAL_MSI);
  NUMBER(KVM_CAP_SPLIT_IRQCHIP); NUMBER(KVM_CAP_MAX_VCPU_ID); NUMBER(KVM_CAP_X2APIC_API);
  NUMBER(KVM_CAP_IMMEDIATE_EXIT); NUMBER(KVM_CAP_XSAVE2);
  NUMBER(KVM_X2APIC_API_USE_32BIT_IDS); NUMBER(KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK);

  NUMBER(KVM_EXIT_UNKNOWN); NUMBER(KVM_EXIT_EXCEPTION); NUMBER(KVM_EXIT_IO);
  NUMBER(KVM_EXIT_HYPERCALL); NUMBER(KVM_EXIT_DEBUG); NUMBER(KVM_EXIT_HLT); NUMBER(KVM_EXIT_MMIO);
  NUMBER(KVM_EXIT_IRQ_WINDOW_OPEN); NUMBER(KVM_EXIT_SHUTDOWN); NUMBER(KVM_EXIT_FAIL_ENTRY);
  NUMBER(KVM_EXIT_INTR); NUMBER(KVM_EXIT_SET_TPR); NUMBER(KVM_EXIT_TPR_ACCESS);
  NUMBER(KVM_EXIT_NMI); NUMBER(KVM_EXIT_INTERNAL_ERROR); NUMBER(KVM_EXIT_SYSTEM_EVENT);
  NUMBER(KVM_EXIT_IOAPIC_EOI); NUMBER(KVM_EXIT_HYPERV); NUMBER(KVM_EXIT_X86_RDMSR);
  NUMBER(KVM_EXIT_X86_WRMSR); NUMBER(KVM_EXIT_DIRTY_RING_FULL); NUMBER(KVM_EXIT_X86_BUS_LOCK);
  NUMBER(KVM_EXIT_NOTIFY);
  NUMBER(KVM_INTERNAL_ERROR_EMULATION); NUMBER(KVM_INTERNAL_ERROR_SIMUL_EX);
  NUMBER(KVM_INTERNAL_ERROR_DELIVERY_EV); NUMBER(KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON);
  NUMBER(KVM_SYSTEM_EVENT_SHUTDOWN); NUMBER(KVM_SYSTEM_EVENT_RESET);
  NUMBER(KVM_SYSTEM_EVENT_CRASH);
  NUMBER(KVM_MP_STATE_RUNNABLE); NUMBER(KVM_MP_STATE_UNINITIALIZED); NUMBER(KVM_MP_STATE_HALTED);
  NUMBER(KVM_MEM_LOG_DIRTY_PAGES); NUMBER(KVM_MEM_READONLY); NUMBER(KVM_IRQ_ROUTING_MSI);
  NUMBER(KVM_IRQFD_FLAG_DEASSIGN); NUMBER(KVM_IOEVENTFD_FLAG_DATAMATCH);
  NUMBER(KVM_IOEVENTFD_FLAG_PIO); NUMBER(KVM_IOEVENTFD_FLAG_DEASSIGN);

  FIELD(kvm_run, immediate_exit); FIELD(kvm_run, exit_reason); FIELD(kvm_run, if_flag);
  FIELD(kvm_run, hw.hardware_exit_reason); FIELD(kvm_run, fail_entry.hardware_entry_failure_reason);
  FIELD(kvm_run, fail_entry.cpu); FIELD(kvm_run, io.direction); FIELD(kvm_run, io.size);
  FIELD(kvm_run, io.port); FIELD(kvm_run, io.count); FIELD(kvm_run, io.data_offset);
  FIELD(kvm_run, mmio.phys_addr); FIELD(kvm_run, mmio.data); FIELD(kvm_run, mmio.len);
  FIELD(kvm_run, mmio.is_write); FIELD(kvm_run, internal.suberror);
  FIELD(kvm_run, internal.ndata); FIELD(kvm_run, internal.data);
  FIELD(kvm_run, emulation_failure.flags); FIELD(kvm_run, emulation_failure.insn_size);
  FIELD(kvm_run, emulation_failure.insn_bytes); FIELD(kvm_run, system_event.type);
  FIELD(kvm_run, system_event.ndata); FIELD(kvm_run, eoi.vector);

  SIZE(kvm_userspace_memory_region); FIELD(kvm_userspace_memory_region, slot);
  FIELD(kvm_userspace_memory_region, flags); FIELD(kvm_userspace_memory_region, guest_phys_addr);
  FIELD(kvm_userspace_memory_region, memory_size);
  FIELD(kvm_userspace_memory_region, userspace_addr);
  SIZE(kvm_enable_cap); FIELD(kvm_enable_cap, cap); FIELD(kvm_enable_cap, args);
  SIZE(kvm_irqfd); FIELD(kvm_irqfd, fd); FIELD(kvm_irqfd, gsi); FIELD(kvm_irqfd, flags);
  SIZE(kvm_ioeventfd); FIELD(kvm_ioeventfd, datamatch); FIELD(kvm_ioeventfd, addr);
  FIELD(kvm_ioeventfd, len); FIELD(kvm_ioeventfd, fd); FIELD(kvm_ioeventfd, flags);
  SIZE(kvm_irq_routing); FIELD(kvm_irq_routing, nr); FIELD(kvm_irq_routing, entries);
  SIZE(kvm_irq_routing_entry); FIELD(kvm_irq_routing_entry, gsi);
  FIELD(kvm_irq_routing_entry, type); FIELD(kvm_irq_routing_entry, flags);
  FIELD(kvm_irq_routing_entry, u.msi.address_lo); FIELD(kvm_irq_routing_entry, u.msi.address_hi);
  FIELD(kvm_irq_routing_entry, u.msi.data);
  SIZE(kvm_msi); FIELD(kvm_msi, address_lo); FIELD(kvm_msi, address_hi); FIELD(kvm_msi, data);
  SIZE(kvm_cpuid2); FIELD(kvm_cpuid2, nent); FIELD(kvm_cpuid2, entries);
  SIZE(kvm_cpuid_entry2); FIELD(kvm_cpuid_entry2, function); FIELD(kvm_cpuid_entry2, index);
  FIELD(kvm_cpuid_entry2, flags); FIELD(kvm_cpuid_entry2, eax); FIELD(kvm_cpuid_entry2, edx);
  SIZE(kvm_msrs); FIELD(kvm_msrs, nmsrs); FIELD(kvm_msrs, entries);
  SIZE(kvm_msr_entry); FIELD(kvm_msr_entry, index); FIELD(kvm_msr_entry, data);
  SIZE(kvm_msr_list); FIELD(kvm_msr_list, nmsrs); FIELD(kvm_msr_list, indices);
  SIZE(kvm_regs); FIELD(kvm_regs, rax); FIELD(kvm_regs, rbx); FIELD(kvm_regs, rcx);
  FIELD(kvm_regs, rdx); FIELD(kvm_regs, rsi); FIELD(kvm_regs, rdi); FIELD(kvm_regs, rsp);
  FIELD(kvm_regs, rbp); FIELD(kvm_regs, r8); FIELD(kvm_regs, r15); FIELD(kvm_regs, rip);
  FIELD(kvm_regs, rflags);
  SIZE(kvm_sregs); FIELD(kvm_sregs, cs); FIELD(kvm_sregs, ds); FIELD(kvm_sregs, es);
  FIELD(kvm_sregs, fs); FIELD(kvm_sregs, gs); FIELD(kvm_sregs, ss); FIELD(kvm_sregs, tr);
  FIELD(kvm_sregs, ldt); FIELD(kvm_sregs, gdt); FIELD(kvm_sregs, idt); FIELD(kvm_sregs, cr0);
  FIELD(kvm_sregs, cr2); FIELD(kvm_sregs, cr3); FIELD(kvm_sregs, cr4); FIELD(kvm_sregs, cr8);
  FIELD(kvm_sregs, efer); FIELD(kvm_sregs, apic_base); FIELD(kvm_sregs, interrupt_bitmap);
  SIZE(kvm_segment); FIELD(kvm_segment, base); FIELD(kvm_segment, limit);
  FIELD(kvm_segment, selector); FIELD(kvm_segment, type); FIELD(kvm_segment, present);
  FIELD(kvm_segment, dpl); FIELD(kvm_segment, db); FIELD(kvm_segment, s); FIELD(kvm_segment, l);
  FIELD(kvm_segment, g); FIELD(kvm_segment, avl); FIELD(kvm_segment, unusable);
  SIZE(kvm_dtable); FIELD(kvm_dtable, base); FIELD(kvm_dtable, limit);
  SIZE(kvm_fpu); FIELD(kvm_fpu, fcw); FIELD(kvm_fpu, mxcsr);
  SIZE(kvm_lapic_state); SIZE(kvm_mp_state); SIZE(kvm_vcpu_events); SIZE(kvm_debugregs);
  SIZE(kvm_xsave); SIZE(kvm_xcrs); SIZE(kvm_clock_data); FIELD(kvm_clock_data, flags);
  FIELD(kvm_signal_mask, sigset);
  return 0;
}
