#include "tui/app.h"

#include "backend/base/mem.h"
#include "tui/facts.h"
#include "tui/fmt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The host: versions, processors, memory, storages, bridges, GPUs, nodes. */

struct host_view {
    struct view view;
    struct facts facts;
};

/* --- rows --- */

static void add_versions(struct facts *f, const struct host *host, const char *dots)
{
    if (host->pve_version)
        facts_add(f, "Proxmox VE", "%s%s%s", host->pve_version, host->container_version ? ", pve-container " : "",
                  host->container_version ? host->container_version : "");
    else
        facts_add(f, "Proxmox VE", "%s", dots);
}

static void add_machine(struct facts *f, const struct host *host)
{
    int64_t used;
    struct fact *fact;
    if (host->cpu >= 0) {
        fact = facts_add(f, "Processor", "%.0f%% of %ld CPUs", host->cpu * 100, host->cpus);
        fact->part = (unsigned long long)(host->cpu * 1000);
        fact->whole = 1000;
        fact->bar_role = host->cpu >= 0.95 ? ROLE_DANGER : host->cpu >= 0.8 ? ROLE_WARN : ROLE_OK;
    } else {
        fact = facts_add(f, "Processor", "%ld CPUs", host->cpus);
    }
    facts_more(fact, "%s", host->arch ? host->arch : "");
    used = host->mem_avail == HOST_UNKNOWN ? -1 : (int64_t)(host->mem_total - host->mem_avail);
    facts_amount(f, "Memory", used < 0 ? HOST_UNKNOWN : (uint64_t)used, host->mem_total);
    if (host->swap_total == 0)
        facts_add(f, "Swap", "none");
    else
        facts_amount(f, "Swap", host->swap_free == HOST_UNKNOWN ? HOST_UNKNOWN : host->swap_total - host->swap_free,
                     host->swap_total);
}

/* What people keep there, in their words. */
static void add_contents(struct buf *out, const struct storage *s)
{
    static const struct {
        const char *content, *word;
    } words[] = {{"rootdir", "CTs"},       {"images", "VMs"}, {"vztmpl", "images"}, {"backup", "backups"},
                 {"snippets", "snippets"}, {"iso", "ISOs"},   {"import", "imports"}};
    bool any = false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (storage_has(s, words[i].content)) {
            buf_addf(out, "%s%s", any ? ", " : "", words[i].word);
            any = true;
        }
}

static void add_storage(struct facts *f, const struct storage *s)
{
    struct buf contents = BUF_INIT;
    struct fact *fact;
    char avail[24] = "";
    add_contents(&contents, s);
    if (s->disabled || !s->active) {
        fact = facts_add(f, s->id, "%s", s->disabled ? "switched off here" : "not active");
        fact->role = ROLE_WARN;
        fact->glyph = GLYPH_WARN;
        fact->glyph_role = ROLE_WARN;
        buf_clear(&contents);
        return;
    }
    fact = facts_amount(f, s->id, s->used, s->total);
    if (s->avail != HOST_UNKNOWN)
        fmt_amount(avail, sizeof(avail), s->avail);
    facts_more(fact, "%s%s%s: %s%s", avail, *avail ? " free, " : "", s->type, contents.s, s->shared ? ", shared" : "");
    buf_clear(&contents);
}

static void add_bridges(struct facts *f, const struct host *host)
{
    for (size_t i = 0; i < host->nbridges; i++) {
        const struct bridge *b = &host->bridges[i];
        struct fact *fact = facts_add(f, b->name, "%s, %s%s", b->up ? "up" : "down",
                                      b->uplink ? "with the uplink " : "without an uplink", b->uplink ? b->uplink : "");
        fact->glyph = b->up ? GLYPH_DONE : GLYPH_WARN;
        fact->glyph_role = b->up ? ROLE_OK : ROLE_WARN;
    }
    if (!host->nbridges)
        facts_add(f, "Bridges", "none: CTs get no network");
}

static void add_gpus(struct facts *f, const struct host *host)
{
    for (size_t i = 0; i < host->ngpus; i++) {
        const struct gpu *g = &host->gpus[i];
        const char *render = g->render ? strrchr(g->render, '/') + 1 : NULL;
        struct fact *fact = facts_add(f, i ? "" : "GPU", "%s", g->name);
        facts_more(fact, "%s, %s", g->driver ? g->driver : "no driver", render ? render : "no render node");
        fact->glyph = g->render ? GLYPH_DONE : GLYPH_WARN;
        fact->glyph_role = g->render ? ROLE_OK : ROLE_WARN;
        facts_add(f, "", "%s", g->pci);
    }
    if (!host->ngpus)
        facts_add(f, "GPU", "none");
}

/* CTs of a node, and how many of them run. */
static void add_nodes(struct facts *f, const struct host *host)
{
    for (size_t i = 0; i < host->nodes.n; i++) {
        int cts = 0, running = 0;
        bool unknown = false;
        for (size_t k = 0; k < host->ncts; k++) {
            const struct ct *ct = &host->cts[k];
            if (strcmp(ct->node, host->nodes.v[i]) != 0)
                continue;
            cts++;
            running += ct->state == CT_RUNNING;
            unknown = unknown || ct->state == CT_UNKNOWN;
        }
        struct fact *fact = facts_add(f, host->nodes.v[i], "%d CT%s, %d running%s", cts, cts == 1 ? "" : "s", running,
                                      i == 0 ? ", this node" : "");
        fact->glyph = unknown ? GLYPH_UNKNOWN : GLYPH_RUNNING;
        fact->glyph_role = unknown ? ROLE_WARN : ROLE_OK;
    }
}

static void build(struct host_view *v)
{
    const struct host *host = v->view.app->host;
    const char *dots = v->view.app->theme.utf8 ? "…" : "...";
    struct facts *f = &v->facts;
    facts_begin(f);
    if (host) {
        add_versions(f, host, dots);
        add_machine(f, host);
        facts_blank(f);
        facts_heading(f, "STORAGES", host->nstorages ? "" : dots);
        for (size_t i = 0; i < host->nstorages; i++)
            add_storage(f, &host->storages[i]);
        facts_heading(f, "NETWORK", "");
        add_bridges(f, host);
        facts_heading(f, "DEVICES", "");
        add_gpus(f, host);
        facts_heading(f, "NODES", "");
        add_nodes(f, host);
    }
    facts_end(f);
}

static void changed(struct view *view, unsigned what)
{
    if (what & APP_HOST)
        build((struct host_view *)view);
}

/* --- keys --- */

static const struct keytable_action actions[] = {
    {.id = "move",
     .keys = "",
     .shown = "j k g G",
     .label = "down, up, first, last",
     .section = "MOVE",
     .sentence = "The arrows, Home and End do the same; PgUp and PgDn move by a page."},
    {.id = "reload", .keys = "R F5", .label = "read again", .priority = 1},
};
static const struct keytable keys = {.actions = actions, .n = sizeof(actions) / sizeof(actions[0])};

static void act(struct view *view, const char *id)
{
    if (strcmp(id, "reload") == 0)
        app_reload(view->app);
}

static bool on_key(struct view *view, const struct key *key, const char *paste, size_t npaste)
{
    (void)paste;
    (void)npaste;
    return facts_key(&((struct host_view *)view)->facts, key);
}

/* --- what is seen --- */

static void title(struct view *view, char *left, size_t nleft, char *right, size_t nright)
{
    const struct host_view *v = (const struct host_view *)view;
    const struct host *host = view->app->host;
    snprintf(left, nleft, "Host › %s", host && host->node ? host->node : "");
    if (host)
        snprintf(right, nright, "%zu storage%s, %zu GPU%s, %zu node%s%s", host->nstorages,
                 host->nstorages == 1 ? "" : "s", host->ngpus, host->ngpus == 1 ? "" : "s", host->nodes.n,
                 host->nodes.n == 1 ? "" : "s", scroll_more_below(&v->facts.scroll) ? " ▼" : "");
}

static void focus(struct view *view, char *text, size_t size)
{
    facts_full(&((const struct host_view *)view)->facts, text, size);
}

static void draw(struct view *view, const struct canvas *body)
{
    struct host_view *v = (struct host_view *)view;
    struct canvas rest = *body;
    draw_clear(body);
    if (view->app->host_error) {
        draw_glyph(body, 0, 1, ROLE_DANGER, GLYPH_FAILED);
        draw_text(body, 0, 3, body->width - 4, ROLE_DANGER, SHOWN_CUT_END, view->app->host_error);
        rest = canvas_part(body, 1, 0, body->height - 1, body->width);
    }
    if (!view->app->host) {
        draw_text(&rest, 1, 3, 0, ROLE_DIM, SHOWN_CUT_END, "Reading the host.");
        draw_cursor(&rest, 1, 3, false);
        return;
    }
    facts_draw(&v->facts, &rest, app_front(view->app));
}

static void close_view(struct view *view)
{
    struct host_view *v = (struct host_view *)view;
    facts_clear(&v->facts);
    free(v);
}

static const struct view_class class = {
    .name = "Host",
    .close = close_view,
    .title = title,
    .keys = &keys,
    .act = act,
    .key = on_key,
    .changed = changed,
    .focus = focus,
    .draw = draw,
};

struct view *view_host_new(struct app *app)
{
    struct host_view *v = mem_zero(1, sizeof(*v));
    v->view = (struct view){.class = &class, .app = app};
    build(v);
    return &v->view;
}
