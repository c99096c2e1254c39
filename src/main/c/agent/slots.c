/*
 * A table in memory that the daemon shares with the processes that serve its connections: so it knows what to kill when
 * one of them is itself killed, by the kernel for want of memory, say.
 */
#include "agent.h"

#include <sys/mman.h>

struct slot {
    volatile pid_t handler;
    volatile pid_t session;
};

static struct slot *slots;

int slots_make(void)
{
    slots = mmap(NULL, SLOTS * sizeof *slots, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return slots == MAP_FAILED ? -1 : 0;
}

int slots_free(void)
{
    int count = 0;
    for (int i = 0; i < SLOTS; i++)
        count += slots[i].handler == 0;
    return count;
}

int slot_take(void)
{
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].handler == 0) {
            slots[i].session = 0;
            return i;
        }
    }
    return -1;
}

void slot_set_handler(int slot, pid_t handler) { slots[slot].handler = handler; }

void slot_set_session(int slot, pid_t session) { slots[slot].session = session; }

void slot_release(pid_t handler, bool killed)
{
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].handler == handler) {
            if (killed)
                kill_session(slots[i].session);
            slots[i].handler = 0;
            return;
        }
    }
}

void slots_kill_all(void)
{
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].handler != 0)
            kill_session(slots[i].session);
    }
}
