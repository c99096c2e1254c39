/* The parts of the first process. */
#ifndef JAVISOR_INIT_H
#define JAVISOR_INIT_H

#include "agent.h"

/* To the console: what failed, and why (errno). */
void complain(const char *what, const char *path);

/* Leaves the daemon behind, as a child. */
void start_daemon(char **argv, uint16_t flags);

/* standalone.c: a small init of our own. */
void standalone_prepare(void);
_Noreturn void standalone_run(void);

/* The guest's own loopback interface, where no other init brings it up. */
void bring_up_loopback(void);

/* dhcp.c: gives network interfaces the addresses that a server has for them; waits 2 s at most. */
void networks_configure(void);

/* root.c: the way to a disk's root. */
_Noreturn void root_run(char **argv, char **envp);

/* blockdev.c: the path of the device that root= names, or false while there is none. */
bool device_find(const char *wanted, char *path, size_t size);
/* Tells the console which block devices there are. */
void devices_list(void);

#endif
