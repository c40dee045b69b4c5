#ifndef TENGIL_TUI_MAKING_H
#define TENGIL_TUI_MAKING_H

#include "backend/plan/plan.h"

/* What the command line and the screens share when they make a plan and show it. */

/* True when the plan begins by fetching an image, so that the registry is worth asking first. */
bool making_pulls(const struct plan *plan);

/* Asks the registry about an image, with the settings that the pull will use. Blocks. -ENOENT when skopeo is not
 * installed. */
int making_facts(const struct settings *settings, const struct imageref *ref, const char *arch,
                 struct image_facts *facts, struct err *err);

/* What stands in a plan for a value that is not right yet; only previews hold it. */
#define MAKING_UNKNOWN "?"

/* The steps with their commands, broken with backslashes at `width` columns; notes first, as `# ` lines. */
void making_text(const struct plan *plan, int width, struct buf *out);
/* The same without the notes. */
void making_steps(const struct plan *plan, int width, struct buf *out);
/* One command, its first line indented by 2, the others by 4. */
void making_command(const struct argv *argv, int width, struct buf *out);

#endif
