/*
 * Javisor's guest agent. It runs commands, copies files and relays TCP for the host, over vsock; nobody else can reach
 * it. One static program, so that a guest needs nothing but a kernel.
 */
#include "agent.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: agent --daemon | --unix PATH | --version\n"
    "\n"
    "Javisor's guest agent. As process 1 (rdinit=) it reads /javisor/agent.conf.\n"
    "  --daemon     go to the background and serve the host over vsock\n"
    "  --unix PATH  serve a Unix socket, for tests; ends when standard input, if it is a pipe, does\n"
    "  --version    print the build's identity\n";

int main(int argc, char **argv, char **envp)
{
    claim_standard_streams();
    if (getpid() == 1)
        init_run(argv, envp);
    if (argc == 2 && strcmp(argv[1], "--daemon") == 0)
        return daemon_run_detached();
    if (argc == 3 && strcmp(argv[1], "--unix") == 0)
        return daemon_run_unix(argv[2]);
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("javisor agent, protocol %d, build %s\n", PROTOCOL_VERSION, BUILD_ID);
        return 0;
    }
    fputs(usage, stderr);
    return 64;
}
