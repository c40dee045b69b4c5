#ifndef TENGIL_HOST_CTCONF_LINE_H
#define TENGIL_HOST_CTCONF_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* The lines of a CT's conf file, told apart as Proxmox's own parser does. Private to ctconf. */

/* The limit of a file in /etc/pve. */
#define CTCONF_MAX_BYTES (1024 * 1024)

#define CTCONF_ENV_KEY "lxc.environment.runtime"

enum ctconf_line_kind {
    CTCONF_BLANK,
    CTCONF_DESCRIPTION, /* `#text`; value: the text, still encoded */
    CTCONF_KEY,         /* `key: value` */
    CTCONF_LXC,         /* `lxc.key: value` or `lxc.key = value` */
    CTCONF_SECTION,     /* `[name]`; key: the name */
    CTCONF_OTHER,       /* what nobody understands */
};

/* Pieces point into the text. Values are without blanks at both ends. */
struct ctconf_line {
    enum ctconf_line_kind kind;
    const char *start, *end; /* the whole line; `end` is behind its LF, if it has one */
    const char *key, *value;
    size_t key_len, value_len;
};

/* Takes the line at *at and moves *at behind it. False at the end of the text. */
bool ctconf_next_line(const char **at, const char *end, struct ctconf_line *line);

/* True when the key of the line is `key`. */
bool ctconf_line_is(const struct ctconf_line *line, const char *key);

#endif
