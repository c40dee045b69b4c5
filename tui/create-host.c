#include "tui/create-form.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the form offers of a host, and what it says beside its fields. */

static const char *keep(struct create_form *c, const char *text)
{
    argv_push(&c->words, text);
    return c->words.v[c->words.n - 1];
}

static void put(struct form_choice *choices, int *n, struct form_choice choice)
{
    if (*n < CREATE_CHOICES)
        choices[(*n)++] = choice;
}

static void add_room(struct buf *out, const struct storage *s)
{
    if (s->avail == HOST_UNKNOWN)
        return;
    num_add_size(out, s->avail);
    buf_adds(out, " free");
    if (s->total != HOST_UNKNOWN) {
        buf_adds(out, " of ");
        num_add_size(out, s->total);
    }
}

static void take_storages(struct create_form *c, const struct host *host)
{
    const char *first = c->settings->disk_storage;
    c->nstorages = 0;
    for (size_t i = 0; i < host->nstorages; i++) {
        const struct storage *s = &host->storages[i];
        struct buf room = BUF_INIT;
        if (!storage_has(s, "rootdir"))
            continue;
        bool usable = s->active && !s->disabled;
        add_room(&room, s);
        put(c->storages, &c->nstorages,
            (struct form_choice){.value = keep(c, s->id),
                                 .label = keep(c, s->id),
                                 .note = keep(c, room.s),
                                 .not_possible = usable ? NULL : "not active on this host"});
        if (!first && usable)
            first = s->id;
        buf_clear(&room);
    }
    form_choices(c->form, "storage", c->storages, c->nstorages);
    form_choices(c->form, "m.storage", c->storages, c->nstorages);
    form_fallback(c->form, "storage", first);
    form_fallback(c->form, "m.storage", first);
}

static void take_bridges(struct create_form *c, const struct host *host)
{
    const char *first = c->settings->bridge;
    c->nbridges = 0;
    for (size_t i = 0; i < host->nbridges; i++) {
        const struct bridge *b = &host->bridges[i];
        char note[160];
        snprintf(note, sizeof(note), "%s%s%.100s", b->up ? "up" : "down", b->uplink ? ", uplink " : "",
                 b->uplink ? b->uplink : "");
        put(c->bridges, &c->nbridges,
            (struct form_choice){.value = keep(c, b->name),
                                 .label = keep(c, b->name),
                                 .note = keep(c, note),
                                 .not_possible = b->up ? NULL : "down"});
        if (!first && b->up)
            first = b->name;
    }
    form_choices(c->form, "bridge", c->bridges, c->nbridges);
    form_fallback(c->form, "bridge", first ? first : "");
}

static void take_gpus(struct create_form *c, const struct host *host)
{
    c->ngpus = 0;
    put(c->gpus, &c->ngpus, (struct form_choice){.value = "none", .label = "none"});
    for (size_t i = 0; i < host->ngpus; i++) {
        const struct gpu *g = &host->gpus[i];
        char note[200];
        snprintf(note, sizeof(note), "%.40s  %.60s", g->pci, g->render ? g->render : "");
        put(c->gpus, &c->ngpus,
            (struct form_choice){.value = keep(c, g->pci),
                                 .label = keep(c, g->name),
                                 .note = keep(c, note),
                                 .not_possible = g->render ? NULL : "it has no render node: no driver is bound"});
    }
    form_choices(c->form, "gpu", c->gpus, c->ngpus);
    form_fallback(c->form, "gpu", "none");
}

static void take_templates(struct create_form *c, const struct host *host)
{
    c->ntemplates = 0;
    for (size_t i = 0; i < host->nimages; i++) {
        const struct image *image = &host->images[i];
        struct buf size = BUF_INIT;
        if (image->oci)
            continue;
        num_add_size(&size, image->size);
        put(c->templates, &c->ntemplates,
            (struct form_choice){
                .value = keep(c, image->volid), .label = keep(c, image->file), .note = keep(c, size.s)});
        buf_clear(&size);
    }
    form_choices(c->form, "template", c->templates, c->ntemplates);
    form_fallback(c->form, "template", c->ntemplates ? c->templates[0].value : "");
}

static void take_vmid(struct create_form *c)
{
    int next = c->host ? host_next_vmid(c->host, c->taken, c->ntaken) : -1;
    char text[16] = "";
    if (next > 0)
        snprintf(text, sizeof(text), "%d", next);
    form_fallback(c->form, "vmid", text);
}

void create_host(struct create_form *c, const struct host *host)
{
    struct argv old = c->words;
    c->words = (struct argv)ARGV_INIT;
    c->host = host;
    if (host) {
        take_storages(c, host);
        take_bridges(c, host);
        take_gpus(c, host);
        take_templates(c, host);
    }
    take_vmid(c);
    argv_clear(&old);
    create_check(c);
}

/* --- notes --- */

static void note_image(const struct create_form *c, char *text, size_t size)
{
    struct imageref ref = {0};
    struct buf name = BUF_INIT, note = BUF_INIT;
    if (imageref_parse(form_value(c->form, "image"), &ref, NULL) == 0) {
        imageref_add(&name, &ref);
        imageref_clear(&ref);
    }
    bool about = c->asked && strcmp(c->asked, name.s) == 0;
    for (size_t i = 0; c->host && name.len && i < c->host->nimages; i++) {
        const struct image *image = &c->host->images[i];
        if (image->reference && strcmp(image->reference, name.s) == 0 && !note.len)
            buf_adds(&note, "is here");
    }
    if (!note.len && about && c->known)
        num_add_size(&note, c->facts.size);
    else if (!note.len && about && c->facts_error)
        buf_adds(&note, c->facts_error);
    snprintf(text, size, "%s", note.s);
    buf_clear(&name);
    buf_clear(&note);
}

static void note_storage(const struct create_form *c, const char *id, char *text, size_t size)
{
    const struct storage *s = c->host ? host_storage(c->host, form_effective(c->form, id)) : NULL;
    struct buf note = BUF_INIT;
    if (s && s->avail != HOST_UNKNOWN) {
        num_add_size(&note, s->avail);
        buf_adds(&note, " free");
    }
    snprintf(text, size, "%s", note.s);
    buf_clear(&note);
}

static void note_folder(const struct create_form *c, char *text, size_t size)
{
    for (size_t i = 0; i < c->nfolders; i++) {
        const struct host_folder *f = &c->folders[i];
        if (strcmp(f->path, form_value(c->form, "m.source")) == 0 && f->exists)
            snprintf(text, size, "of uid %u", f->uid);
    }
}

void create_note(void *data, const char *id, char *text, size_t size)
{
    const struct create_form *c = data;
    if (strcmp(id, "image") == 0)
        note_image(c, text, size);
    else if (strcmp(id, "storage") == 0 || strcmp(id, "m.storage") == 0)
        note_storage(c, id, text, size);
    else if (strcmp(id, "m.source") == 0)
        note_folder(c, text, size);
    else if (strcmp(id, "template") == 0 && c->host && c->ntemplates == 0)
        snprintf(text, size, "none is here; pveam download fetches one");
}
