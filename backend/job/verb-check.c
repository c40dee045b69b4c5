#include "backend/job/verb.h"

#include "backend/base/hash.h"
#include "backend/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Looks that a plan takes before or after a step: is the CT still the one that was confirmed, is the file there. */

static int same(const struct root *root, int vmid, const char *sha1, struct err *err)
{
    struct verb_ct ct;
    int rc = verb_ct_open(&ct, root, vmid, err);

    if (rc < 0)
        return rc;
    rc = verb_ct_read(&ct, err);
    if (rc == 0 && !ct.there)
        rc = err_set(err, -ENOENT, "There is no CT %d on this node any more.", vmid);
    else if (rc == 0 && strcmp(ct.conf.sha1, sha1) != 0)
        rc = err_set(err, -ESTALE,
                     "CT %d was changed since this was confirmed, so nothing was done. Look at it, and confirm anew.",
                     vmid);
    verb_ct_close(&ct);
    return rc;
}

int verb_same(int argc, char **argv)
{
    int vmid = argc == 2 ? verb_vmid(argv[0]) : 0;
    struct root root;
    struct err err = {0};

    if (!vmid || strlen(argv[1]) != HASH_SHA1_HEX || strspn(argv[1], "0123456789abcdef") != HASH_SHA1_HEX)
        return VERB_USAGE;
    int rc = root_open(&root, NULL, &err);
    if (rc < 0)
        return verb_fail(&err);
    rc = same(&root, vmid, argv[1], &err);
    root_close(&root);
    if (rc < 0)
        return verb_fail(&err);
    verb_say("CT %d is as it was.", vmid);
    return 0;
}

int verb_present(int argc, char **argv)
{
    struct root root;
    struct stat st;
    struct err err = {0};

    if (argc != 1 || argv[0][0] != '/')
        return VERB_USAGE;
    if (root_open(&root, NULL, &err) < 0)
        return verb_fail(&err);
    int rc = root_stat(&root, argv[0], &st);
    root_close(&root);
    if (rc == -ENOENT || (rc == 0 && (!S_ISREG(st.st_mode) || st.st_size == 0)))
        verb_say("%s is not there: the download did not succeed, whatever its exit code was.", argv[0]);
    else if (rc < 0)
        verb_say("%s cannot be looked at: %s.", argv[0], strerrordesc_np(-rc));
    else
        verb_say("%s is there.", argv[0]);
    return rc < 0 || !S_ISREG(st.st_mode) || st.st_size == 0;
}
