#ifndef TENGIL_WIDGETS_DIALOG_H
#define TENGIL_WIDGETS_DIALOG_H

#include "widgets/draw.h"
#include "widgets/keys.h"

/*
 * A question in a box in the middle of the body. The focus begins on the harmless button; first letters (or the letter
 * that is given) press at once; Esc closes. What was typed before it opened never answers it: the caller flushes the
 * keys first.
 */
struct dialog_button {
    const char *id, *label; /* copied */
    uint32_t letter;        /* presses it; 0: the first letter of the label, in any case */
    bool danger;
};

enum dialog_event { DIALOG_NOTHING, DIALOG_MOVED, DIALOG_PRESSED, DIALOG_CLOSED };

struct dialog;
/* `text`: paragraphs; a line feed breaks, lines wrap. `harmless`: index of the button with the focus. */
struct dialog *dialog_new(const char *title, const char *text, const struct dialog_button *buttons, int n,
                          int harmless);
void dialog_free(struct dialog *d);
void dialog_set_text(struct dialog *d, const char *text); /* a countdown */
enum dialog_event dialog_key(struct dialog *d, const struct key *key);
const char *dialog_button(const struct dialog *d); /* id of the button with the focus */
void dialog_draw(struct dialog *d, const struct canvas *body);

/*
 * For dialogs of other kinds: clears the rows that a box of this size covers, to both edges of the body, draws the box
 * in the middle (at most 76 wide, within the body) and returns it, border included.
 */
struct canvas dialog_box(const struct canvas *body, int height, int width, const char *title);

#endif
