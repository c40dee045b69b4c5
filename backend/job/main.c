#include "backend/base/num.h"
#include "backend/job/supervise.h"

#include <stdio.h>
#include <string.h>

/* tengil-job: the supervisor of jobs, and the steps of a plan that no tool of the host does (verbs). Started by the
 * library and by plans, not by people. */

static int usage(void)
{
    fputs("usage: tengil-job run|undo FOLDER [REPORT-FD]\n", stderr);
    return 2;
}

static int supervise(int argc, char **argv)
{
    int64_t report = -1;

    if (argc < 3 || argc > 4 || (argc == 4 && !num_parse(argv[3], 3, 1 << 20, &report)))
        return usage();
    return strcmp(argv[1], "run") == 0 ? supervise_run(argv[2], (int)report) : supervise_undo(argv[2], (int)report);
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "run") == 0 || strcmp(argv[1], "undo") == 0))
        return supervise(argc, argv);
    return usage();
}
