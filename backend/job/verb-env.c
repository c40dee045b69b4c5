#include "backend/job/verb.h"

#include "backend/base/fault.h"
#include "backend/base/file.h"
#include "backend/base/lock.h"
#include "backend/base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Environment of a CT. `pct set --env` can hold one variable only and replaces those of the image, so the lines are
 * written into the conf, under Proxmox's own lock (recorded from pct 6.1.10: flock, 10 s).
 */
#define LOCK_MS   10000
#define VALUE_MAX 65536

static size_t name_len(const char *word)
{
    size_t n = 0;

    if (isalpha((unsigned char)word[0]) || word[0] == '_')
        while (isalnum((unsigned char)word[n]) || word[n] == '_')
            n++;
    return word[n] == '=' ? n : 0;
}

/* A secret stands in a file, not in the argument; without its last line feed. */
static int read_value(const char *path, struct buf *out, struct err *err)
{
    int rc = file_read(AT_FDCWD, path, VALUE_MAX, out, err);

    if (rc == 0 && buf_ends_with(out, "\n"))
        buf_cut(out, out->len - 1);
    if (rc == 0 && memchr(out->s, '\0', out->len))
        return err_set(err, -EINVAL, "%s holds a NUL, which no variable can.", path);
    return rc;
}

/* What a file held can break the conf as well as an argument; the name is shown, the value may be a secret. */
static int check_value(const char *word, size_t name, struct err *err)
{
    for (const char *p = word + name + 1; *p; p++)
        if (((unsigned char)*p < 0x20 && *p != '\t') || *p == 0x7f)
            return err_set(err, -EINVAL, "The value of %.*s holds a line feed or another control character.", (int)name,
                           word);
    return 0;
}

/* NAME=VALUE, NAME=@/FILE or NAME=@@… for a value that begins with @. */
static int add_var(struct argv *vars, const char *word, struct err *err)
{
    size_t name = name_len(word);
    const char *value = word + name + 1;
    struct buf read = BUF_INIT;
    int rc = 0;

    if (!name)
        return err_set(err, -EINVAL, "%.*s is no name of a variable: letters, digits and _ make one.",
                       (int)strcspn(word, "="), word);
    if (value[0] == '@' && value[1] == '/')
        rc = read_value(value + 1, &read, err);
    else if (value[0] == '@' && value[1] == '@')
        buf_adds(&read, value + 1);
    else if (value[0] == '@')
        rc = err_set(err, -EINVAL, "%.*s: a file is named @/PATH; a value that begins with @ is written @@…", (int)name,
                     word);
    else
        buf_adds(&read, value);
    if (rc == 0)
        argv_pushf(vars, "%.*s=%s", (int)name, word, read.s);
    if (rc == 0)
        rc = check_value(vars->v[vars->n - 1], name, err);
    buf_clear(&read);
    return rc;
}

static int lock_conf(const struct root *root, int vmid, struct err *err)
{
    char *path = mem_printf("/run/lock/lxc/pve-config-%d.lock", vmid);
    const char *name = NULL;
    int dir = verb_parent(root, path, true, &name, err);
    int fd = dir < 0 ? dir : lock_flock(dir, name, LOCK_MS, err);

    if (fd == -ETIMEDOUT)
        err_set(err, fd, "CT %d is being changed by another program, which has kept its conf locked for over %d s.",
                vmid, LOCK_MS / 1000);
    if (dir >= 0)
        close(dir);
    free(path);
    return fd;
}

static int edit(struct verb_ct *ct, const struct argv *vars, struct err *err)
{
    struct buf text = BUF_INIT;
    int rc = verb_ct_read(ct, err);

    if (rc < 0)
        return rc;
    if (!ct->there)
        return err_set(err, -ENOENT, "There is no CT %d on this node.", ct->vmid);
    const char *lock = ctconf_get(&ct->conf, "lock");
    if (lock)
        return err_set(err, -EBUSY, "CT %d is locked (%s).", ct->vmid, lock);
    rc = ctconf_edit_env(ct->text.s, ct->text.len, vars, &text, err);
    fault_point("env", "during");
    if (rc == 0)
        rc = verb_ct_write(ct, &text, err);
    buf_clear(&text);
    return rc;
}

static int set_env(int vmid, const struct argv *vars, struct err *err)
{
    struct root root;
    struct verb_ct ct;
    int rc = root_open(&root, NULL, err);

    if (rc < 0)
        return rc;
    int lock = lock_conf(&root, vmid, err);
    rc = lock < 0 ? lock : verb_ct_open(&ct, &root, vmid, err);
    if (rc >= 0) {
        rc = edit(&ct, vars, err);
        verb_ct_close(&ct);
    }
    if (lock >= 0)
        close(lock);
    root_close(&root);
    return rc;
}

int verb_env(int argc, char **argv)
{
    struct argv vars = ARGV_INIT;
    struct err err = {0};
    int vmid = argc >= 2 ? verb_vmid(argv[0]) : 0;
    int rc = 0;

    if (!vmid)
        return VERB_USAGE;
    for (int i = 1; i < argc && rc == 0; i++)
        rc = add_var(&vars, argv[i], &err);
    if (rc == 0)
        rc = set_env(vmid, &vars, &err);
    if (rc == 0)
        verb_say("CT %d has %zu variable%s more in its environment.", vmid, vars.n, vars.n == 1 ? "" : "s");
    argv_clear(&vars);
    return rc < 0 ? verb_fail(&err) : 0;
}
