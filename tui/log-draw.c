#include "tui/log-own.h"

#include "backend/base/buf.h"
#include "tui/fmt.h"
#include "tui/job-words.h"
#include "widgets/gauge.h"
#include "widgets/shown.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MAX  64
#define TOOK      9  /* columns at the right that the time has, with its gap */
#define BAR_REST  24 /* of the bar's row, what is no bar */
#define LINES_MAX 12

/* --- title ------------------------------------------------------------------------------------------------------- */

static void title_of_ended(const struct job *job, char *out, size_t size)
{
    char took[16], when[32];
    job_words_took(job, job->ended, took, sizeof(took));
    job_words_moment(job->ended, loop_now(), when, sizeof(when));
    if (job->state == JOB_DONE)
        snprintf(out, size, "done %s, took %s\ndone in %s", when, took, took);
    else if (job->state == JOB_INTERRUPTED)
        snprintf(out, size, "interrupted at step %d of %d\ninterrupted", job->step + 1, job->nsteps);
    else
        snprintf(out, size, "%s %s at step %d of %d\n%s", job_words_state(job->state), when, job->step + 1, job->nsteps,
                 job_words_state(job->state));
}

void log_title(const struct log_view *v, char *out, size_t size)
{
    const struct job *job = log_job(v);
    char took[16] = "-", where[48];
    long fresh = logview_new_lines(v->log);
    if (!job) {
        snprintf(out, size, "%s", v->known ? "forgotten" : "starting");
        return;
    }
    if (job_state_ended(job->state)) {
        title_of_ended(job, out, size);
        return;
    }
    job_words_took(job, loop_now(), took, sizeof(took));
    if (logview_following(v->log))
        snprintf(where, sizeof(where), "following");
    else
        snprintf(where, sizeof(where), "%ld new line%s", fresh, fresh == 1 ? "" : "s");
    snprintf(out, size, "%s %s, %s\n%s %s", job_words_state(job->state), took, where, job_words_state(job->state),
             took);
}

/* --- steps ------------------------------------------------------------------------------------------------------- */

static int digits_of(size_t n)
{
    return n < 10 ? 1 : n < 100 ? 2 : 3;
}

static void draw_bar_row(const struct log_view *v, const struct canvas *c, int y, int x)
{
    struct app_progress p;
    char text[48];
    int width = c->width - BAR_REST;
    if (!app_job_progress(v->view.app, v->id, &p))
        return;
    snprintf(text, sizeof(text), "%3d%%%s%s", gauge_percent(p.part, p.whole), *p.left ? "  " : "", p.left);
    if (width > 4 && !c->theme->slow) {
        draw_bar(c, y, x, width, ROLE_ACCENT, p.part, p.whole);
        x += width + 1;
    }
    draw_text(c, y, x, 0, ROLE_TEXT, SHOWN_CUT_END, text);
}

static void draw_step(const struct canvas *c, int y, const struct job_row *row, int digits)
{
    char number[16];
    int info = shown_width(row->info, strlen(row->info), c->theme->utf8);
    int right = c->width - TOOK + 1, x = 3, width;
    draw_glyph(c, y, 1, row->glyph_role, row->glyph);
    if (row->number) {
        snprintf(number, sizeof(number), "%*d", digits, row->number);
        x += draw_text(c, y, x, digits, row->role, SHOWN_CUT_NEVER, number) + 1;
    }
    /* What it is comes before how much of it is there. */
    width = right - 2 - info - x;
    if (info && width < 16) {
        info = 0;
        width = right - 1 - x;
    }
    if (info)
        draw_right(c, y, right - 1, row->glyph == GLYPH_FAILED ? ROLE_DANGER : ROLE_TEXT, row->info);
    draw_text(c, y, x, width, row->role, SHOWN_CUT_END, row->text);
    draw_right(c, y, c->width - 1, ROLE_TEXT, row->took);
}

/* How much of the running step is there: "191M of 308M  13M/s". A spinner where nothing can be counted. */
static void info_of_running(const struct log_view *v, char *out, size_t size, bool *bar)
{
    struct app_progress p;
    char part[16], whole[16];
    *bar = app_job_progress(v->view.app, v->id, &p);
    if (*bar) {
        fmt_size(part, sizeof(part), p.part);
        fmt_size(whole, sizeof(whole), p.whole);
        snprintf(out, size, "%s of %s%s%s", part, whole, *p.rate ? "  " : "", p.rate);
        return;
    }
    *out = '\0';
    for (size_t i = 0; i < v->plan->nsteps && !v->view.app->theme.slow; i++)
        if (v->steps.v[i].state == JOB_STEP_RUNS)
            snprintf(out, size, "%c", gauge_spinner(loop_now() - v->steps.v[i].began));
}

/* --- what is said of a bad end ------------------------------------------------------------------------------------ */

struct said {
    char text[4096]; /* the lines wrapped lie in here */
    struct {
        size_t start, len;
        enum glyph glyph; /* before the first line of a sentence */
        enum role role;
    } lines[LINES_MAX];
    int n;
};

static void say(struct said *said, const char *text, size_t len, enum glyph glyph, enum role role, int width, bool utf8)
{
    size_t base = strlen(said->text), at = 0, start, n;
    bool first = true;
    if (!len || base + len + 2 > sizeof(said->text))
        return;
    snprintf(said->text + base, sizeof(said->text) - base, "%.*s", (int)len, text);
    while (said->n < LINES_MAX && shown_wrap(said->text + base, &at, width, utf8, &start, &n)) {
        said->lines[said->n].start = base + start;
        said->lines[said->n].len = n;
        said->lines[said->n].glyph = first ? glyph : GLYPH_NONE;
        said->lines[said->n++].role = role;
        first = false;
    }
}

/* The reason with what may be done about it, then what is left and what was kept. */
static void say_end(const struct job *job, int width, bool utf8, struct said *said)
{
    const char *text = job->text ? job->text : "", *advice = job_words_advice(text);
    char reason[1400];
    size_t first = strcspn(text, "\n");
    *said = (struct said){0};
    if (job->state == JOB_INTERRUPTED) {
        job_words_sentence(job, reason, sizeof(reason));
        say(said, reason, strlen(reason), GLYPH_WARN, ROLE_WARN, width, utf8);
        return;
    }
    int n = snprintf(reason, sizeof(reason), "%.*s", first < 1000 ? (int)first : 1000, text);
    if (*advice)
        snprintf(reason + n, sizeof(reason) - (size_t)n, "%s %s", n && strchr(".!?", reason[n - 1]) ? "" : ".", advice);
    bool failed = job_words_bad(job->state);
    say(said, reason, strlen(reason), failed ? GLYPH_FAILED : GLYPH_NOT_DONE, failed ? ROLE_DANGER : ROLE_TEXT, width,
        utf8);
    for (const char *line = text + first; *line; line += strcspn(line, "\n")) {
        line++;
        bool left = strncmp(line, "left:", 5) == 0;
        say(said, line, strcspn(line, "\n"), left ? GLYPH_WARN : GLYPH_NOT_DONE, left ? ROLE_WARN : ROLE_TEXT, width,
            utf8);
    }
}

static void draw_said(const struct canvas *c, int y, const struct said *said, int lines)
{
    for (int i = 0; i < lines; i++, y++) {
        draw_glyph(c, y, 1, said->lines[i].role, said->lines[i].glyph);
        draw_bytes(c, y, 3, c->width - 5, ROLE_TEXT, said->text + said->lines[i].start, said->lines[i].len);
    }
}

static int button_width(const struct log_view *v, int i, bool utf8)
{
    return shown_width(v->buttons[i].label, strlen(v->buttons[i].label), utf8) + 4;
}

/* The one with the focus is always seen: where the room is short the row begins with it. */
static void draw_buttons(const struct log_view *v, const struct canvas *c, int y)
{
    bool utf8 = c->theme->utf8;
    int all = 4, x = 4, first = 0;
    for (int i = 0; i < v->nbuttons; i++)
        all += button_width(v, i, utf8) + 3;
    if (all - 3 > c->width)
        first = v->pressed;
    for (int i = first; i < v->nbuttons; i++) {
        char text[80];
        int width = button_width(v, i, utf8);
        if (i > first && x + width > c->width - 1)
            break;
        snprintf(text, sizeof(text), "[ %s ]", v->buttons[i].label);
        draw_text(c, y, x, c->width - x, ROLE_TEXT, SHOWN_CUT_END, text);
        if (i == v->pressed && app_front(v->view.app)) {
            draw_glyph(c, y, x - 1, ROLE_TEXT, GLYPH_CURSOR);
            draw_focus(c, y, x, width);
            draw_cursor(c, y, x, false);
        }
        x += width + 3;
    }
}

/* --- the page ---------------------------------------------------------------------------------------------------- */

/* "3 $ pct create 110 …": the command of the step whose lines are seen. */
static void draw_command(const struct log_view *v, const struct canvas *c, int y)
{
    const char *seen = logview_rule(v->log);
    char text[1024] = "the log";
    for (size_t i = v->nheadings; *seen && i-- > 0;) {
        const struct log_heading *heading = &v->headings[i];
        if (strcmp(heading->command, seen) != 0)
            continue;
        snprintf(text, sizeof(text), "%s%d $ %s", heading->undo ? "undo " : "", heading->step, heading->command);
        break;
    }
    draw_rule(c, y, 1, c->width - 2, ROLE_DIM, text);
}

struct layout {
    int blank; /* 1: parts stand apart */
    int said, steps, rule;
};

/* The log keeps a part of the page; the sentence goes before the steps, which fold. */
static struct layout lay_out(const struct log_view *v, int height, int said)
{
    struct layout l = {.blank = height >= 16};
    int log = height >= 30 ? height / 3 : height >= 16 ? 5 : 2;
    int buttons = v->nbuttons ? 1 + 2 * l.blank : 0;
    int rest = height - log - 1 - l.blank - buttons;
    l.said = said < rest - 2 ? said : rest - 2;
    l.said = l.said < 0 ? 0 : l.said;
    l.steps = rest - l.said - (l.said ? l.blank : 0);
    l.steps = l.steps < 1 ? 1 : l.steps > ROWS_MAX ? ROWS_MAX : l.steps;
    return l;
}

static void draw_problem(const struct log_view *v, const struct canvas *body)
{
    draw_glyph(body, 1, 1, ROLE_DANGER, GLYPH_FAILED);
    draw_text(body, 1, 3, body->width - 4, ROLE_TEXT, SHOWN_CUT_END, v->problem);
    draw_text(body, 3, 3, body->width - 4, ROLE_TEXT, SHOWN_CUT_END, "h goes back.");
    draw_cursor(body, 1, 1, false);
}

void log_draw(struct log_view *v, const struct canvas *body)
{
    const struct job *job = log_job(v);
    struct job_row rows[ROWS_MAX];
    struct said said = {0};
    char info[64] = "";
    bool bar = false;
    if (!v->plan) {
        draw_problem(v, body);
        return;
    }
    if (job && v->nbuttons && job->state != JOB_DONE)
        say_end(job, body->width - 5, body->theme->utf8, &said);
    struct layout l = lay_out(v, body->height, said.n);
    info_of_running(v, info, sizeof(info), &bar);
    const struct job_rows_now now = {
        .state = log_state(v), .now = loop_now(), .info = info, .bar = bar, .room = l.steps};
    int n = job_steps_rows(&v->steps, &now, rows, ROWS_MAX), y = l.blank, digits = digits_of(v->plan->nsteps);
    for (int i = 0; i < n; i++, y++) {
        if (rows[i].bar)
            draw_bar_row(v, body, y, 4 + digits);
        else
            draw_step(body, y, &rows[i], digits);
    }
    if (l.said) {
        y += l.blank;
        draw_said(body, y, &said, l.said);
        y += l.said;
    }
    if (v->nbuttons) {
        y += l.blank;
        draw_buttons(v, body, y++);
        y += l.blank;
    } else {
        draw_cursor(body, body->height - 1, 0, false);
    }
    struct canvas log = canvas_part(body, y + 1, 0, body->height - y - 1, body->width);
    logview_draw(v->log, &log);
    draw_command(v, body, y);
}

void view_log_draw_lines(struct view *view, const struct canvas *c)
{
    struct log_view *v = (struct log_view *)view;
    const struct job *job = log_job(v);
    char head[96];
    if (!v->plan || c->height < 2)
        return;
    snprintf(head, sizeof(head), job && job->nsteps ? "job %d, step %d of %d" : "job %d", v->id,
             job ? job->step + 1 : 0, job ? job->nsteps : 0);
    draw_rule(c, 0, 1, c->width - 2, ROLE_DIM, head);
    struct canvas lines = canvas_part(c, 1, 0, c->height - 1, c->width);
    logview_draw(v->log, &lines);
}
