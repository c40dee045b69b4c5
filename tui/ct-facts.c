#include "tui/ct-facts.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "tui/fmt.h"
#include "tui/job-words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOBS_SHOWN  4
#define MOUNTS_TEXT 21 /* paths want more room than labels */

void ct_history_add(struct ct_history *h, double cpu)
{
    const int max = sizeof(h->v) / sizeof(h->v[0]);
    if (cpu < 0)
        return;
    if (h->n == max)
        memmove(h->v, h->v + 1, (size_t)(--h->n) * sizeof(h->v[0]));
    h->v[h->n++] = cpu;
}

static const char *conf(const struct ct *ct, const char *key)
{
    const char *value = ct->conf ? ctconf_get(ct->conf, key) : NULL;
    return value ? value : "";
}

/* --- the line above --- */

static void add_state(struct buf *out, const struct ct *ct)
{
    static const char *const names[] = {[CT_UNKNOWN] = "unknown", [CT_STOPPED] = "stopped", [CT_RUNNING] = "running"};
    buf_adds(out, names[ct->state]);
    if (ct->state == CT_RUNNING && ct->uptime != HOST_UNKNOWN) {
        buf_addch(out, ' ');
        num_add_duration(out, (int64_t)ct->uptime);
    }
    if (ct->lock)
        buf_addf(out, ", locked: %s", ct->lock);
}

void ct_summary(const struct ct *ct, char *out, size_t size)
{
    struct buf b = BUF_INIT;
    add_state(&b, ct);
    buf_adds(&b, ct->reference ? "   OCI application" : "   LXC system");
    buf_adds(&b, strcmp(conf(ct, "unprivileged"), "1") == 0 ? "   unprivileged" : "   privileged");
    if (strcmp(conf(ct, "onboot"), "1") == 0)
        buf_adds(&b, "   starts at boot");
    if (strcmp(conf(ct, "protection"), "1") == 0)
        buf_adds(&b, "   protected");
    if (*conf(ct, "tags"))
        buf_addf(&b, "   tags: %s", conf(ct, "tags"));
    snprintf(out, size, "%s", b.s);
    buf_clear(&b);
}

/* --- image, figures --- */

const struct image *ct_image(const struct host *host, const struct ct *ct)
{
    for (size_t i = 0; ct->reference && i < host->nimages; i++)
        if (host->images[i].reference && strcmp(host->images[i].reference, ct->reference) == 0)
            return &host->images[i];
    return NULL;
}

static void add_image(struct facts *f, const struct host *host, const struct ct *ct, long long now)
{
    const struct image *image = ct_image(host, ct);
    struct buf pulled = BUF_INIT;
    struct fact *fact = facts_add(f, "Image", "%s",
                                  ct->reference       ? ct->reference
                                  : ct->template_name ? ct->template_name
                                                      : "not known");
    if (image)
        facts_opens(fact, "image %s", image->volid);
    if (!ct->digest)
        return;
    fact = facts_add(f, "", "%.19s", ct->digest);
    if (image && image->mtime) {
        fmt_add_moment(&pulled, image->mtime, now / 1000);
        facts_more(fact, "pulled %s", pulled.s);
        facts_opens(fact, "image %s", image->volid);
    }
    buf_clear(&pulled);
}

static void add_figures(struct facts *f, const struct ct *ct, const struct ct_history *history)
{
    bool runs = ct->state == CT_RUNNING;
    char swap[24];
    struct fact *fact;
    uint64_t cores = ct->cores == HOST_UNKNOWN ? 0 : ct->cores;

    if (!cores)
        fact = facts_add(f, "Processor", "all cores of the host");
    else if (runs && ct->cpu >= 0)
        fact = facts_add(f, "Processor", "%.0f%% of %llu core%s", ct->cpu * 100, (unsigned long long)cores,
                         cores == 1 ? "" : "s");
    else
        fact = facts_add(f, "Processor", "%llu core%s", (unsigned long long)cores, cores == 1 ? "" : "s");
    fact->history = history->v;
    fact->nhistory = runs ? history->n : 0;
    fact = facts_amount(f, "Memory", runs ? ct->mem : HOST_UNKNOWN, ct->maxmem);
    if (ct->maxswap != HOST_UNKNOWN) {
        fmt_amount(swap, sizeof(swap), ct->maxswap);
        if (runs && ct->swap != HOST_UNKNOWN) {
            char used[24];
            fmt_amount(used, sizeof(used), ct->swap);
            if (!ct->swap)
                used[1] = '\0'; /* "0" */
            facts_more(fact, "swap %s of %s", used, swap);
        } else {
            facts_more(fact, "swap %s", swap);
        }
    }
}

/* --- mounts --- */

static void add_root_disk(struct facts *f, const struct ct *ct, const struct ctconf_mount *m)
{
    struct fact *fact = facts_amount(f, "Root disk", ct->state == CT_RUNNING ? ct->disk : HOST_UNKNOWN, ct->maxdisk);
    facts_more(fact, "%s", m->volume);
}

static void add_mount(struct facts *f, const struct ctconf_mount *m)
{
    char what[300];
    snprintf(what, sizeof(what), "%s %.250s", m->bind ? "host folder" : "volume", m->volume);
    facts_add(f, m->target ? m->target : m->key, "%-36s %8s   %s", what,
              m->size   ? m->size
              : m->bind ? "-"
                        : "",
              m->readonly ? "ro" : "rw")
        ->at = MOUNTS_TEXT;
}

static bool add_mounts(struct facts *f, const struct ct *ct)
{
    struct ctconf_mount *mounts = NULL;
    size_t n = ctconf_mounts(ct->conf, &mounts);
    bool bind = false, head = false;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(mounts[i].key, "rootfs") == 0) {
            add_root_disk(f, ct, &mounts[i]);
            continue;
        }
        if (!head) {
            facts_blank(f);
            facts_heading(f, "IN THE CT", "WHAT IT IS                               SIZE   MODE")->at = MOUNTS_TEXT;
        }
        head = true;
        bind = bind || mounts[i].bind;
        add_mount(f, &mounts[i]);
    }
    ctconf_mounts_free(mounts, n);
    return bind;
}

/* --- network, GPU, environment, snapshots --- */

static void add_networks(struct facts *f, const struct ct *ct)
{
    bool any = false;
    for (size_t i = 0; i < ct->conf->nentries; i++) {
        const struct ctconf_entry *e = &ct->conf->entries[i];
        if (strncmp(e->key, "net", 3) != 0 || e->key[3] < '0' || e->key[3] > '9')
            continue;
        char *bridge = ctconf_prop(e->value, "bridge", NULL), *ip = ctconf_prop(e->value, "ip", NULL);
        char *mac = ctconf_prop(e->value, "hwaddr", NULL), *tag = ctconf_prop(e->value, "tag", NULL);
        bool dhcp = ip && strcmp(ip, "dhcp") == 0, first = strcmp(e->key, "net0") == 0;
        struct buf line = BUF_INIT;
        buf_addf(&line, "%s on %s", e->key, bridge ? bridge : "no bridge");
        if (dhcp)
            buf_addf(&line, ", %s by DHCP", first && ct->address && ct->state == CT_RUNNING ? ct->address : "address");
        else
            buf_addf(&line, ", %s", ip ? ip : "no IPv4");
        if (tag)
            buf_addf(&line, ", VLAN %s", tag);
        if (mac)
            buf_addf(&line, ", %s", mac);
        facts_add(f, any ? "" : "Network", "%s", line.s);
        any = true;
        buf_clear(&line);
        free(bridge);
        free(ip);
        free(mac);
        free(tag);
    }
    if (!any)
        facts_add(f, "Network", "none");
}

static void add_gpus(struct facts *f, const struct host *host, const struct ct *ct)
{
    bool any = false;
    for (size_t i = 0; i < ct->conf->nentries; i++) {
        const struct ctconf_entry *e = &ct->conf->entries[i];
        const char *name = NULL;
        if (strncmp(e->key, "dev", 3) != 0)
            continue;
        char *path = ctconf_prop(e->value, "path", "path");
        for (size_t k = 0; path && k < host->ngpus; k++)
            if (host->gpus[k].render && strcmp(host->gpus[k].render, path) == 0)
                name = host->gpus[k].name;
        facts_add(f, any ? "" : "GPU", "%s%s%s", name ? name : "", name ? ", " : "", path ? path : e->value);
        any = true;
        free(path);
    }
    if (!any)
        facts_add(f, "GPU", "none");
}

static bool is_variable(const struct ctconf_entry *e)
{
    return strncmp(e->key, "lxc.environment", 15) == 0;
}

void ct_environment(const struct ct *ct, struct buf *out)
{
    for (size_t i = 0; ct->conf && i < ct->conf->nentries; i++)
        if (is_variable(&ct->conf->entries[i]))
            buf_addf(out, "%s\n", ct->conf->entries[i].value);
}

static void add_environment(struct facts *f, const struct ct *ct)
{
    int n = 0;
    for (size_t i = 0; i < ct->conf->nentries; i++)
        n += is_variable(&ct->conf->entries[i]);
    struct fact *fact =
        facts_add(f, "Environment", n ? "%d variable%s, the image's own among them" : "none set", n, n == 1 ? "" : "s");
    if (n)
        facts_opens(fact, "env");
}

static void add_snapshots(struct facts *f, const struct ct *ct, bool bind)
{
    struct buf names = BUF_INIT;
    for (size_t i = 0; i < ct->conf->snapshots.n; i++)
        buf_addf(&names, "%s%s", i ? ", " : "", ct->conf->snapshots.v[i]);
    if (names.len)
        facts_add(f, "Snapshots", "%s", names.s);
    else
        facts_add(f, "Snapshots", "%s", bind ? "none possible: a host folder is mounted. Use a backup." : "none");
    buf_clear(&names);
}

/* --- jobs --- */

static void add_result(struct fact *fact, const struct job *job, long long now)
{
    char result[96], took[24];
    job_words_result(job, -1, result, sizeof(result));
    job_words_took(job, now, took, sizeof(took));
    facts_more(fact, job->state == JOB_DONE ? "%s in %s" : "%s", result, took);
    fact->glyph = job_words_glyph(job->state);
    fact->glyph_role = job_words_role(job->state);
}

/* "Create CT 102 nextcloud" without what the page is about; the name stays where it was another. */
static void short_title(const struct job *job, const struct ct *ct, char *out, size_t size)
{
    char about[32], name[300];
    snprintf(about, sizeof(about), " CT %d", ct->vmid);
    snprintf(name, sizeof(name), " %s", ct->name);
    const char *at = strstr(job->title, about), *rest = at ? at + strlen(about) : "";
    if (at && strcmp(rest, name) == 0)
        rest = "";
    snprintf(out, size, "%.*s%s", at ? (int)(at - job->title) : (int)strlen(job->title), job->title, rest);
}

static void add_jobs(struct facts *f, const struct ct *ct, const struct job *jobs, size_t njobs, long long now)
{
    int shown = 0;
    for (size_t i = 0; i < njobs && shown < JOBS_SHOWN; i++) {
        const struct job *job = &jobs[i];
        char title[200];
        struct buf when = BUF_INIT;
        if (job->vmid != ct->vmid)
            continue;
        short_title(job, ct, title, sizeof(title));
        fmt_add_moment(&when, job->began / 1000, now / 1000);
        struct fact *fact = facts_add(f, shown++ ? "" : "Jobs", "%2d %-22.22s %-12s", job->id, title, when.s);
        add_result(fact, job, now);
        facts_opens(fact, "job %d", job->id);
        buf_clear(&when);
    }
    if (!shown)
        facts_add(f, "Jobs", "none known");
}

void ct_facts(struct facts *f, const struct host *host, const struct ct *ct, const struct job *jobs, size_t njobs,
              const struct ct_history *history, long long now)
{
    bool bind = false;
    facts_begin(f);
    facts_blank(f);
    add_image(f, host, ct, now);
    add_figures(f, ct, history);
    if (ct->conf) {
        bind = add_mounts(f, ct);
        facts_blank(f);
        add_networks(f, ct);
        add_gpus(f, host, ct);
        add_environment(f, ct);
        add_snapshots(f, ct, bind);
    } else {
        facts_add(f, "Settings", "not known: its conf on node %s could not be read", ct->node);
    }
    add_jobs(f, ct, jobs, njobs, now);
    facts_end(f);
}
