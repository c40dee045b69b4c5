/* Pools in /etc/pve/user.cfg: `pool:NAME:COMMENT:VMIDS:STORAGES:`. */
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/sim/pct.h"
#include "backend/sim/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USER_CFG "/etc/pve/user.cfg"

/* The n-th part of a line that colons part, as a copy; "" when there is none. */
static char *part(const char *line, int n)
{
    while (n-- > 0 && line != NULL) {
        line = strchr(line, ':');
        line = line != NULL ? line + 1 : NULL;
    }
    return line != NULL ? mem_dup(line, strcspn(line, ":\n")) : mem_strdup("");
}

bool pct_pool_exists(struct sim *s, const char *pool)
{
    struct buf text = BUF_INIT;
    bool found = false;
    sim_read(s, USER_CFG, &text);
    char *rest = text.s, *line;
    while ((line = strsep(&rest, "\n")) != NULL && !found) {
        char *name = part(line, 1);
        found = strncmp(line, "pool:", 5) == 0 && strcmp(name, pool) == 0;
        free(name);
    }
    buf_clear(&text);
    return found;
}

/* A pool's line with the guest taken out, or put in when it is the pool that is meant. */
static void print_pool(const char *line, const char *pool, long long vmid, struct buf *out)
{
    char *name = part(line, 1), *comment = part(line, 2), *list = part(line, 3), *storages = part(line, 4);
    struct argv ids = ARGV_INIT;
    struct buf now = BUF_INIT;
    bool in = pool != NULL && strcmp(name, pool) == 0;
    sim_split(list, &ids);
    for (size_t i = 0; i < ids.n; i++) {
        long long id = strtoll(ids.v[i], NULL, 10);
        if (in && id > vmid) {
            buf_addf(&now, "%s%lld", now.len > 0 ? "," : "", vmid);
            in = false;
        }
        if (id != vmid)
            buf_addf(&now, "%s%lld", now.len > 0 ? "," : "", id);
    }
    if (in)
        buf_addf(&now, "%s%lld", now.len > 0 ? "," : "", vmid);
    buf_addf(out, "pool:%s:%s:%s:%s:\n", name, comment, now.s, storages);
    free(name);
    free(comment);
    free(list);
    free(storages);
    argv_clear(&ids);
    buf_clear(&now);
}

void pct_pool_change(struct sim *s, const char *pool, long long vmid)
{
    /* The file is written kind by kind, with an empty line between them. */
    static const char *const kinds[][2] = {
        {"user:", "token:"}, {"group:", NULL}, {"pool:", NULL}, {"role:", NULL}, {"acl:", NULL}};
    struct buf text = BUF_INIT, out = BUF_INIT;
    if (sim_read(s, USER_CFG, &text) < 0)
        return;
    for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        if (k > 0)
            buf_addch(&out, '\n');
        char *copy = mem_strdup(text.s), *rest = copy, *line;
        while ((line = strsep(&rest, "\n")) != NULL) {
            bool mine = strncmp(line, kinds[k][0], strlen(kinds[k][0])) == 0 ||
                        (kinds[k][1] != NULL && strncmp(line, kinds[k][1], strlen(kinds[k][1])) == 0);
            if (mine && k == 2)
                print_pool(line, pool, vmid, &out);
            else if (mine)
                buf_addf(&out, "%s\n", line);
        }
        free(copy);
    }
    sim_write(s, USER_CFG, 0640, out.s, out.len);
    buf_clear(&text);
    buf_clear(&out);
}
