#include "tui/pulling.h"

#include "backend/base/mem.h"
#include "tui/making.h"

#include <stdlib.h>

struct pulling {
    struct app *app;
    struct imageref ref;
    char *arch;
    struct image_facts facts;
    struct err err;
    int rc;
};

static void ask_registry(void *data)
{
    struct pulling *p = data;
    p->rc = making_facts(p->app->settings, &p->ref, p->arch, &p->facts, &p->err);
}

static void started(void *data, int job, const char *why)
{
    struct app *app = data;
    (void)why;
    if (job > 0)
        app_push(app, view_log_new(app, job));
}

static void answered(void *data)
{
    struct pulling *p = data;
    struct plan *plan = NULL;
    char id[17];
    plan_new_id(id);
    if (!p->rc && p->app->host)
        plan = plan_pull(&p->ref, p->arch, NULL, p->app->host, &p->facts, p->app->settings, id, &p->err);
    if (plan)
        app_start_job(p->app, plan, NULL, started, p->app);
    else
        app_error(p->app, "%s Nothing was run.", p->err.text);
    imageref_clear(&p->ref);
    image_facts_clear(&p->facts);
    free(p->arch);
    free(p);
}

static void done(void *data, const char *text, bool accept)
{
    struct app *app = data;
    struct err err = {0};
    struct imageref ref = {0};
    if (!accept || !*text)
        return;
    if (imageref_parse(text, &ref, &err)) {
        app_error(app, "%s", err.text);
        return;
    }
    struct pulling *p = mem_zero(1, sizeof(*p));
    struct buf name = BUF_INIT;
    p->app = app;
    p->ref = ref;
    p->arch = mem_strdup(app->host && app->host->arch ? app->host->arch : "amd64");
    imageref_add(&name, &ref);
    app_say(app, "Asking %s about %s.", ref.registry, name.s);
    buf_clear(&name);
    app_work(app, ask_registry, answered, p);
}

void pulling_ask(struct app *app)
{
    app_prompt(app, "Pull image: ", "", NULL, done, app);
}
