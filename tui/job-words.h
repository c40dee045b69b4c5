#ifndef TENGIL_TUI_JOB_WORDS_H
#define TENGIL_TUI_JOB_WORDS_H

#include "backend/job/job.h"
#include "widgets/theme.h"

/* A job in words, wherever one is shown. No terminal, no files; texts are UTF-8. Times are Unix milliseconds. */

enum glyph job_words_glyph(enum job_state state);
enum role job_words_role(enum job_state state);

/* "running", "failed", "not undone": one word or two, where there is no room for more. */
const char *job_words_state(enum job_state state);
/* "step 1 of 8, pull, 62%", "failed at step 3 of 7", "cancelled, undone". `percent` below 0: it cannot be counted. */
void job_words_result(const struct job *job, int percent, char *out, size_t size);
/* "3m08s"; "-" where nobody knows when it ended. */
void job_words_took(const struct job *job, int64_t now, char *out, size_t size);
/* "today 15:01", "Sun 21:14", "2025-10-14". */
void job_words_moment(int64_t at, int64_t now, char *out, size_t size);
/* The verb that a step's title begins with, in small letters: "pull". */
void job_words_verb(const char *title, char *out, size_t size);

/* How it ended in one line, with what can be done about it where that is known; of one that runs, its step. */
void job_words_sentence(const struct job *job, char *out, size_t size);
/* What may be done about the reason of a failure, as sentences; "" when nobody knows. */
const char *job_words_advice(const char *reason);
/* The reason is that there was no room left. */
bool job_words_no_room(const char *reason);

/* It failed, was interrupted, or could not be undone. */
bool job_words_bad(enum job_state state);

/* The i-th value of a job that `y` copies; false: there is none. */
bool job_words_copy(const struct job *job, int i, char *label, size_t nlabel, char *value, size_t nvalue);

/* For a filter: `status:` takes the state's name or the beginning of it, `failed` all that ended badly. */
bool job_words_matches(const struct job *job, const char *field, const char *word);

#endif
