#include "tui/cli.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/places.h"
#include "backend/base/text.h"
#include "backend/job/job.h"
#include "tui/fmt.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* A table on stdout: cells are made harmless and padded to their column's width in columns of the terminal. */
struct table {
    size_t ncolumns;
    struct argv cells;
};

static void table_add(struct table *t, const char *text)
{
    struct buf shown = BUF_INIT;
    text_add_shown(&shown, text, strlen(text));
    argv_push_nodup(&t->cells, buf_detach(&shown));
}

static size_t columns_of(const char *text)
{
    size_t width = 0;
    mbstate_t state = {0};
    for (const char *p = text; *p;) {
        wchar_t c;
        size_t len = mbrtowc(&c, p, strlen(p), &state);
        if (len == 0 || len > 4) {
            state = (mbstate_t){0};
            len = 1;
            width++;
        } else {
            int w = wcwidth(c);
            width += w > 0 ? (size_t)w : 0;
        }
        p += len;
    }
    return width;
}

static void table_print(struct table *t)
{
    size_t *widths = mem_zero(t->ncolumns, sizeof(*widths));
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < t->cells.n; i++) {
        size_t width = columns_of(t->cells.v[i]);
        if (width > widths[i % t->ncolumns])
            widths[i % t->ncolumns] = width;
    }
    for (size_t i = 0; i < t->cells.n; i++) {
        bool last = i % t->ncolumns == t->ncolumns - 1;
        buf_adds(&out, t->cells.v[i]);
        if (last)
            buf_addch(&out, '\n');
        else
            buf_addf(&out, "%*s", (int)(widths[i % t->ncolumns] - columns_of(t->cells.v[i]) + 2), "");
    }
    fwrite(out.s, 1, out.len, stdout);
    buf_clear(&out);
    free(widths);
    argv_clear(&t->cells);
}

static void add_size(struct table *t, uint64_t bytes)
{
    struct buf b = BUF_INIT;
    if (bytes == HOST_UNKNOWN)
        buf_adds(&b, "-");
    else
        num_add_size4(&b, bytes);
    table_add(t, b.s);
    buf_clear(&b);
}

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

static const char *state_name(enum ct_state state)
{
    static const char *const names[] = {[CT_UNKNOWN] = "unknown", [CT_STOPPED] = "stopped", [CT_RUNNING] = "running"};
    return names[state];
}

/* JSON has no place for bytes that are not UTF-8: they are written as they are shown. */
static json_t *json_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *string = json_string(text);
    if (!string) {
        struct buf shown = BUF_INIT;
        text_add_shown(&shown, text, strlen(text));
        string = json_string(shown.s);
        buf_clear(&shown);
    }
    return string;
}

static json_t *json_size(uint64_t n)
{
    return n == HOST_UNKNOWN ? json_null() : json_integer((json_int_t)n);
}

json_t *cli_ct_json(const struct ct *ct)
{
    return json_pack("{s:i,s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "vmid", ct->vmid, "name",
                     json_text(ct->name), "node", json_text(ct->node), "state", state_name(ct->state), "lock",
                     json_text(ct->lock), "image", json_text(ct->reference), "digest", json_text(ct->digest), "address",
                     json_text(ct->address), "cpu", ct->cpu < 0 ? json_null() : json_real(ct->cpu), "mem",
                     json_size(ct->mem), "maxmem", json_size(ct->maxmem), "disk", json_size(ct->disk), "maxdisk",
                     json_size(ct->maxdisk), "uptime", json_size(ct->uptime));
}

int cli_list(struct cli *cli)
{
    struct host *host;
    struct table t = {.ncolumns = 8};
    int rc = cli_host(cli, HOST_CTS, &host);
    if (rc)
        return rc;
    if (cli->flags[CLI_JSON]) {
        json_t *all = json_array();
        for (size_t i = 0; i < host->ncts; i++)
            json_array_append_new(all, cli_ct_json(&host->cts[i]));
        host_free(host);
        return cli_print_json(all);
    }
    static const char *const heads[] = {"VMID", "NAME", "NODE", "STATUS", "MEM", "MAXMEM", "ADDRESS", "IMAGE"};
    for (size_t i = 0; i < t.ncolumns && host->ncts; i++)
        table_add(&t, heads[i]);
    for (size_t i = 0; i < host->ncts; i++) {
        const struct ct *ct = &host->cts[i];
        char vmid[16];
        snprintf(vmid, sizeof(vmid), "%d", ct->vmid);
        table_add(&t, vmid);
        table_add(&t, ct->name);
        table_add(&t, ct->node);
        table_add(&t, ct->lock ? ct->lock : state_name(ct->state));
        add_size(&t, ct->state == CT_RUNNING ? ct->mem : HOST_UNKNOWN);
        add_size(&t, ct->maxmem);
        table_add(&t, or_dash(ct->address));
        table_add(&t, or_dash(ct->reference ? ct->reference : ct->template_name));
    }
    if (host->ncts)
        table_print(&t);
    else
        cli_say(0, "This host has no CTs yet. tengil-tui apply SPEC.yaml makes one.");
    host_free(host);
    return CLI_DONE;
}

/* VMIDs of the CTs that were made from the image, with a comma between them. */
static void add_users(struct buf *out, const struct host *host, const struct image *image)
{
    for (size_t i = 0; i < host->ncts && image->reference; i++)
        if (host->cts[i].reference && strcmp(host->cts[i].reference, image->reference) == 0)
            buf_addf(out, "%s%d", out->len ? "," : "", host->cts[i].vmid);
}

static json_t *image_json(const struct host *host, const struct image *image)
{
    json_t *users = json_array();
    for (size_t i = 0; i < host->ncts && image->reference; i++)
        if (host->cts[i].reference && strcmp(host->cts[i].reference, image->reference) == 0)
            json_array_append_new(users, json_integer(host->cts[i].vmid));
    return json_pack("{s:o,s:b,s:o,s:o,s:o,s:o,s:I,s:o}", "volid", json_text(image->volid), "oci", image->oci,
                     "reference", json_text(image->reference), "digest", json_text(image->digest), "arch",
                     json_text(image->arch), "size", json_size(image->size), "mtime", (json_int_t)image->mtime,
                     "used_by", users);
}

int cli_images(struct cli *cli)
{
    struct host *host;
    struct table t = {.ncolumns = 5};
    int rc = cli_host(cli, HOST_IMAGES | HOST_CTS, &host);
    if (rc)
        return rc;
    if (cli->flags[CLI_JSON]) {
        json_t *all = json_array();
        for (size_t i = 0; i < host->nimages; i++)
            json_array_append_new(all, image_json(host, &host->images[i]));
        host_free(host);
        return cli_print_json(all);
    }
    static const char *const heads[] = {"IMAGE", "ARCH", "SIZE", "USED BY", "FILE"};
    for (size_t i = 0; i < t.ncolumns && host->nimages; i++)
        table_add(&t, heads[i]);
    for (size_t i = 0; i < host->nimages; i++) {
        const struct image *image = &host->images[i];
        struct buf users = BUF_INIT;
        add_users(&users, host, image);
        table_add(&t, image->reference ? image->reference : image->file);
        table_add(&t, or_dash(image->arch));
        add_size(&t, image->size);
        table_add(&t, users.len ? users.s : "none");
        table_add(&t, image->volid);
        buf_clear(&users);
    }
    if (host->nimages)
        table_print(&t);
    else
        cli_say(0, "No images yet. tengil-tui pull IMAGE fetches one.");
    host_free(host);
    return CLI_DONE;
}

static json_t *job_json(const struct job *job)
{
    return json_pack("{s:i,s:o,s:o,s:o,s:s,s:i,s:i,s:o,s:I,s:o,s:o}", "job", job->id, "kind", json_text(job->kind),
                     "title", json_text(job->title), "vmid", job->vmid ? json_integer(job->vmid) : json_null(), "state",
                     job_state_name(job->state), "step", job->step + 1, "steps", job->nsteps, "step_title",
                     json_text(job->step_title), "began_ms", (json_int_t)job->began, "ended_ms",
                     job->ended ? json_integer(job->ended) : json_null(), "text", json_text(job->text));
}

static void add_result(struct table *t, const struct job *job)
{
    struct buf b = BUF_INIT;
    if (job->state == JOB_DONE || job->state == JOB_CANCELLED)
        buf_adds(&b, job_state_name(job->state));
    else
        buf_addf(&b, "%s at step %d of %d", job_state_name(job->state), job->step + 1, job->nsteps);
    table_add(t, b.s);
    buf_clear(&b);
}

static void add_times(struct table *t, const struct job *job)
{
    struct buf started = BUF_INIT, took = BUF_INIT;
    fmt_add_moment(&started, job->began / 1000, places_now());
    if (job->ended)
        num_add_duration(&took, (job->ended - job->began) / 1000);
    else
        buf_adds(&took, "-");
    table_add(t, started.s);
    table_add(t, took.s);
    buf_clear(&started);
    buf_clear(&took);
}

int cli_jobs(struct cli *cli)
{
    struct job *jobs;
    size_t n;
    struct err err = {0};
    struct argv skipped = ARGV_INIT;
    struct table t = {.ncolumns = 5};
    if (job_list(&jobs, &n, &skipped, &err))
        return cli_say(CLI_FAILED, "%s", err.text);
    for (size_t i = 0; i < skipped.n; i++)
        cli_say(0, "The job folder %s could not be read.", skipped.v[i]);
    argv_clear(&skipped);
    if (cli->flags[CLI_JSON]) {
        json_t *all = json_array();
        for (size_t i = 0; i < n; i++)
            json_array_append_new(all, job_json(&jobs[i]));
        job_list_free(jobs, n);
        return cli_print_json(all);
    }
    static const char *const heads[] = {"JOB", "WHAT", "STARTED", "TOOK", "RESULT"};
    for (size_t i = 0; i < t.ncolumns && n; i++)
        table_add(&t, heads[i]);
    for (size_t i = 0; i < n; i++) {
        char id[16];
        snprintf(id, sizeof(id), "%d", jobs[i].id);
        table_add(&t, id);
        table_add(&t, or_dash(jobs[i].title));
        add_times(&t, &jobs[i]);
        add_result(&t, &jobs[i]);
    }
    if (n)
        table_print(&t);
    else
        cli_say(0, "No jobs yet.");
    job_list_free(jobs, n);
    return CLI_DONE;
}
