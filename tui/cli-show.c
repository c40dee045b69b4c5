#include "tui/cli.h"

#include "backend/base/num.h"
#include "backend/base/text.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static void add_line(struct buf *out, const char *label, const char *text)
{
    buf_addf(out, "%-13s ", label);
    text_add_shown(out, text, strlen(text));
    buf_addch(out, '\n');
}

static void add_used(struct buf *out, const char *label, uint64_t used, uint64_t total)
{
    if (total == HOST_UNKNOWN)
        return;
    buf_addf(out, "%-13s ", label);
    if (used != HOST_UNKNOWN) {
        num_add_size(out, used);
        buf_adds(out, " of ");
    }
    num_add_size(out, total);
    buf_addch(out, '\n');
}

static void add_state(struct buf *out, const struct ct *ct)
{
    struct buf state = BUF_INIT;
    buf_adds(&state, ct->state == CT_RUNNING ? "running" : ct->state == CT_STOPPED ? "stopped" : "unknown");
    if (ct->state == CT_RUNNING && ct->uptime != HOST_UNKNOWN) {
        buf_adds(&state, " for ");
        num_add_duration(&state, (int64_t)ct->uptime);
    }
    if (ct->lock)
        buf_addf(&state, ", locked: %s", ct->lock);
    add_line(out, "State", state.s);
    buf_clear(&state);
}

static void add_mounts(struct buf *out, const struct ct *ct)
{
    struct ctconf_mount *mounts;
    size_t n = ctconf_mounts(ct->conf, &mounts);
    for (size_t i = 0; i < n; i++) {
        struct buf b = BUF_INIT;
        buf_addf(&b, "%s %s%s%s%s", mounts[i].bind ? "host folder" : "volume", mounts[i].volume,
                 mounts[i].target ? " at " : "", mounts[i].target ? mounts[i].target : "",
                 mounts[i].readonly ? ", read only" : "");
        if (mounts[i].size)
            buf_addf(&b, ", %s", mounts[i].size);
        add_line(out, mounts[i].key, b.s);
        buf_clear(&b);
    }
    ctconf_mounts_free(mounts, n);
}

static int show_json(const struct ct *ct)
{
    json_t *conf = json_array();
    for (size_t i = 0; ct->conf && i < ct->conf->nentries; i++) {
        json_t *pair = json_pack("{s:s,s:s}", "key", ct->conf->entries[i].key, "value", ct->conf->entries[i].value);
        /* A line that is not UTF-8 has no place in JSON. */
        if (pair)
            json_array_append_new(conf, pair);
    }
    json_t *json = cli_ct_json(ct);
    json_object_set_new(json, "conf", conf);
    return cli_print_json(json);
}

int cli_show(struct cli *cli)
{
    struct host *host;
    int vmid;
    if (!cli_number(cli->args.v[0], "VMID", &vmid))
        return CLI_USAGE;
    int rc = cli_host(cli, HOST_CTS, &host);
    if (rc)
        return rc;
    const struct ct *ct = host_ct(host, vmid);
    if (!ct) {
        host_free(host);
        return cli_say(CLI_USAGE, "There is no CT %d. tengil-tui list shows those that there are.", vmid);
    }
    if (cli->flags[CLI_JSON]) {
        rc = show_json(ct);
        host_free(host);
        return rc;
    }
    struct buf out = BUF_INIT;
    buf_addf(&out, "%d ", ct->vmid);
    text_add_shown(&out, ct->name, strlen(ct->name));
    buf_addf(&out, " on %s\n", ct->node);
    add_state(&out, ct);
    add_line(&out, "Image", ct->reference ? ct->reference : ct->template_name ? ct->template_name : "not known");
    if (ct->digest)
        add_line(&out, "Digest", ct->digest);
    if (ct->address)
        add_line(&out, "Address", ct->address);
    add_used(&out, "Memory", ct->mem, ct->maxmem);
    add_used(&out, "Root disk", ct->disk, ct->maxdisk);
    if (ct->conf)
        add_mounts(&out, ct);
    for (size_t i = 0; ct->conf && i < ct->conf->nentries; i++) {
        const char *key = ct->conf->entries[i].key;
        if (strcmp(key, "rootfs") != 0 && !(key[0] == 'm' && key[1] == 'p' && key[2] >= '0' && key[2] <= '9'))
            add_line(&out, key, ct->conf->entries[i].value);
    }
    fputs(out.s, stdout);
    buf_clear(&out);
    host_free(host);
    return CLI_DONE;
}
