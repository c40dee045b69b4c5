#include "backend/job/verb.h"

#include "backend/base/fault.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Undos of pull, archive and download: what is half written goes, what is finished stays and is named. */

/* Of a download, NAME.tmp_dwnl.PID; one whose process lives is somebody else's, since ours has ended. */
static bool is_download(const char *file, const char *name)
{
    const char *rest;
    int64_t pid;

    return text_starts(file, name, &rest) && text_starts(rest, ".tmp_dwnl.", &rest) &&
           !(num_parse(rest, 1, INT32_MAX, &pid) && kill((pid_t)pid, 0) == 0);
}

/* Removes what a step left beside DEST: DEST.tmp.PLAN of an archive, or what a download left (plan NULL). Says what
 * stays. */
static int tidy(const char *dest, const char *plan, struct err *err)
{
    struct root root;
    struct argv names = ARGV_INIT;
    struct stat st;
    const char *name = NULL;
    int rc = root_open(&root, NULL, err);

    if (rc < 0)
        return rc;
    int dir = verb_parent(&root, dest, false, &name, err);
    rc = dir < 0 ? (dir == -ENOENT ? 0 : dir) : file_list(dir, ".", &names, err);
    char *tmp = mem_printf("%s.tmp.%s", name ? name : "", plan ? plan : "");
    fault_point(plan ? "undo-archive" : "undo-download", "during");
    for (size_t i = 0; i < names.n && rc == 0; i++)
        if (plan ? strcmp(names.v[i], tmp) == 0 : is_download(names.v[i], name))
            rc = file_remove_tree(dir, names.v[i], err);
    if (rc == 0 && dir >= 0 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        verb_say("kept: %s is complete and stays for the next try.", dest);
    else if (rc == 0)
        verb_say("Nothing of %s is left.", dest);
    free(tmp);
    argv_clear(&names);
    if (dir >= 0)
        close(dir);
    root_close(&root);
    return rc;
}

int verb_undo_archive(int argc, char **argv)
{
    struct err err = {0};

    if (argc != 3 || strcmp(argv[0], "--plan") != 0 || !verb_plan_ok(argv[1]) || argv[2][0] != '/')
        return VERB_USAGE;
    return tidy(argv[2], argv[1], &err) < 0 ? verb_fail(&err) : 0;
}

/* pveam loads to NAME.tmp_dwnl.PID and renames. */
int verb_undo_download(int argc, char **argv)
{
    struct err err = {0};

    if (argc != 1 || argv[0][0] != '/')
        return VERB_USAGE;
    return tidy(argv[0], NULL, &err) < 0 ? verb_fail(&err) : 0;
}

int verb_undo_pull(int argc, char **argv)
{
    struct err err = {0};

    if (argc != 1 || !verb_pull_ok(argv[0]))
        return VERB_USAGE;
    fault_point("undo-pull", "during");
    if (file_remove_tree(AT_FDCWD, argv[0], &err) < 0)
        return verb_fail(&err);
    verb_say("What was half fetched is removed; finished layers stay in the cache for the next try.");
    return 0;
}
