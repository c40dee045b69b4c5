#include "backend/base/fault.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Not in the product: linked into programs that are built with -DTENGIL_FAULTS (tests/faulty). */
#ifdef TENGIL_FAULTS

static void happen(const char *what, const char *moment, const char *how)
{
    fflush(stdout);
    fprintf(stderr, "fault: %s %s %s\n", what, moment, how);
    if (strcmp(how, "exit") == 0)
        _exit(1);
    if (strcmp(how, "term") == 0)
        raise(SIGTERM);
    if (strcmp(how, "kill") == 0)
        raise(SIGKILL);
    for (;;)
        pause();
}

void fault_point(const char *what, const char *moment)
{
    const char *path = getenv("TENGIL_FAULT_FILE");
    FILE *file = path ? fopen(path, "re") : NULL;
    char line[256], at[64], when[16], how[16];

    while (file && fgets(line, sizeof(line), file)) {
        if (sscanf(line, "%63s %15s %15s", at, when, how) != 3 || strcmp(at, what) != 0 || strcmp(when, moment) != 0)
            continue;
        fclose(file);
        happen(what, moment, how);
        return;
    }
    if (file)
        fclose(file);
}

#else
typedef int fault_not_built; /* a translation unit may not be empty */
#endif
