#ifndef TENGIL_TUI_APP_H
#define TENGIL_TUI_APP_H

#include "backend/base/err.h"
#include "backend/base/loop.h"
#include "backend/host/host.h"
#include "backend/job/job.h"
#include "backend/plan/plan.h"
#include "backend/spec/settings.h"
#include "tui/view.h"
#include "widgets/dialog.h"
#include "widgets/menu.h"
#include "widgets/term.h"

/*
 * The program on the screen: terminal, loop, the newest snapshots and a stack of views. All state is here; there are no
 * globals. Callbacks run in the loop's thread.
 */
struct app {
    struct loop *loop;
    struct term *term;
    struct keys *keys;
    struct theme theme;
    struct root root;
    struct settings *settings;
    bool demo;
    const struct host *host; /* the newest snapshot; NULL before the first. It lives until the next APP_HOST */
    long long host_at;       /* Unix ms of its reading */
    const char *host_error;  /* why it could not be read anew; NULL: it could. `host` then is what is still known */
    const struct job *jobs;  /* newest first */
    size_t njobs;
    struct app_private *own; /* app.c: views, prompts, messages, watches */
};

/* Opens the screens and runs until the person quits. Returns the exit code. */
int app_run(struct settings *settings, bool demo);

/* --- views: the four screens lie at the bottom, pages on top --- */
enum app_screen { APP_CONTAINERS, APP_IMAGES, APP_JOBS_SCREEN, APP_HOST_SCREEN, APP_NSCREENS };
void app_push(struct app *app, struct view *page);
void app_back(struct app *app);                           /* closes the topmost page */
void app_switch(struct app *app, enum app_screen screen); /* closes pages above */
void app_changed(struct app *app, unsigned what);         /* tells the topmost view, and that a paint is due */
void app_paint(struct app *app);                          /* a paint is due at the end of this turn */
struct view *app_top(const struct app *app);              /* the view that is seen */
bool app_front(const struct app *app);                    /* nothing lies over the view: it shows its cursor */

/* Constructors, each in its own view-*.c. Pages of a thing that is gone say so. */
struct view *view_cts_new(struct app *app);
struct view *view_images_new(struct app *app);
struct view *view_jobs_new(struct app *app);
struct view *view_host_new(struct app *app);
struct view *view_ct_new(struct app *app, int vmid); /* details */
struct view *view_image_new(struct app *app, const char *volid);
struct view *view_log_new(struct app *app, int job);
/* Of that view: a rule that names the job, and the lines of its log alone. */
void view_log_draw_lines(struct view *log, const struct canvas *c);
struct view *view_create_new(struct app *app, const char *image);        /* the one-page form; image NULL: empty */
struct view *view_create_from(struct app *app, const struct spec *spec); /* the same, filled in; the spec is copied */
struct view *view_destroy_new(struct app *app, int vmid);
struct view *view_text_new(struct app *app, const char *title,
                           const char *text); /* commands of a plan, messages: something to read */

/* --- the message row --- */
void app_say(struct app *app, const char *fmt, ...) __attribute__((format(printf, 2, 3)));   /* what just happened */
void app_error(struct app *app, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* stays until Esc */

/* --- questions: keys typed before it opened are thrown away; the answer comes to `answer` ("" when it was closed) ---
 */
void app_ask(struct app *app, const char *title, const char *text, const struct dialog_button *buttons, int n,
             int harmless, void (*answer)(void *data, const char *id), void *data);
void app_menu(struct app *app, const char *title, const struct menu_row *rows, int n,
              void (*picked)(void *data, const char *id), void *data);
/* A line typed on the message row ("/" filter and search): `typed` at each key, `done` with accept false on Esc. */
void app_prompt(struct app *app, const char *label, const char *text, void (*typed)(void *data, const char *text),
                void (*done)(void *data, const char *text, bool accept), void *data);

/* What else can be typed, for the footer of the prompt that was just opened: "status: tag: node:" (kept). */
void app_prompt_hint(struct app *app, const char *hint);

/* --- what can block --- */
/* `work` runs in the pool with `data` to itself, then `done` in the loop. */
void app_work(struct app *app, void (*work)(void *data), void (*done)(void *data), void *data);
/* Starts the plan as a job in the background and frees the plan; says so or shows the error. `spec_yaml` may be NULL
 * (copied). `started` (may be NULL) gets the job's number, or a negative errno. */
void app_start_job(struct app *app, struct plan *plan, const char *spec_yaml,
                   void (*started)(void *data, int job, const char *why), void *data);
void app_cancel_job(struct app *app, int job);
/* Its bad end has been seen (job->unread). */
void app_job_read(struct app *app, int job);
/* How far the step that runs is (looked at in the background, twice a second); false: it cannot be counted, or not yet.
 */
struct app_progress {
    uint64_t part, whole;    /* bytes */
    char rate[16], left[24]; /* "13M/s", "9s left"; "" while not known */
};
bool app_job_progress(const struct app *app, int job, struct app_progress *progress);
/* Makes the snapshots new at once. */
void app_reload(struct app *app);
/* "as of 14:55" when the host could not be read for a while; false: what is shown is fresh. */
bool app_as_of(const struct app *app, char *text, size_t size);

#endif
