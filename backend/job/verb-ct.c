#include "backend/job/verb.h"

#include "backend/base/file.h"
#include "backend/base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFS    "/etc/pve/lxc" /* a link to nodes/NODE/lxc */
#define CONF_MAX (1 << 20)      /* the limit of a file in /etc/pve */

int verb_ct_open(struct verb_ct *ct, const struct root *root, int vmid, struct err *err)
{
    *ct = (struct verb_ct){.vmid = vmid, .text = BUF_INIT};
    snprintf(ct->name, sizeof(ct->name), "%d.conf", vmid);
    ct->dir = root_openat(root, CONFS, O_RDONLY | O_DIRECTORY, 0);
    return ct->dir < 0 ? err_sys(err, ct->dir, "Could not open " CONFS ", the folder of this node's CTs") : 0;
}

int verb_ct_read(struct verb_ct *ct, struct err *err)
{
    int fd = openat(ct->dir, ct->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    ctconf_clear(&ct->conf);
    buf_reset(&ct->text);
    ct->there = fd >= 0;
    if (fd < 0)
        return errno == ENOENT ? 0 : err_sys(err, -errno, "Could not open the conf of CT %d", ct->vmid);
    int rc = file_read_fd(fd, CONF_MAX, &ct->text);
    close(fd);
    if (rc < 0)
        return err_sys(err, rc, "Could not read the conf of CT %d", ct->vmid);
    return ctconf_parse(ct->text.s, ct->text.len, &ct->conf, err);
}

static void add_tmp(const struct verb_ct *ct, char *out, size_t size)
{
    snprintf(out, size, "%s.tmp.tengil", ct->name);
}

/* base's file_write names its temporary file after the process; this one has one name, so that an undo finds it. The
 * caller holds Proxmox's lock of the conf. */
int verb_ct_write(const struct verb_ct *ct, const struct buf *text, struct err *err)
{
    char tmp[64];
    struct stat st;
    mode_t mode = fstatat(ct->dir, ct->name, &st, AT_SYMLINK_NOFOLLOW) ? 0640 : st.st_mode & 07777;

    add_tmp(ct, tmp, sizeof(tmp));
    int fd = openat(ct->dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    int rc = fd < 0 ? -errno : file_write_all(fd, text->s, text->len);
    /* pmxcfs refuses chmod, and gives every file its own mode. */
    if (rc == 0 && fchmod(fd, mode) && errno != EPERM && errno != ENOSYS)
        rc = -errno;
    if (rc == 0 && fsync(fd) && errno != EINVAL)
        rc = -errno;
    if (fd >= 0 && close(fd) && rc == 0)
        rc = -errno;
    if (rc == 0 && renameat(ct->dir, tmp, ct->dir, ct->name))
        rc = -errno;
    if (rc < 0)
        unlinkat(ct->dir, tmp, 0);
    else
        fsync(ct->dir);
    return rc < 0 ? err_sys(err, rc, "Could not write the conf of CT %d", ct->vmid) : 0;
}

void verb_ct_tidy(const struct verb_ct *ct)
{
    char tmp[64];

    add_tmp(ct, tmp, sizeof(tmp));
    unlinkat(ct->dir, tmp, 0);
}

void verb_ct_close(struct verb_ct *ct)
{
    ctconf_clear(&ct->conf);
    buf_clear(&ct->text);
    if (ct->dir >= 0)
        close(ct->dir);
    ct->dir = -1;
}

bool verb_ct_is_of(const struct verb_ct *ct, const char *plan)
{
    struct ctconf_mark mark = {0};

    if (!ct->there || !ct->conf.description || !ctconf_mark(ct->conf.description, &mark))
        return false;
    bool ours = mark.plan && strcmp(mark.plan, plan) == 0;
    ctconf_mark_clear(&mark);
    return ours;
}

bool verb_ct_runs(int vmid)
{
    struct argv argv = ARGV_INIT;
    struct spawn_result result = SPAWN_RESULT_INIT;

    argv_push_all(&argv, "pct", "status", (char *)NULL);
    argv_pushf(&argv, "%d", vmid);
    int rc = spawn_capture(&argv, 4096, 60000, &result, NULL);
    bool runs = rc == 0 && result.exit == 0 && strncmp(result.out.s, "status: running", 15) == 0;
    argv_clear(&argv);
    spawn_result_clear(&result);
    return runs;
}
