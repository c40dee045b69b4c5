#include "tui/app.h"

struct view *view_cts_new(struct app *app)
{
    return view_text_new(app, "Containers", "The containers come next.\n");
}
