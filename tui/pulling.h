#ifndef TENGIL_TUI_PULLING_H
#define TENGIL_TUI_PULLING_H

#include "tui/app.h"

/* Asks for an image on the message row, asks its registry about it in the background, and starts the pull as a job. */
void pulling_ask(struct app *app);

#endif
