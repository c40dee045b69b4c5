#include "tui/job-words.h"

#include "backend/base/buf.h"
#include "backend/base/places.h"
#include "tui/fmt.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    enum glyph glyph;
    enum role role;
    const char *word;
} states[] = {
    [JOB_WAITING] = {GLYPH_CHANGING, ROLE_WARN, "waiting"},
    [JOB_RUNNING] = {GLYPH_JOB, ROLE_ACCENT, "running"},
    [JOB_CANCELLING] = {GLYPH_CHANGING, ROLE_WARN, "cancelling"},
    [JOB_UNDOING] = {GLYPH_CHANGING, ROLE_WARN, "undoing"},
    [JOB_DONE] = {GLYPH_DONE, ROLE_OK, "done"},
    [JOB_FAILED] = {GLYPH_FAILED, ROLE_DANGER, "failed"},
    [JOB_CANCELLED] = {GLYPH_NOT_DONE, ROLE_TEXT, "cancelled"},
    [JOB_INTERRUPTED] = {GLYPH_WARN, ROLE_WARN, "interrupted"},
    [JOB_UNDO_FAILED] = {GLYPH_FAILED, ROLE_DANGER, "not undone"},
};

enum glyph job_words_glyph(enum job_state state)
{
    return states[state].glyph;
}

enum role job_words_role(enum job_state state)
{
    return states[state].role;
}

const char *job_words_state(enum job_state state)
{
    return states[state].word;
}

bool job_words_bad(enum job_state state)
{
    return state == JOB_FAILED || state == JOB_INTERRUPTED || state == JOB_UNDO_FAILED;
}

void job_words_verb(const char *title, char *out, size_t size)
{
    snprintf(out, size, "%.*s", (int)strcspn(title ? title : "", " "), title ? title : "");
    for (char *c = out; *c; c++)
        *c = (char)tolower((unsigned char)*c);
}

void job_words_result(const struct job *job, int percent, char *out, size_t size)
{
    char verb[32], counted[16] = "";
    int step = job->step + 1, n = job->nsteps;
    switch (job->state) {
    case JOB_WAITING:
        snprintf(out, size, "waits for another job");
        break;
    case JOB_RUNNING:
        job_words_verb(job->step_title, verb, sizeof(verb));
        if (percent >= 0)
            snprintf(counted, sizeof(counted), ", %d%%", percent);
        snprintf(out, size, "step %d of %d, %s%s", step, n, verb, counted);
        break;
    case JOB_FAILED:
        snprintf(out, size, "failed at step %d of %d", step, n);
        break;
    case JOB_CANCELLED:
        snprintf(out, size, "cancelled, undone");
        break;
    case JOB_INTERRUPTED:
        snprintf(out, size, "interrupted at step %d", step);
        break;
    case JOB_UNDO_FAILED:
        snprintf(out, size, "failed, not all undone");
        break;
    default:
        snprintf(out, size, "%s", states[job->state].word);
    }
}

void job_words_took(const struct job *job, int64_t now, char *out, size_t size)
{
    int64_t end = job_state_ended(job->state) ? job->ended : now;
    if (job->began <= 0 || end <= 0)
        snprintf(out, size, "-");
    else
        fmt_time(out, size, end > job->began ? (uint64_t)(end - job->began) / 1000 : 0);
}

void job_words_moment(int64_t at, int64_t now, char *out, size_t size)
{
    struct buf text = BUF_INIT;
    if (at > 0)
        fmt_add_moment(&text, at / 1000, now / 1000);
    snprintf(out, size, "%s", at > 0 ? text.s : "-");
    buf_clear(&text);
}

/* --- reasons ----------------------------------------------------------------------------------------------------- */

/* The words of tools (pct and its storage layer, skopeo and what it passes on from registries), as recorded from pct
 * 6.1.10 and skopeo 1.9 to 1.18. The first that is found counts. */
static const struct {
    const char *words, *advice;
} reasons[] = {
    {"No space left on device", "The disk is too small for the image, or its storage is full. Make the disk larger."},
    {"toomanyrequests", "The registry counts the requests of this address: wait, or log in to it."},
    {"unauthorized", "The registry wants a login, or there is no such image: look at its name."},
    {"denied", "The registry wants a login, or there is no such image: look at its name."},
    {"manifest unknown", "The registry has no such tag: look at the tag, or choose another."},
    {"name unknown", "The registry has no such image: look at its name."},
    {"no such host", "The registry could not be found: look at its name, and at DNS on this host."},
    {"connection refused", "The registry did not answer. What was fetched is kept: run it again later."},
    {"i/o timeout", "The registry did not answer in time. What was fetched is kept: run it again later."},
    {"unexpected EOF", "The registry broke off. What was fetched is kept: run it again."},
    {"already exists", "Something of that name is there already. It was not touched."},
    {"can't lock file", "Another program works on it: run this again when that has ended."},
    {"CT is locked", "Another task works on this CT: run this again when that has ended."},
};

const char *job_words_advice(const char *reason)
{
    const char *line = reason ? reason : "";
    /* Sentences of our own say what to do; words of a tool are one line. */
    const char *stop = strstr(line, ". ");
    if (stop && stop < line + strcspn(line, "\n"))
        return "";
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (strcasestr(line, reasons[i].words))
            return reasons[i].advice;
    return "";
}

bool job_words_no_room(const char *reason)
{
    return reason && strcasestr(reason, reasons[0].words) != NULL;
}

static void add_failure(const struct job *job, struct buf *out)
{
    const char *text = job->text ? job->text : "";
    size_t first = strcspn(text, "\n");
    buf_add(out, text, first);
    if (first && !strchr(".!?", text[first - 1]))
        buf_addch(out, '.');
    if (job->state == JOB_FAILED && !strcasestr(text, "undone"))
        buf_adds(out, first ? " Undone." : "Undone.");
    for (const char *line = text + first; *line; line += strcspn(line, "\n")) {
        line++;
        buf_addf(out, " %.*s", (int)strcspn(line, "\n"), line);
    }
}

void job_words_sentence(const struct job *job, char *out, size_t size)
{
    struct buf text = BUF_INIT;
    char took[16];
    job_words_took(job, job->ended, took, sizeof(took));
    if (job->state == JOB_DONE)
        buf_addf(&text, "Done in %s.%s%.*s", took, job->text ? " " : "", (int)strcspn(job->text ? job->text : "", "\n"),
                 job->text ? job->text : "");
    else if (job->state == JOB_INTERRUPTED)
        buf_addf(&text, "Its supervisor was killed at step %d of %d. z undoes what is left of it.", job->step + 1,
                 job->nsteps);
    else if (job_state_ended(job->state))
        add_failure(job, &text);
    else if (job->state == JOB_WAITING)
        buf_adds(&text, job->text ? job->text : "Waits for another job.");
    else
        buf_addf(&text, "Step %d of %d: %s", job->step + 1, job->nsteps, job->step_title ? job->step_title : "");
    snprintf(out, size, "%s", text.s);
    buf_clear(&text);
}

bool job_words_copy(const struct job *job, int i, char *label, size_t nlabel, char *value, size_t nvalue)
{
    char attach[64], log[512];
    snprintf(attach, sizeof(attach), "tengil-tui attach %d", job->id);
    snprintf(log, sizeof(log), "%s/jobs/%d/log", places_state(), job->id);
    const struct {
        const char *label, *value;
    } values[] = {{"What", job->title}, {"Reason", job->text}, {"Log file", log}, {"In a shell", attach}};
    for (size_t k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
        if (!values[k].value || !*values[k].value || i-- > 0)
            continue;
        snprintf(label, nlabel, "%s", values[k].label);
        snprintf(value, nvalue, "%s", values[k].value);
        return true;
    }
    return false;
}

/* --- filter ------------------------------------------------------------------------------------------------------ */

static bool contains(const char *text, const char *word)
{
    return text && strcasestr(text, word) != NULL;
}

bool job_words_matches(const struct job *job, const char *field, const char *word)
{
    char number[16];
    size_t n = strlen(word);
    snprintf(number, sizeof(number), "%d", job->id);
    if (strcmp(field, "status") == 0)
        return strncasecmp(job_state_name(job->state), word, n) == 0 ||
               (strncasecmp("failed", word, n) == 0 && job_words_bad(job->state));
    if (*field)
        return false;
    return strcmp(number, word) == 0 || contains(job->title, word) || contains(job_state_name(job->state), word);
}
