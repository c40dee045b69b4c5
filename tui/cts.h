#ifndef TENGIL_TUI_CTS_H
#define TENGIL_TUI_CTS_H

#include "tui/app.h"
#include "widgets/table.h"

/* What the parts of the Containers screen share: the rows' meaning apart from keys and paint. */

/* The columns of the table, and its layouts for a host alone or one of a cluster (`nodes`). */
extern const struct table_column cts_columns[];
extern const int cts_ncolumns;
const struct table_layout *cts_layouts(bool nodes, int *n);

/* "running", "stopped", "unknown"; of a locked one the lock ("locked" when that is long); "starts", "stops" while a job
 * of that CT is about it. */
const char *cts_status(const struct ct *ct, const struct job *jobs, size_t njobs, enum glyph *glyph, enum role *role);
/* What runs in it, short: the tag of its image, the template, or "-". */
void cts_version(const struct ct *ct, char *out, size_t size);
/* Its image, whole: the reference, or what its system is. */
const char *cts_image(const struct ct *ct);
void cts_cell(const struct ct *ct, const struct job *jobs, size_t njobs, const char *column, struct table_cell *cell);
int cts_compare(const struct ct *a, const struct ct *b, const struct job *jobs, size_t njobs, const char *column);
/* `field`: "" for plain words, status, tag, node, image; others match nothing. */
bool cts_matches(const struct ct *ct, const struct job *jobs, size_t njobs, const char *field, const char *word);

/* --- beside and below the list, where there is room: details of the row, the log of the job that runs --- */
#define PANE_FROM     120 /* columns of the terminal */
#define PANE_WIDTH    48  /* with the blank before it */
#define PANE_LOG_FROM 24  /* rows of the body */
struct pane;
struct pane *pane_new(struct app *app);
void pane_free(struct pane *pane);
void pane_changed(struct pane *pane, unsigned what);
bool pane_key(struct pane *pane, const struct key *key);
void pane_draw(struct pane *pane, int vmid, const struct canvas *c, bool focus);
void pane_focus(const struct pane *pane, char *text, size_t size); /* the row with the cursor, in full */
/* False: no job runs, and nothing is drawn. */
bool pane_has_log(const struct pane *pane);
void pane_draw_log(struct pane *pane, const struct canvas *c);

/* --- the welcome of a host without CTs --- */
struct welcome; /* where the cursor is */
struct welcome *welcome_new(void);
void welcome_free(struct welcome *w);
bool welcome_key(struct welcome *w, const struct key *key); /* moves; true: taken */
const char *welcome_choice(const struct welcome *w);        /* "jellyfin", "oci" */
void welcome_draw(struct welcome *w, const struct host *host, const struct canvas *body, bool focus);

#endif
