#ifndef TENGIL_SPEC_SETTINGS_H
#define TENGIL_SPEC_SETTINGS_H

#include "backend/base/argv.h"
#include "backend/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Settings: /etc/tengil-tui/config.yaml, then $XDG_CONFIG_HOME/tengil-tui/config.yaml (~/.config), then TENGIL_*
 * variables, then flags; the last one that says something wins. One table of rows (name, type, default, variable,
 * sentence) drives reading, `config --check` and the manual. A file that is wrong is an error with its line; nothing
 * half read is used. TENGIL_CONFIG names one file to read instead of both. The first file is the host's, below its root
 * folder. A later file replaces what an earlier one said of a registry as a whole.
 */
struct settings_registry {
    char *name;    /* "docker.io" */
    char *mirror;  /* "127.0.0.1:5000" or "mirror.lan/docker.io"; NULL: none */
    char *ca;      /* folder with *.crt files for this registry; NULL: the system's */
    bool insecure; /* plain HTTP or an unknown certificate is accepted, of the mirror when there is one */
};

struct settings_origin; /* see settings.c */

struct settings {
    struct settings_registry *registries;
    size_t nregistries;
    char *image_storage;             /* where images are kept; NULL: the first storage that can */
    char *disk_storage;              /* where root disks go; NULL: the first that can */
    char *bridge;                    /* NULL: the first that is up */
    char *authfile;                  /* of registry logins, 0600; default <state>/auth.json when that is there,
                                        else NULL, so that skopeo finds the host's own */
    struct settings_origin *origins; /* where each value came from, for `config --check` */
    size_t norigins;
};

/* Overwrites `settings`. On failure there is nothing to clear; the sentence begins with the file and its line. */
int settings_load(struct settings *settings, struct err *err);
void settings_clear(struct settings *settings);

/* The lines of `config --check`: name, value, where it came from. */
void settings_print(const struct settings *settings, struct buf *out);

/* NULL when nothing is said of it. */
const struct settings_registry *settings_registry(const struct settings *settings, const char *name);

/* The file for skopeo's --registries-conf that says the same as `registries:` (TOML, containers-registries.conf(5));
 * NULL when there are none, so that skopeo reads the host's own. The path is <state>/registries.conf. */
char *settings_registries_conf_path(const struct settings *settings);
/* Writes that file when its content differs. 0644: it holds no secret. Does nothing when there are none. */
int settings_write_registries_conf(const struct settings *settings, struct err *err);

#endif
