#include "tui/log-own.h"

#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "tui/job-acts.h"
#include "tui/job-words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The page of a job's log: follows its files, which another process writes, and offers what can be done next. */

/* Bytes that one turn of the loop indexes: a few milliseconds. */
#define BUDGET   (1 << 20)
#define STAMP_MS 1000
#define BUTTONS  "BUTTONS"
#define THE_LOG  "THE LOG"

const struct job *log_job(const struct log_view *v)
{
    return job_acts_find(v->view.app, v->id);
}

enum job_state log_state(const struct log_view *v)
{
    const struct job *job = log_job(v);
    return job ? job->state : v->known ? JOB_DONE : JOB_RUNNING;
}

/* --- following --------------------------------------------------------------------------------------------------- */

/* A step's command stands before what it says. */
static void add_heading(struct log_view *v, const struct job_event *mark, bool undo)
{
    const struct plan_step *step = &v->plan->steps[mark->step];
    struct buf command = BUF_INIT;
    argv_quote(&command, undo ? &step->undo : &step->argv);
    logview_heading(v->log, mark->log, command.s);
    MEM_GROW(v->headings, v->nheadings);
    v->headings[v->nheadings++] =
        (struct log_heading){.command = buf_detach(&command), .step = mark->step + 1, .undo = undo};
}

static void take_mark(struct log_view *v, const struct job_event *mark)
{
    bool known = mark->step >= 0 && (size_t)mark->step < v->plan->nsteps;
    if (mark->log >= v->grown) {
        if (known && strcmp(mark->event, "begin") == 0)
            add_heading(v, mark, false);
        else if (known && strcmp(mark->event, "undo-begin") == 0)
            add_heading(v, mark, true);
        logview_stamp(v->log, mark->log, mark->at);
    }
    job_steps_mark(&v->steps, mark);
}

static int64_t log_size(struct log_view *v)
{
    struct stat st;
    if (v->size_fd < 0) {
        v->size_fd = job_follow_log(v->follow);
        int fd = v->size_fd < 0 ? -1 : job_follow_log(v->follow);
        if (fd >= 0)
            logview_open(v->log, fd);
    }
    return v->size_fd >= 0 && fstat(v->size_fd, &st) == 0 ? st.st_size : 0;
}

/* The log's size first, then the marks, then the log up to that size: a step writes after its mark stands. */
static void look(struct log_view *v)
{
    struct job_event mark;
    struct err err = {0};
    int marks = 0;
    int64_t size = log_size(v), now = loop_now();
    while (job_follow_mark(v->follow, &mark, &err) == 1) {
        take_mark(v, &mark);
        marks++;
    }
    if (v->live && !marks && size > v->grown && now - v->stamped >= STAMP_MS) {
        logview_stamp(v->log, v->grown, now);
        v->stamped = now;
    }
    int64_t budget = size - v->grown < BUDGET ? size - v->grown : BUDGET;
    if (budget > 0) {
        logview_grow(v->log, (size_t)budget);
        v->grown += budget;
    }
    v->live |= v->grown >= size;
    if (size > v->grown)
        loop_timer_set(v->more, 1, 0);
    app_paint(v->view.app);
}

static void on_change(void *data)
{
    look(data);
}

static void say_found(struct log_view *v, long line)
{
    v->searching = line == LOGVIEW_MORE;
    if (v->searching)
        loop_timer_set(v->more, 1, 0);
    else if (line == LOGVIEW_NONE)
        app_say(v->view.app, "%s is not in the log from here on.", logview_searched(v->log));
    app_paint(v->view.app);
}

static void on_more(void *data)
{
    struct log_view *v = data;
    if (v->searching)
        say_found(v, logview_search_more(v->log));
    look(v);
}

/* --- what is offered --------------------------------------------------------------------------------------------- */

static void offer(struct log_view *v, const char *id, const char *label)
{
    struct log_button *button = &v->buttons[v->nbuttons++];
    button->id = id;
    snprintf(button->label, sizeof(button->label), "%s", label);
}

static bool possible(struct log_view *v, const char *act)
{
    return job_acts_why_not(v->view.app, act, &v->id, 1) == NULL;
}

/* Once it has ended. The focus begins where Enter, pressed once too often, does no harm. */
static void offer_next(struct log_view *v, const struct job *job)
{
    char label[64] = "Change and run again";
    if (job->state == JOB_DONE) {
        snprintf(label, sizeof(label), "Show CT %d", job->vmid);
        offer(v, "show", label);
        offer(v, "leave", "Leave");
        return;
    }
    if (possible(v, "undo"))
        offer(v, "undo", "Undo what is left");
    if (possible(v, "change")) {
        long disk = job_acts_disk(job);
        if (disk)
            snprintf(label, sizeof(label), "Change and run again: disk %ld GiB", disk);
        offer(v, "change", label);
    }
    if (possible(v, "again"))
        offer(v, "again", "Run again as it was");
    offer(v, "leave", "Leave");
    if (strcmp(v->buttons[0].id, "again") == 0)
        v->pressed = v->nbuttons - 1;
}

static void make_offers(struct log_view *v)
{
    const struct job *job = log_job(v);
    bool over = job && job_state_ended(job->state);
    bool offers = over && (job->state != JOB_DONE || (job->vmid && strcmp(job->kind, "create") == 0));
    /* They stand until an interrupted one gets another end. */
    bool interrupted = v->nbuttons && strcmp(v->buttons[0].id, "undo") == 0;
    if (offers == (v->nbuttons > 0) && !(interrupted && (!over || job->state != JOB_INTERRUPTED)))
        return;
    v->nbuttons = v->pressed = 0;
    if (offers)
        offer_next(v, job);
}

static void press(struct log_view *v)
{
    const char *id = v->buttons[v->pressed].id;
    if (strcmp(id, "leave") == 0)
        app_back(v->view.app);
    else if (strcmp(id, "show") == 0)
        app_push(v->view.app, view_ct_new(v->view.app, v->plan->vmid));
    else
        job_acts_do(v->view.app, &v->view, id, &v->id, 1);
}

/* --- title and focus --------------------------------------------------------------------------------------------- */

static void title(struct view *view, char *left, size_t nleft, char *right, size_t nright)
{
    struct log_view *v = (struct log_view *)view;
    snprintf(left, nleft, "Jobs \xe2\x80\xba %d %s", v->id, v->plan ? v->plan->title : "");
    if (v->plan)
        log_title(v, right, nright);
}

static void focus(struct view *view, char *text, size_t size)
{
    struct log_view *v = (struct log_view *)view;
    long first, last, lines = logview_lines(v->log), fresh = logview_new_lines(v->log);
    bool over = job_state_ended(log_state(v));
    logview_seen(v->log, &first, &last);
    if (!v->plan)
        return;
    if (lines == 0)
        snprintf(text, size, "Nothing was said yet.");
    else if (over && logview_at_end(v->log))
        snprintf(text, size, "The end of the log, %ld line%s. [ shows the step before, g the beginning.", lines,
                 lines == 1 ? "" : "s");
    else if (over)
        snprintf(text, size, "Lines %ld to %ld of %ld. ] shows the next step, G the end.", first, last, lines);
    else if (!logview_following(v->log))
        snprintf(text, size, "Lines %ld to %ld of %ld, %ld new since you scrolled. F follows again.", first, last,
                 lines, fresh);
    else if (v->plan->notes.n)
        snprintf(text, size, "%s", v->plan->notes.v[0]);
}

/* --- actions ----------------------------------------------------------------------------------------------------- */

/* clang-format off */
#define BUTTON_ROWS \
    {.id = "press", .keys = "Enter", .label = "press", .priority = 1, .section = BUTTONS, \
     .sentence = "Presses the button with the focus."}, \
    {.id = "next", .keys = "Tab", .label = "next", .priority = 2, .section = BUTTONS, \
     .sentence = "Goes to the next button; S-Tab goes to the one before."}, \
    {.id = "previous", .keys = "S-Tab", .label = "previous"}

/* Priorities in the footer of what differs: following, times, copy, cancel, run again. */
#define LOG_ROWS(follow_at, times_at, copy_at, cancel_at, again_at) \
    {.id = "follow", .keys = "F", .label = "follow", .priority = (follow_at), .section = THE_LOG, \
     .sentence = "Shows the end of the log as it grows; any move back ends it."}, \
    {.id = "step-before", .keys = "[", .shown = "[ ]", .label = "step", .priority = 4, .section = THE_LOG, \
     .sentence = "Goes to where the step before began; ] to the next."}, \
    {.id = "step-next", .keys = "]", .label = "next step"}, \
    {.id = "search", .keys = "/", .label = "search", .priority = 5, .section = THE_LOG, \
     .sentence = "Looks for words; small letters find capitals too. n and N go on."}, \
    {.id = "search-next", .keys = "n", .shown = "n N", .label = "next, previous found", .section = THE_LOG, \
     .sentence = "Goes on with the search, forward and back."}, \
    {.id = "search-back", .keys = "N", .label = "previous found"}, \
    {.id = "wrap", .keys = "w", .label = "wrap", .priority = 6, .section = THE_LOG, \
     .sentence = "Breaks long lines, or cuts them; Left and Right move sideways then."}, \
    {.id = "times", .keys = "t", .label = "times", .priority = (times_at), .section = THE_LOG, \
     .sentence = "Shows when lines came, as far as it is known, or hides it."}, \
    {.id = "save", .keys = "S", .label = "save", .priority = 7, .section = THE_LOG, \
     .sentence = "Saves the log to a file that only its owner can read."}, \
    JOB_ACTS_ROWS(cancel_at, again_at, 0), \
    {.id = "copy", .keys = "y", .label = "copy", .priority = (copy_at)}, \
    {.id = "menu", .keys = "m F9", .label = "more", .priority = 12}, \
    {.id = "move", .keys = "", .shown = "j k g G", .label = "down, up, begin, end", .section = THE_LOG, \
     .sentence = "The arrows, Home and End do the same; Space, PgDn, PgUp, ^B, ^F move by a page, ^U and ^D by half."}
/* clang-format on */

static const struct keytable_action while_running[] = {LOG_ROWS(1, 7, 10, 2, 0)};
static const struct keytable_action when_done[] = {LOG_ROWS(0, 10, 9, 0, 8)};
static const struct keytable_action when_offered[] = {BUTTON_ROWS, LOG_ROWS(0, 10, 8, 0, 0)};
static const char *why_not(struct view *view, const struct keytable_action *action)
{
    struct log_view *v = (struct log_view *)view;
    bool buttons = strcmp(action->id, "press") == 0 || strcmp(action->id, "next") == 0;
    if (!v->plan)
        return "There is no such job any more.";
    if ((buttons || strcmp(action->id, "previous") == 0) && v->nbuttons == 0)
        return "There is nothing to press here.";
    if (strcmp(action->id, "follow") == 0 && job_state_ended(log_state(v)))
        return "The job has ended: its log does not grow any more. G shows the end.";
    if (job_acts_knows(action->id))
        return job_acts_why_not(view->app, action->id, &v->id, 1);
    return NULL;
}

static void search_done(void *data, const char *text, bool accept)
{
    struct log_view *v = data;
    if (accept && *text)
        say_found(v, logview_search(v->log, text, false));
}

static void search_again(struct log_view *v, bool back)
{
    if (!*logview_searched(v->log))
        app_say(v->view.app, "Nothing was searched for yet. / asks.");
    else
        say_found(v, logview_search(v->log, NULL, back));
}

/* Actions that the log view does by its own keys. */
static bool by_key(struct log_view *v, const char *id)
{
    const struct keytable_action *action = keytable_by_id(v->view.class->keys, id);
    static const char *const own[] = {"follow", "step-before", "step-next", "wrap", "times"};
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (strcmp(own[i], id) == 0) {
            const struct key key = {.type = KEY_CHAR, .ch = (unsigned char)action->keys[0]};
            return logview_key(v->log, &key);
        }
    }
    return false;
}

static void act(struct view *view, const char *id)
{
    struct log_view *v = (struct log_view *)view;
    app_paint(view->app);
    if (by_key(v, id))
        return;
    if (job_acts_knows(id))
        job_acts_do(view->app, view, id, &v->id, 1);
    else if (strcmp(id, "press") == 0)
        press(v);
    else if (strcmp(id, "next") == 0)
        v->pressed = (v->pressed + 1) % v->nbuttons;
    else if (strcmp(id, "previous") == 0)
        v->pressed = (v->pressed + v->nbuttons - 1) % v->nbuttons;
    else if (strcmp(id, "search") == 0)
        app_prompt(view->app, "/", logview_searched(v->log), NULL, search_done, v);
    else if (strcmp(id, "search-next") == 0 || strcmp(id, "search-back") == 0)
        search_again(v, strcmp(id, "search-back") == 0);
    else if (strcmp(id, "save") == 0)
        log_save(v);
}

static bool key(struct view *view, const struct key *k, const char *paste, size_t npaste)
{
    struct log_view *v = (struct log_view *)view;
    (void)paste;
    (void)npaste;
    return !key_is_code(k, KEYS_ESC) && logview_key(v->log, k);
}

static bool copy(struct view *view, int i, char *label, size_t nlabel, char *value, size_t nvalue)
{
    struct log_view *v = (struct log_view *)view;
    const struct job *job = log_job(v);
    const char *command = logview_rule(v->log);
    if (*command && i-- == 0) {
        snprintf(label, nlabel, "Command");
        snprintf(value, nvalue, "%s", command);
        return true;
    }
    return job && job_words_copy(job, i, label, nlabel, value, nvalue);
}

static void heading(struct view *view, char *text, size_t size)
{
    struct log_view *v = (struct log_view *)view;
    snprintf(text, size, "%d %s", v->id, v->plan ? v->plan->title : "");
}

static bool shows_job(const struct view *view, int job)
{
    return ((const struct log_view *)view)->id == job;
}

/* --- life -------------------------------------------------------------------------------------------------------- */

static void choose_class(struct log_view *v);

static void changed(struct view *view, unsigned what)
{
    struct log_view *v = (struct log_view *)view;
    const struct job *job = log_job(v);
    if (!(what & APP_JOBS) || !v->plan)
        return;
    v->known |= job != NULL;
    if (job && job->unread)
        app_job_read(view->app, v->id);
    look(v);
    make_offers(v);
    choose_class(v);
}

static void draw(struct view *view, const struct canvas *body)
{
    log_draw((struct log_view *)view, body);
}

static void close_view(struct view *view)
{
    struct log_view *v = (struct log_view *)view;
    loop_watch_free(v->watch);
    loop_timer_free(v->more);
    job_follow_free(v->follow);
    if (v->size_fd >= 0)
        close(v->size_fd);
    if (v->plan)
        job_steps_clear(&v->steps);
    logview_free(v->log);
    for (size_t i = 0; i < v->nheadings; i++)
        free(v->headings[i].command);
    free(v->headings);
    plan_free(v->plan);
    free(v->problem);
    free(v);
}

static const struct keytable running_keys = {while_running, sizeof(while_running) / sizeof(while_running[0])};
static const struct keytable done_keys = {when_done, sizeof(when_done) / sizeof(when_done[0])};
static const struct keytable offer_keys = {when_offered, sizeof(when_offered) / sizeof(when_offered[0])};

/* One class for each footer: what a job can be asked changes when it ends. */
#define LOG_CLASS(table)                                                                                               \
    {                                                                                                                  \
        .name = "Log", .close = close_view, .title = title, .keys = (table), .why_not = why_not, .act = act,           \
        .key = key, .changed = changed, .focus = focus, .draw = draw, .copy = copy, .heading = heading,                \
        .shows_job = shows_job                                                                                         \
    }
static const struct view_class running_class = LOG_CLASS(&running_keys);
static const struct view_class done_class = LOG_CLASS(&done_keys);
static const struct view_class offer_class = LOG_CLASS(&offer_keys);

static void choose_class(struct log_view *v)
{
    bool over = job_state_ended(log_state(v));
    v->view.class = v->nbuttons ? &offer_class : over ? &done_class : &running_class;
}

struct view *view_log_new(struct app *app, int id)
{
    struct log_view *v = mem_zero(1, sizeof(*v));
    struct err err = {0};
    char *folder = mem_printf("%s/jobs/%d", places_state(), id);
    v->view = (struct view){.class = &running_class, .app = app};
    v->id = id;
    v->size_fd = -1;
    v->log = logview_new();
    if (job_follow_open(id, &v->follow, &err) || job_plan(id, &v->plan, &err)) {
        v->problem = mem_strdup(err.text);
    } else {
        job_steps_init(&v->steps, v->plan);
        v->more = loop_timer_new(app->loop, on_more, v);
        v->watch = loop_watch_new(app->loop, folder, on_change, v);
    }
    free(folder);
    return &v->view;
}
