#include "backend/base/fault.h"
#include "backend/base/num.h"
#include "backend/job/supervise.h"
#include "backend/job/verb.h"

#include <stdio.h>
#include <string.h>

/* tengil-job: the supervisor of jobs, and the steps of a plan that no tool of the host does (verbs). Started by the
 * library and by plans, not by people. */

static const struct verb verbs[] = {
    {"archive", "--reference REF --arch ARCH --plan ID --blobs FOLDER PULLED DEST.tar", verb_archive},
    {"env", "VMID NAME=VALUE|NAME=@/FILE|NAME=@@LITERAL …", verb_env},
    {"present", "PATH", verb_present},
    {"same", "VMID SHA1", verb_same},
    {"undo-archive", "--plan ID DEST.tar", verb_undo_archive},
    {"undo-create", "VMID PLAN", verb_undo_create},
    {"undo-destroy", "VMID", verb_undo_destroy},
    {"undo-download", "PATH", verb_undo_download},
    {"undo-protection", "VMID", verb_undo_protection},
    {"undo-pull", "PULLED", verb_undo_pull},
    {"undo-set", "VMID PLAN BEFORE KEY=VALUE …", verb_undo_set},
    {"undo-shutdown", "VMID", verb_undo_shutdown},
};
#define NVERBS (sizeof(verbs) / sizeof(verbs[0]))

static int usage(void)
{
    fputs("usage: tengil-job run|undo FOLDER [REPORT-FD]\n", stderr);
    for (size_t i = 0; i < NVERBS; i++)
        fprintf(stderr, "       tengil-job %s %s\n", verbs[i].name, verbs[i].usage);
    return 2;
}

static int supervise(int argc, char **argv)
{
    int64_t report = -1;

    if (argc < 3 || argc > 4 || (argc == 4 && !num_parse(argv[3], 3, 1 << 20, &report)))
        return usage();
    return strcmp(argv[1], "run") == 0 ? supervise_run(argv[2], (int)report) : supervise_undo(argv[2], (int)report);
}

static int run_verb(const struct verb *verb, int argc, char **argv)
{
    fault_point(verb->name, "before");
    int code = verb->run(argc, argv);
    if (code == VERB_USAGE)
        fprintf(stderr, "usage: tengil-job %s %s\n", verb->name, verb->usage);
    fault_point(verb->name, "after");
    return code;
}

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "run") == 0 || strcmp(argv[1], "undo") == 0))
        return supervise(argc, argv);
    for (size_t i = 0; i < NVERBS && argc > 1; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return run_verb(&verbs[i], argc - 2, argv + 2);
    return usage();
}
