#include "agent.h"
#include <errno.h>
#include <unistd.h>
void init_run(char **a, char **e){(void)a;(void)e;_exit(1);}
