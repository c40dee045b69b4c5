#include "tui/acts.h"

#include "backend/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHUTDOWN_S 60
#define NAMED_MAX  24 /* CTs that a question names one by one */

/* --- the acts --- */

static struct plan *shut_down(const struct host *host, int vmid, const char *id, struct err *err)
{
    return plan_shutdown(host, vmid, SHUTDOWN_S, true, id, err);
}

static struct plan *reboot(const struct host *host, int vmid, const char *id, struct err *err)
{
    return plan_reboot(host, vmid, SHUTDOWN_S, id, err);
}

static struct plan *destroy(const struct host *host, int vmid, const char *id, struct err *err)
{
    /* The page has ticks for what stands in the way of these two. */
    const struct plan_destroy_options options = {.stop_first = true, .lift_protection = true};
    return plan_destroy(host, vmid, &options, id, err);
}

static const struct act {
    const char *id;
    struct plan *(*plan)(const struct host *host, int vmid, const char *id, struct err *err);
    /* Of the question; NULL: none is asked. */
    const char *title, *button, *harmless;
    const char *one; /* what one CT will see */
} acts[] = {
    {.id = "start", .plan = plan_start},
    {.id = "shutdown",
     .plan = shut_down,
     .title = "Shut down",
     .button = "Shut down",
     .harmless = "Leave it on",
     .one = "is asked to end. What still runs after 60 seconds is stopped."},
    {.id = "stop",
     .plan = plan_stop_now,
     .title = "Stop at once",
     .button = "Stop now",
     .harmless = "Leave it on",
     .one = "stops at once, as by pulling its plug. What it has not written yet is lost."},
    {.id = "reboot",
     .plan = reboot,
     .title = "Reboot",
     .button = "Reboot",
     .harmless = "Leave it on",
     .one = "is shut down within 60 seconds and started again."},
    {.id = "destroy", .plan = destroy},
};

static const struct act *find(const char *id)
{
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
        if (strcmp(acts[i].id, id) == 0)
            return &acts[i];
    return NULL;
}

bool acts_knows(const char *act)
{
    return find(act) != NULL;
}

static struct plan *plan_for(const struct act *act, const struct host *host, int vmid, struct err *err)
{
    char id[17];
    plan_new_id(id);
    return act->plan(host, vmid, id, err);
}

const char *acts_why_not(const struct host *host, const char *name, const int *vmids, int n, char *why, size_t size)
{
    const struct act *act = find(name);
    struct err err = {0};
    if (!host || !act || n == 0) {
        snprintf(why, size, "%s", n == 0 ? "There is no CT here." : "The host has not been read yet.");
        return why;
    }
    for (int i = 0; i < n; i++) {
        struct plan *plan = plan_for(act, host, vmids[i], &err);
        if (plan) {
            plan_free(plan);
            return NULL;
        }
    }
    snprintf(why, size, "%s", err.text);
    return why;
}

/* --- doing it --- */

/* A job for each that can; what cannot is named. */
static void run(struct app *app, const struct act *act, const int *vmids, int n)
{
    for (int i = 0; i < n; i++) {
        struct err err = {0};
        struct plan *plan = app->host ? plan_for(act, app->host, vmids[i], &err) : NULL;
        if (plan)
            app_start_job(app, plan, NULL, NULL, NULL);
        else
            app_error(app, "%s", app->host ? err.text : "The host has not been read yet.");
    }
}

/* --- asking --- */

struct asked {
    struct app *app;
    const struct act *act;
    int n, vmids[];
};

void acts_question(const struct host *host, const char *name, const int *vmids, int n, struct buf *text)
{
    const struct act *act = find(name);
    struct buf skipped = BUF_INIT;
    int nskipped = 0, shown = 0;
    for (int i = 0; i < n; i++) {
        struct err err = {0};
        struct plan *plan = plan_for(act, host, vmids[i], &err);
        const struct ct *ct = host_ct(host, vmids[i]);
        if (!plan) {
            if (nskipped++ < NAMED_MAX)
                buf_addf(&skipped, "%s%d %s", skipped.len ? ", " : "", vmids[i], ct ? ct->name : "");
            continue;
        }
        plan_free(plan);
        if (n == 1)
            buf_addf(text, "%d %s %s", vmids[i], ct->name, act->one);
        else if (shown < NAMED_MAX)
            buf_addf(text, "%s%d %s", shown ? ", " : "", vmids[i], ct->name);
        shown++;
    }
    if (n > 1 && shown > NAMED_MAX)
        buf_addf(text, " and %d more", shown - NAMED_MAX);
    if (n > 1)
        buf_addf(text, "\nEach %s", act->one);
    if (n > 1 && nskipped)
        buf_addf(text, "\nLeft out, as they cannot: %s", skipped.s);
    if (nskipped > NAMED_MAX)
        buf_addf(text, " and %d more", nskipped - NAMED_MAX);
    buf_clear(&skipped);
}

static void answered(void *data, const char *id)
{
    struct asked *asked = data;
    if (strcmp(id, "do") == 0)
        run(asked->app, asked->act, asked->vmids, asked->n);
    free(asked);
}

static void ask(struct app *app, const struct act *act, const int *vmids, int n)
{
    const struct dialog_button buttons[] = {
        {.id = "leave", .label = act->harmless},
        {.id = "do", .label = act->button, .letter = 'y'},
    };
    struct asked *asked = mem_zero(1, sizeof(*asked) + (size_t)n * sizeof(asked->vmids[0]));
    struct buf text = BUF_INIT;
    char title[64];

    asked->app = app;
    asked->act = act;
    asked->n = n;
    memcpy(asked->vmids, vmids, (size_t)n * sizeof(asked->vmids[0]));
    acts_question(app->host, act->id, vmids, n, &text);
    snprintf(title, sizeof(title), n == 1 ? "%s" : "%s %d CTs", act->title, n);
    app_ask(app, title, text.s, buttons, 2, 0, answered, asked);
    buf_clear(&text);
}

void acts_do(struct app *app, const char *name, const int *vmids, int n)
{
    const struct act *act = find(name);
    char why[ERR_TEXT_MAX];
    if (!act)
        return;
    if (acts_why_not(app->host, name, vmids, n, why, sizeof(why)))
        app_error(app, "%s", why);
    else if (act->title)
        ask(app, act, vmids, n);
    else if (act->plan != destroy)
        run(app, act, vmids, n);
    else if (n == 1)
        app_push(app, view_destroy_new(app, vmids[0]));
    else
        app_error(app, "%d CTs are marked. Each is destroyed on its own page: lift the marks with U, then D.", n);
}
