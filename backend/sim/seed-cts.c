#include "backend/sim/seed.h"

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/places.h"
#include "backend/base/text.h"
#include "backend/sim/figures.h"
#include "backend/sim/image.h"
#include "backend/sim/put.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The CTs: conf, volumes, and the kernel's files of those that run on this node. */

/* As Proxmox writes a line of a description. */
static void add_encoded(struct buf *out, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        buf_addf(out, *p < 32 || *p > 126 || *p == '%' || *p == ':' ? "%%%02X" : "%c", *p);
}

/* Our mark, as a create of ours leaves it. */
static void add_mark(struct buf *out, const struct seed_ct *ct)
{
    char digest[HASH_SHA256_HEX + 1], plan[HASH_SHA256_HEX + 1];
    seed_digest(ct->image, digest);
    hash_sha256(ct->name, strlen(ct->name), plan);
    char *mark = mem_printf("tengil-tui: image=%s digest=sha256:%s plan=%.16s", ct->image, digest, plan);
    buf_addch(out, '#');
    add_encoded(out, mark);
    buf_addch(out, '\n');
    free(mark);
}

/* Words as pct joins them: what a shell would split is quoted. */
static void add_words(struct buf *out, const char *const *words, bool *first)
{
    for (size_t i = 0; i < SIM_APP_LIST && words[i]; i++) {
        buf_addf(out, strpbrk(words[i], " ;'\"$") ? "%s'%s'" : "%s%s", *first ? "" : " ", words[i]);
        *first = false;
    }
}

static void add_entrypoint(struct buf *out, const struct seed_ct *ct, const struct sim_app *app)
{
    bool first = true;
    buf_adds(out, "entrypoint: ");
    if (ct->run) {
        buf_adds(out, ct->run);
    } else {
        add_words(out, app->entrypoint, &first);
        add_words(out, app->cmd, &first);
    }
    buf_addch(out, '\n');
}

static void add_net(struct buf *out, const struct seed_ct *ct, bool oci)
{
    char made[24];
    snprintf(made, sizeof(made), "BC:24:11:%02X:%02X:%02X", ct->vmid * 37 % 256, ct->vmid * 151 % 256, ct->vmid % 256);
    /* Those of the other node have fixed addresses, so that they can be known here. */
    bool fixed = strcmp(ct->node, SEED_OTHER_NODE) == 0 && ct->host;
    buf_adds(out, "net0: name=eth0,bridge=vmbr0");
    if (fixed)
        buf_adds(out, ",gw=192.168.1.1");
    if (oci)
        buf_adds(out, ",host-managed=1");
    buf_addf(out, ",hwaddr=%s,", ct->mac ? ct->mac : made);
    if (fixed)
        buf_addf(out, "ip=192.168.1.%u/24", ct->host);
    else
        buf_adds(out, "ip=dhcp");
    buf_adds(out, ",type=veth\n");
}

/* Of the image first, then what is set for this CT: a variable of both has the value of the second. */
static void add_env(struct buf *out, const struct seed_ct *ct, const struct sim_app *app)
{
    const char *version = strrchr(ct->image, ':') + 1;
    for (size_t i = 0; app && i < SIM_APP_LIST && app->env[i]; i++) {
        size_t name = strcspn(app->env[i], "=") + 1;
        bool set_here = false;
        for (size_t k = 0; k < SEED_ENV && ct->env[k]; k++)
            set_here |= strncmp(ct->env[k], app->env[i], name) == 0;
        if (!set_here)
            buf_addf(out, "lxc.environment.runtime: %.*s%s\n", (int)name, app->env[i],
                     strcmp(app->env[i] + name, "@") == 0 ? version : app->env[i] + name);
    }
    for (size_t k = 0; k < SEED_ENV && ct->env[k]; k++)
        buf_addf(out, "lxc.environment.runtime: %s\n", ct->env[k]);
}

static void add_conf(struct buf *out, const struct seed_ct *ct)
{
    const char *tag = strrchr(ct->image, ':');
    char *name = tag ? mem_dup(ct->image, (size_t)(tag - ct->image)) : mem_strdup("");
    const struct sim_app *app = sim_app(name);
    bool oci = tag != NULL;
    if (oci)
        add_mark(out, ct);
    buf_adds(out, "arch: amd64\n");
    if (oci)
        buf_adds(out, "cmode: console\n");
    buf_addf(out, "cores: %u\n", ct->cores);
    if (ct->gpu)
        buf_adds(out, "dev0: /dev/dri/renderD128,gid=0,mode=0660,uid=0\n");
    if (oci)
        add_entrypoint(out, ct, app);
    buf_addf(out, "features: nesting=1\nhostname: %s\n", ct->name);
    if (ct->lock)
        buf_addf(out, "lock: %s\n", ct->lock);
    buf_addf(out, "memory: %u\n", ct->memory_max);
    for (size_t i = 0; i < SEED_MOUNTS && ct->mounts[i]; i++)
        buf_addf(out, "mp%zu: %s\n", i, ct->mounts[i]);
    add_net(out, ct, oci);
    buf_addf(out, "onboot: 1\nostype: %s\nrootfs: local-lvm:vm-%d-disk-0,size=%uG\nswap: %u\n", ct->ostype, ct->vmid,
             ct->disk_max, ct->swap_max);
    if (ct->tags)
        buf_addf(out, "tags: %s\n", ct->tags);
    buf_adds(out, "unprivileged: 1\n");
    if (oci)
        add_env(out, ct, app);
    if (app && app->workdir)
        buf_addf(out, "lxc.init.cwd: %s\n", app->workdir);
    if (oci)
        buf_addf(out, "lxc.signal.halt: %s\n", app && app->stop_signal ? app->stop_signal : "SIGTERM");
    free(name);
}

/* Volumes of storages without a path stand below .sim/volumes (see storage.h). */
static int put_volumes(int root, const struct seed_ct *ct, struct err *err)
{
    char *path = mem_printf(".sim/volumes/local-lvm/vm-%d-disk-0", ct->vmid);
    int rc = sim_putf(root, path, err, "%llu\n", ct->disk_max * GIB);
    free(path);
    for (size_t i = 0; i < SEED_MOUNTS && ct->mounts[i] && !rc; i++) {
        const char *volume, *size = strstr(ct->mounts[i], ",size=");
        uint64_t bytes = 0;
        if (!text_starts(ct->mounts[i], "tank:", &volume))
            continue;
        char *name = mem_dup(volume, strcspn(volume, ",")), *folder = mem_printf(".sim/volumes/tank/%s", name);
        char *note = mem_printf(".sim/volumes/tank/.%s", name);
        num_parse_size(size ? size + strlen(",size=") : "0", 1, &bytes);
        rc = file_make_dirs(root, folder, 0755, err);
        if (!rc)
            rc = sim_putf(root, note, err, "%llu\n", (unsigned long long)bytes);
        free(name);
        free(folder);
        free(note);
    }
    return rc;
}

static int put_running(int root, const struct seed_ct *ct, struct err *err)
{
    char address[32];
    int64_t uptime = (int64_t)ct->up_minutes * 60;
    snprintf(address, sizeof(address), "192.168.1.%u/24", ct->host);
    struct sim_figures figures = {
        .vmid = ct->vmid,
        .memory = ct->memory * MIB,
        .memory_max = ct->memory_max * MIB,
        .swap_max = ct->swap_max * MIB,
        .cpu_usec = (uint64_t)(ct->cpu * ct->cores * (double)uptime * 1e6),
        .net_in = ct->memory * 411 * 1024ull,
        .net_out = ct->memory * 97 * 1024ull,
        .disk_read = ct->memory * 173 * 1024ull,
        .disk_write = ct->memory * 204 * 1024ull,
        .since = places_now() - uptime,
        .address = address,
    };
    return sim_figures_start(root, &figures, err);
}

int seed_ct_files(int root, bool empty, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < seed_ncts && !rc && !empty; i++) {
        const struct seed_ct *ct = &seed_cts[i];
        bool here = strcmp(ct->node, SEED_NODE) == 0;
        struct buf conf = BUF_INIT;
        char *path = mem_printf("etc/pve/nodes/%s/lxc/%d.conf", ct->node, ct->vmid);
        add_conf(&conf, ct);
        rc = sim_put(root, path, 0640, conf.s, conf.len, err);
        if (!rc && here)
            rc = put_volumes(root, ct, err);
        if (!rc && here && ct->running)
            rc = put_running(root, ct, err);
        free(path);
        buf_clear(&conf);
    }
    return rc;
}
