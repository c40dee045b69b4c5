#include "backend/plan/build.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

const char *const plan_kinds[] = {"create", "pull",     "download", "destroy", "start",
                                  "stop",   "shutdown", "reboot",   "change",  NULL};

static const char hex_digits[] = "0123456789abcdef";

bool plan_id_ok(const char *id)
{
    return strlen(id) == 16 && strspn(id, hex_digits) == 16;
}

bool plan_claim_ok(const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    size_t len = strlen(name);

    return len > 0 && len <= 255 && name[0] != '.' && name[0] != '-' && strspn(name, plain) == len;
}

void plan_new_id(char id[17])
{
    unsigned char bytes[8];
    size_t have = 0;

    /* Eight bytes come whole or, before the kernel's pool is ready, late; only a signal can shorten that. */
    while (have < sizeof(bytes)) {
        ssize_t got = getrandom(bytes + have, sizeof(bytes) - have, 0);
        if (got > 0)
            have += (size_t)got;
    }
    for (size_t i = 0; i < sizeof(bytes); i++) {
        id[2 * i] = hex_digits[bytes[i] >> 4];
        id[2 * i + 1] = hex_digits[bytes[i] & 15];
    }
    id[16] = '\0';
}

__attribute__((format(printf, 1,
                      0))) /* Words for a person. They may hold names from a conf or an image, so what is no text is
                            * shown as \xNN here already: JSON could not hold it. Endless names are cut. */
static char *
sentence(const char *fmt, va_list args)
{
    struct buf raw = BUF_INIT, shown = BUF_INIT;

    buf_vaddf(&raw, fmt, args);
    bool cut = raw.len > PLAN_SENTENCE_MAX;
    text_add_shown(&shown, raw.s, cut ? PLAN_SENTENCE_MAX : raw.len);
    if (cut)
        buf_adds(&shown, "…");
    buf_clear(&raw);
    return buf_detach(&shown);
}

struct plan *plan_new(const char *kind, const char *id, int vmid)
{
    struct plan *plan = mem_zero(1, sizeof(*plan));

    snprintf(plan->id, sizeof(plan->id), "%s", id);
    plan->kind = mem_strdup(kind);
    plan->vmid = vmid;
    return plan;
}

struct plan_step *plan_add_step(struct plan *plan, enum plan_stop stop, const char *title, ...)
{
    va_list args;

    MEM_GROW(plan->steps, plan->nsteps);
    struct plan_step *step = &plan->steps[plan->nsteps++];
    *step = (struct plan_step){.stop = stop, .redo = -1};
    va_start(args, title);
    step->title = sentence(title, args);
    va_end(args);
    return step;
}

void plan_add_claim(struct plan *plan, bool wait, const char *name, ...)
{
    va_list args;

    MEM_GROW(plan->claims, plan->nclaims);
    struct plan_claim *claim = &plan->claims[plan->nclaims++];
    claim->wait = wait;
    struct buf b = BUF_INIT;
    va_start(args, name);
    buf_vaddf(&b, name, args);
    va_end(args);
    claim->name = buf_detach(&b);
}

void plan_add_note(struct plan *plan, const char *note, ...)
{
    va_list args;

    if (plan->notes.n >= PLAN_NOTES_OWN)
        return;
    va_start(args, note);
    argv_push_nodup(&plan->notes, sentence(note, args));
    va_end(args);
}

void plan_set_title(struct plan *plan, const char *title, ...)
{
    va_list args;

    free(plan->title);
    va_start(args, title);
    plan->title = sentence(title, args);
    va_end(args);
}

static void step_clear(struct plan_step *step)
{
    free(step->title);
    argv_clear(&step->argv);
    argv_clear(&step->undo);
    free(step->progress_dir);
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->nsteps; i++)
        step_clear(&plan->steps[i]);
    for (size_t i = 0; i < plan->nclaims; i++)
        free(plan->claims[i].name);
    free(plan->steps);
    free(plan->claims);
    free(plan->kind);
    free(plan->title);
    free(plan->image_volid);
    argv_clear(&plan->notes);
    free(plan);
}
