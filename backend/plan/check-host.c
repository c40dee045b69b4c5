#include "backend/plan/create.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/spec/spec-fields.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MIB ((uint64_t)1 << 20)

/* --- guests ---------------------------------------------------------------------------------------------------- */

static bool is_taken(const int *taken, size_t ntaken, int vmid)
{
    for (size_t i = 0; i < ntaken; i++)
        if (taken[i] == vmid)
            return true;
    return false;
}

static void check_wanted_vmid(struct create *c)
{
    int vmid = (int)c->spec->vmid;
    const struct guest *guest = host_guest(c->host, vmid);
    const struct ct *ct = host_ct(c->host, vmid);

    c->vmid = vmid;
    if (ct)
        spec_problems_add(c->problems, 0, 0, "vmid",
                          "The id %d belongs to the CT %s on node %s. Choose another, or leave vmid out for the next "
                          "free one.",
                          vmid, ct->name, ct->node);
    else if (guest)
        spec_problems_add(c->problems, 0, 0, "vmid",
                          "The id %d belongs to a %s on node %s. Choose another, or leave vmid out for the next free "
                          "one.",
                          vmid, guest->qemu ? "virtual machine" : "CT", guest->node);
    else if (is_taken(c->taken, c->ntaken, vmid))
        spec_problems_add(c->problems, 0, 0, "vmid",
                          "The id %d is claimed by a job that runs now. Wait for it, choose another, or leave vmid out "
                          "for the next free one.",
                          vmid);
}

static void take_next_vmid(struct create *c)
{
    c->plan->auto_vmid = true;
    c->vmid = host_next_vmid(c->host, c->taken, c->ntaken);
    if (c->vmid < 0)
        spec_problems_add(
            c->problems, 0, 0, "vmid",
            "No id is free from %d to %d, the range of /etc/pve/datacenter.cfg. Give a vmid outside of it, "
            "or widen the range.",
            c->host->next_lower, c->host->next_upper - 1);
}

void check_guests(struct create *c)
{
    if (c->spec->vmid == SPEC_UNSET)
        take_next_vmid(c);
    else
        check_wanted_vmid(c);
    for (size_t i = 0; c->spec->hostname && i < c->host->ncts; i++) {
        const struct ct *ct = &c->host->cts[i];
        if (ct->vmid != c->vmid && ct->name && strcasecmp(ct->name, c->spec->hostname) == 0)
            plan_add_note(c->plan, "CT %d on node %s has the name %s too.", ct->vmid, ct->node, ct->name);
    }
}

/* --- processors and memory ------------------------------------------------------------------------------------- */

void check_capacity(struct create *c)
{
    uint64_t wanted = (uint64_t)c->memory * MIB;
    struct buf total = BUF_INIT, avail = BUF_INIT;

    if (c->host->cpus > 0 && c->spec->cores > c->host->cpus)
        spec_problems_add(c->problems, 0, 0, "cores", "The host has %ld CPUs, and %ld cores are asked for.",
                          c->host->cpus, c->spec->cores);
    if (c->host->mem_total == 0 || c->host->mem_total == HOST_UNKNOWN)
        return;
    num_add_size(&total, c->host->mem_total);
    if (wanted > c->host->mem_total) {
        spec_problems_add(c->problems, 0, 0, "memory",
                          "The host has %s of memory, and the CT would get %ld MiB. Give it %llu at most.", total.s,
                          c->memory, (unsigned long long)(c->host->mem_total / MIB));
    } else if (c->host->mem_avail != HOST_UNKNOWN && wanted > c->host->mem_avail) {
        num_add_size(&avail, c->host->mem_avail);
        plan_add_note(c->plan, "The CT may use %ld MiB of memory, and %s of the host's %s are free now.", c->memory,
                      avail.s, total.s);
    }
    buf_clear(&total);
    buf_clear(&avail);
}

/* --- networks -------------------------------------------------------------------------------------------------- */

static const struct bridge *find_bridge(const struct host *host, const char *name)
{
    for (size_t i = 0; i < host->nbridges; i++) {
        const struct bridge *b = &host->bridges[i];
        if (name ? strcmp(b->name, name) == 0 : b->up)
            return b;
    }
    return NULL;
}

static void add_bridge_names(struct buf *b, const struct host *host)
{
    size_t n = 0;

    for (size_t i = 0; i < host->nbridges; i++)
        buf_addf(b, "%s%s", n++ ? ", " : "This host has ", host->bridges[i].name);
    buf_adds(b, n ? "." : "This host has none.");
}

static char *net_field(const struct create *c, size_t index, const char *part)
{
    struct buf b = BUF_INIT;

    spec_net_field(c->spec, index, &b);
    buf_addf(&b, ".%s", part);
    return buf_detach(&b);
}

static void bridge_problem(struct create *c, size_t index, int line, const char *wanted)
{
    char *field = net_field(c, index, "bridge");
    struct buf names = BUF_INIT;

    add_bridge_names(&names, c->host);
    if (wanted)
        spec_problems_add(c->problems, line, 0, field, "There is no bridge %s. %s", wanted, names.s);
    else
        spec_problems_add(c->problems, line, 0, field, "No bridge is up for this network. %s", names.s);
    buf_clear(&names);
    free(field);
}

static void check_bridge(struct create *c, size_t index, const struct spec_net *net)
{
    const char *wanted = net && net->bridge ? net->bridge : c->settings->bridge;
    const struct bridge *bridge = find_bridge(c->host, wanted);

    argv_push(&c->bridges, bridge ? bridge->name : "");
    if (!bridge) {
        bridge_problem(c, index, net ? net->line : 0, wanted);
    } else if (!bridge->up) {
        char *field = net_field(c, index, "bridge");
        spec_problems_add(c->problems, net ? net->line : 0, 0, field,
                          "The bridge %s is down. Bring it up with `ifup %s`, or choose another.", wanted, wanted);
        free(field);
    }
}

/* SLAAC sets addresses inside the CT; a network that the host manages has nobody there who would do it. An OCI image's
 * network is managed by the host unless the spec says otherwise. */
static void check_slaac(struct create *c, size_t index, const struct spec_net *net)
{
    bool managed =
        net->host_managed == SPEC_TRUE || (net->host_managed == SPEC_BOOL_UNSET && c->spec->kind == SPEC_OCI);

    if (!managed || !net->ip6 || strcmp(net->ip6, "auto") != 0)
        return;
    char *field = net_field(c, index, "ip6");
    spec_problems_add(c->problems, net->line, 0, field,
                      "SLAAC (ip6: auto) does not go together with a network that the host manages. Give an address or "
                      "dhcp, or set host_managed: false where the image brings its own network tools.");
    free(field);
}

void check_networks(struct create *c)
{
    if (c->spec->nnets == 0 && c->host->nbridges == 0 && !c->settings->bridge) {
        plan_add_note(c->plan, "The CT gets no network: this host has no bridge.");
        return;
    }
    if (c->spec->nnets == 0)
        check_bridge(c, 0, NULL);
    for (size_t i = 0; i < c->spec->nnets; i++) {
        check_bridge(c, i, &c->spec->nets[i]);
        check_slaac(c, i, &c->spec->nets[i]);
    }
}

/* --- pool, versions, architecture ------------------------------------------------------------------------------ */

void check_pool(struct create *c)
{
    struct buf names = BUF_INIT;

    if (!c->spec->pool || argv_has(&c->host->pools, c->spec->pool))
        return;
    for (size_t i = 0; i < c->host->pools.n; i++)
        buf_addf(&names, "%s%s", i ? ", " : " There is ", c->host->pools.v[i]);
    spec_problems_add(c->problems, 0, 0, "pool", "The pool %s does not exist.%s%s Make it in Proxmox, or leave it out.",
                      c->spec->pool, names.s, names.len ? "." : "");
    buf_clear(&names);
}

void check_versions(struct create *c)
{
    const char *containers = c->host->container_version, *pve = c->host->pve_version;

    if (!containers && !pve)
        plan_add_note(c->plan, "The version of Proxmox VE is not known; OCI images need 9.1 or later.");
    else if (containers && !host_version_at_least(containers, "6.0.15"))
        spec_problems_add(c->problems, 0, 0, "image",
                          "OCI images need pve-container 6.0.15, which came with Proxmox VE 9.1; this host has %s. "
                          "Upgrade the host, or take an LXC template.",
                          containers);
    else if (!containers && !host_version_at_least(pve, "9.1"))
        spec_problems_add(
            c->problems, 0, 0, "image",
            "OCI images need Proxmox VE 9.1; this host has %s. Upgrade the host, or take an LXC template.", pve);
}

/* What a kernel for `host` runs without an emulator. */
static bool runs_on(const char *host, const char *arch)
{
    return strcmp(host, arch) == 0 || (strcmp(host, "amd64") == 0 && strcmp(arch, "i386") == 0) ||
           (strcmp(host, "arm64") == 0 && strcmp(arch, "armhf") == 0);
}

void check_arch(struct create *c)
{
    const char *host = c->host->arch ? c->host->arch : "amd64";

    c->arch = c->spec->arch ? c->spec->arch : host;
    if (!c->host->arch)
        plan_add_note(c->plan, "The host's architecture is not known; %s is assumed.", c->arch);
    else if (!runs_on(host, c->arch))
        spec_problems_add(c->problems, 0, 0, "arch",
                          "This host is %s and cannot run programs made for %s. Leave arch out.", host, c->arch);
}
