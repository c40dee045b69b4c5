#ifndef TENGIL_TUI_APP_OWN_H
#define TENGIL_TUI_APP_OWN_H

#include "tui/app.h"

#include "widgets/edit.h"
#include "widgets/frame.h"
#include "widgets/gauge.h"
#include "widgets/help.h"
#include "widgets/messages.h"

/* What the files app*.c and actions.c share. Nobody else includes this. */

#define APP_PAGES   16
#define APP_SIGNALS 6

/* What lies over the view and has the keys: one at a time. */
enum app_over { OVER_NOTHING, OVER_DIALOG, OVER_MENU, OVER_HELP };

struct app_private {
    /* app.c */
    struct loop_fd *input, *output;
    struct loop_signal *signals[APP_SIGNALS];
    struct loop_timer *message_timer;
    bool dirty;
    bool quitting;    /* the quit dialog is open */
    char leaving[16]; /* what is done once the person lets go of a form's text */
    int status;
    /* app-views.c */
    struct view *screens[APP_NSCREENS];
    enum app_screen screen;
    struct view *pages[APP_PAGES];
    int npages;
    struct view *gone[APP_PAGES]; /* closed in this turn; freed at its end, since their own code may be under way */
    int ngone;
    /* app-ask.c */
    enum app_over over;
    struct dialog *dialog;
    struct menu *menu;
    struct help *help;
    struct keytable_action *help_actions[2]; /* copies, of the help's tables */
    struct keytable help_tables[2];
    void (*answer)(void *data, const char *id);
    void *answer_data;
    struct keytable_action buttons[8]; /* the footer while a dialog is open */
    char button_keys[8][8], button_labels[8][48];
    int nbuttons;
    char escape[48];
    bool prompting;
    struct edit prompt;
    char *prompt_label;
    const char *prompt_hint;
    void (*prompt_typed)(void *data, const char *text);
    void (*prompt_done)(void *data, const char *text, bool accept);
    void *prompt_data;
    struct messages *messages;
    /* app-data.c, app-jobs.c */
    struct data *data;
    struct jobs *jobs;
    struct app_job_row {
        char step[64], rate[16], left[32], more[24], title[160];
    } job_row; /* app-jobrow.c */
};

bool app_unsaved(const struct app *app, bool top_only); /* a page holds text that would be lost */
void app_views_free(struct app *app);
void app_views_bury(struct app *app); /* frees what was closed */

/* app-keys.c */
void app_on_key(struct app *app, const struct key *key);
/* Does what an action of the view or of all views says. */
void app_do(struct app *app, const struct keytable_action *action);

/* app-ask.c */
bool app_over_key(struct app *app, const struct key *key, const char *paste, size_t npaste);
void app_over_draw(struct app *app, const struct canvas *body);
void app_over_close(struct app *app);
void app_help(struct app *app);
void app_ask_free(struct app *app);
bool app_prompt_key(struct app *app, const struct key *key, const char *paste, size_t npaste);

/* app-paint.c */
void app_draw(struct app *app);

/* app-data.c */
void app_data_open(struct app *app);
void app_data_free(struct app *app);

/* app-jobs.c */
void app_jobs_open(struct app *app);
void app_jobs_free(struct app *app);
void app_jobs_look(struct app *app); /* reads them anew */
int app_jobs_running(const struct app *app);
int app_jobs_unread(const struct app *app);              /* failed ones that nobody has looked at */
void app_jobs_title(struct app *app);                    /* the terminal's title, at steps of jobs */
int64_t app_job_timeout(const struct app *app, int job); /* seconds that its step gives itself; 0: it says none */

/* app-jobrow.c */
/* The running job that is nearest to its end; NULL: none runs. */
const struct job *app_jobs_nearest(const struct app *app);
/* The job row; false: none runs. The texts live until the next call. */
bool app_jobs_gauge(struct app *app, struct gauge *gauge);

/* actions.c: what all views share */
extern const struct keytable app_actions;
void app_act(struct app *app, const char *id);
const char *app_why_not(struct app *app, const struct keytable_action *action);
void app_quit(struct app *app, bool ask);

#endif
