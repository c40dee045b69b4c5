#ifndef TENGIL_SPEC_SETTINGS_ROWS_H
#define TENGIL_SPEC_SETTINGS_ROWS_H

#include "backend/spec/settings.h"

/* The inside of the settings: settings.c reads by the table, settings-print.c shows it. */

/* "/etc/tengil-tui/config.yaml, line 3", or a variable's name, for a setting by its name. */
struct settings_origin {
    char *name, *where;
};

/* A plain setting: a string, checked by a rule. */
struct settings_row {
    const char *name, *variable, *fallback, *help;
    int (*check)(const char *value, struct err *err);
    size_t offset;
};

extern const struct settings_row settings_rows[];
extern const size_t settings_nrows;

char **settings_value(struct settings *settings, const struct settings_row *row);

#endif
