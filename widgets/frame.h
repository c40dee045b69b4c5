#ifndef TENGIL_WIDGETS_FRAME_H
#define TENGIL_WIDGETS_FRAME_H

#include "widgets/draw.h"
#include "widgets/edit.h"

/*
 * The rows that are the same on every screen: header, title, body, job, message, keys. Below 12 rows the title goes,
 * below 11 there is no job row; below 60 columns the tabs lose their names, but for the current one. Below 40x10 there
 * is one message.
 */
#define FRAME_WIDTH  40
#define FRAME_HEIGHT 10

struct frame {
    int height, width;
    int header, title, body, job, message, keys; /* rows; -1: not there */
    int body_height;
    bool small; /* nothing of it: frame_draw_small */
};
struct frame frame_layout(int height, int width, bool job);

/* A row, or the body, of a frame that covers the canvas. */
struct canvas frame_row(const struct canvas *screen, int row);
struct canvas frame_body(const struct canvas *screen, const struct frame *frame);

struct frame_tab {
    char digit;
    const char *name;
    int running, failed; /* jobs that run, failed ones that were not read (they win); -1 for tabs that never say it */
};

struct frame_header {
    const char *host;
    const struct frame_tab *tabs;
    int ntabs, current;
    const char *right[4]; /* from long to short, ended by NULL: the first that fits stands at the right */
    enum role right_role;
};
void frame_draw_header(const struct canvas *row, const struct frame_header *header);

/* `path`: where we are, parts with the path glyph between; of a long one the beginning is cut. `right`: as in the
 * header. */
struct frame_title {
    const char *path[6]; /* ended by NULL */
    const char *right[4];
    bool more_below; /* the glyph at the very end */
};
void frame_draw_title(const struct canvas *row, const struct frame_title *title);

/* The message row: a glyph and a blank before the text, or the text alone. */
void frame_draw_message(const struct canvas *row, enum role role, enum glyph glyph, const char *text);
/* A prompt that is being typed, with the hardware cursor in it: `prefix` ("/") and the line. */
void frame_draw_prompt(const struct canvas *row, const char *prefix, struct edit *edit);

/* For a terminal that is too small: `job` ("1 job runs: 62%") may be NULL. Nothing is drawn where nothing fits. */
void frame_draw_small(const struct canvas *screen, const char *job);

#endif
