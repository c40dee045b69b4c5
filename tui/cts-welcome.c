#include "tui/cts.h"

#include "backend/base/mem.h"
#include "tui/fmt.h"
#include "widgets/scroll.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The host has no containers yet: how to make the first one, and what this host has for it. */

static const struct {
    const char *id, *label, *note;
} choices[] = {
    {"jellyfin", "Set up Jellyfin", "a media server, its image filled in"},
    {"oci", "Create from an OCI image", "from Docker Hub, ghcr.io or your own registry"},
};
#define NCHOICES ((int)(sizeof(choices) / sizeof(choices[0])))
#define NOTES_AT 32

struct welcome {
    struct scroll scroll;
};

struct welcome *welcome_new(void)
{
    struct welcome *w = mem_zero(1, sizeof(*w));
    scroll_set_height(&w->scroll, NCHOICES);
    scroll_set_count(&w->scroll, NCHOICES);
    return w;
}

void welcome_free(struct welcome *w)
{
    free(w);
}

bool welcome_key(struct welcome *w, const struct key *key)
{
    if (keytable_matches("j Down Tab", key))
        scroll_by(&w->scroll, 1);
    else if (keytable_matches("k Up S-Tab", key))
        scroll_by(&w->scroll, -1);
    else if (keytable_matches("g Home", key))
        scroll_to(&w->scroll, 0);
    else if (keytable_matches("G End", key))
        scroll_to(&w->scroll, NCHOICES - 1);
    else
        return false;
    return true;
}

const char *welcome_choice(const struct welcome *w)
{
    return choices[w->scroll.cursor].id;
}

/* --- what this host has --- */

struct facts {
    const struct canvas *body;
    int y;
};

static void fact(struct facts *f, bool good, const char *text)
{
    if (f->y >= f->body->height)
        return;
    draw_glyph(f->body, f->y, 3, good ? ROLE_OK : ROLE_WARN, good ? GLYPH_DONE : GLYPH_WARN);
    draw_text(f->body, f->y++, 5, f->body->width - 6, ROLE_TEXT, SHOWN_CUT_END, text);
}

static void storage_fact(struct facts *f, const struct host *host, const char *content, const char *what)
{
    char text[200], free_space[24], all[24];
    for (size_t i = 0; i < host->nstorages; i++) {
        const struct storage *s = &host->storages[i];
        if (s->disabled || !storage_has(s, content))
            continue;
        fmt_amount(free_space, sizeof(free_space), s->avail);
        fmt_amount(all, sizeof(all), s->total);
        snprintf(text, sizeof(text), "%-15s %-11.40s %s free of %s", what, s->id, free_space, all);
        fact(f, s->active, text);
        return;
    }
    snprintf(text, sizeof(text), "%-15s no storage takes them: add one in Proxmox", what);
    fact(f, false, text);
}

static void host_facts(struct facts *f, const struct host *host)
{
    char text[256], memory[24];
    fmt_amount(memory, sizeof(memory), host->mem_total);
    snprintf(text, sizeof(text), "Proxmox VE %.20s, node %.40s, %ld CPUs, %s memory",
             host->pve_version ? host->pve_version : "", host->node ? host->node : "-", host->cpus, memory);
    fact(f, host->pve_version != NULL, host->pve_version ? text : "Proxmox VE      not found here, or not asked yet");
    storage_fact(f, host, "vztmpl", "images go to");
    storage_fact(f, host, "rootdir", "disks go to");
    const struct bridge *bridge = host->nbridges ? &host->bridges[0] : NULL;
    for (size_t i = 0; i < host->nbridges; i++)
        if (host->bridges[i].up && !(bridge->up))
            bridge = &host->bridges[i];
    if (bridge && bridge->uplink)
        snprintf(text, sizeof(text), "%-15s %-11.40s with the uplink %.40s", "network", bridge->name, bridge->uplink);
    else
        snprintf(text, sizeof(text), "%-15s %-11.40s %s", "network", bridge ? bridge->name : "no bridge",
                 bridge ? "without an uplink" : "is there: add one in Proxmox");
    fact(f, bridge && bridge->up, text);
    for (size_t i = 0; i < host->ngpus; i++) {
        const struct gpu *gpu = &host->gpus[i];
        snprintf(text, sizeof(text), "%-15s %.60s, %s%.30s", "GPU", gpu->name, gpu->driver ? "driver " : "no driver",
                 gpu->driver ? gpu->driver : "");
        fact(f, gpu->render != NULL, text);
    }
}

void welcome_draw(struct welcome *w, const struct host *host, const struct canvas *body, bool focus)
{
    struct facts facts = {.body = body, .y = NCHOICES + 5};
    draw_text(body, 1, 3, body->width - 4, ROLE_TEXT, SHOWN_CUT_END,
              "This host has no containers yet. Make the first one:");
    for (int i = 0; i < NCHOICES; i++) {
        int y = 3 + i;
        draw_text(body, y, 4, 0, ROLE_TEXT, SHOWN_CUT_END, choices[i].label);
        if (body->width > NOTES_AT + 20)
            draw_text(body, y, NOTES_AT, body->width - NOTES_AT - 1, ROLE_DIM, SHOWN_CUT_END, choices[i].note);
        if (i != w->scroll.cursor || !focus)
            continue;
        draw_glyph(body, y, 1, ROLE_FOCUS, GLYPH_CURSOR);
        draw_focus(body, y, 1, body->width - 2);
        draw_cursor(body, y, 1, false);
    }
    draw_text(body, NCHOICES + 4, 3, 0, ROLE_TEXT, SHOWN_CUT_END, "What this host has");
    host_facts(&facts, host);
}
