#ifndef TENGIL_SIM_OPTIONS_H
#define TENGIL_SIM_OPTIONS_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The command line of Proxmox's tools: tables of commands and options, and one parser for all of them. Behaviour and
 * words as recorded from pve-common 9.2.1: any case, unique abbreviations, `=`, bare booleans, lists that add up, `--`.
 */
struct sim;

enum sim_type { SIM_STRING, SIM_INTEGER, SIM_NUMBER, SIM_BOOLEAN, SIM_ARRAY };

/* An option, a positional argument or a part of a property string. A table of them ends in a row without a name. */
struct sim_option {
    const char *name;
    enum sim_type type;
    unsigned indexes; /* the name is followed by a number below this; 0: by none */
    bool required;
    bool default_key; /* of a property string: the part whose name may be left out */
    const char *min, *max;
    unsigned min_length, max_length; /* in characters; 0: any */
    const char *values;              /* allowed ones, ", " between; `mp[0-255]` stands for mp0, mp1, … */
    const char *pattern;             /* POSIX extended, of the whole value */
    const char *format;              /* a row of sim_formats, or that of an item with `-list` behind it */
    const char *needs;               /* another option that must be given with it */
    const struct sim_option *keys;   /* it is a property string of these */
};

/* Anything but control bytes (a tab is none): one character of it, for patterns. */
#define SIM_PAT_TEXT "[^\001-\010\012-\037\177]"

/* A command of a tool. A table of them ends in a row without a name. */
struct sim_command {
    const char *name;              /* may be two words: `scan zfs` */
    const char *alias;             /* name of the command that is meant */
    const struct sim_option *args; /* positional, in order */
    const struct sim_option *options;
    const struct sim_option *more; /* a second table of options */
    const char *usage;             /* what the usage says behind its name; NULL: follows from the tables */
    bool gap;                      /* a blank line follows in the list of commands */
    int (*run)(struct sim *s);     /* NULL: known, not simulated */
};

/* What is wrong with which parameter. */
struct sim_problems {
    struct argv names, texts;
};
void sim_problem(struct sim_problems *p, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Lines `name: text`, sorted by name. */
void sim_problems_print(const struct sim_problems *p, struct buf *out);

/*
 * Reads the arguments behind the command's name into s->names, s->values and s->extra and checks them. Warnings go to
 * stderr at once, as the real parser's do. 0, or -1 with the reason in `s`.
 */
int sim_options_read(struct sim *s, int argc, char **argv);
/* `pct set <vmid> [OPTIONS]` and a line feed. */
void sim_usage(const struct sim *s, struct buf *out);

/* The row for a name with its number (`mp12`), NULL when there is none. */
const struct sim_option *sim_option_find(const struct sim_option *table, const char *name);

/* Checks one value; problems are filed under `name`. True when there is none. */
bool sim_check(const struct sim_option *o, const char *name, const char *value, struct sim_problems *p);

/* 1, 0 or -1: how the tools read a boolean (1 on yes true, any case). */
int sim_boolean(const char *value);

/* Items of a list: blanks, commas, semicolons and NULs part them. */
void sim_split(const char *value, struct argv *items);

/* A property string taken apart: names and values side by side, booleans as 1 or 0. */
struct sim_props {
    struct argv names, values;
};
/* False with the reason in `why` (whole lines; parts are named `path.part`, or `part` when path is empty). */
bool sim_props_read(const struct sim_option *keys, const char *path, const char *value, struct sim_props *props,
                    struct buf *why);
const char *sim_props_get(const struct sim_props *props, const char *name);
void sim_props_set(struct sim_props *props, const char *name, const char *value); /* NULL removes */
/* The canonical form: the default key first and bare, the names in `first` (may be NULL) after it, the rest sorted. */
void sim_props_print(const struct sim_option *keys, const struct sim_props *props, const char *const *first,
                     struct buf *out);

/* One of the named formats (format.c): 0, or the reason with a line feed. An unknown format takes everything. */
bool sim_format_check(const char *format, const char *value, struct buf *why);

#endif
