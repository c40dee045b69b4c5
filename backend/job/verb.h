#ifndef TENGIL_JOB_VERB_H
#define TENGIL_JOB_VERB_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/base/err.h"
#include "backend/host/ctconf.h"
#include "backend/host/root.h"

#include <stdbool.h>

/*
 * A verb: a step that no tool of the host does, or an undo. Each is a plain program of its own: it prints sentences for
 * the job's log and exits with 0, 1 (failed), 2 (called wrongly) or 75 (an earlier step must be repeated). An undo may
 * run twice, and finds nothing to do the second time; its lines "left: …" and "kept: …" become part of the job's text.
 */
#define VERB_AGAIN 75
#define VERB_USAGE 2

struct verb {
    const char *name;
    const char *usage;                 /* its arguments */
    int (*run)(int argc, char **argv); /* argv[0] is the first argument */
};

int verb_archive(int argc, char **argv);
int verb_undo_archive(int argc, char **argv);
int verb_undo_pull(int argc, char **argv);
int verb_env(int argc, char **argv);
int verb_undo_create(int argc, char **argv);
int verb_undo_set(int argc, char **argv);
int verb_undo_destroy(int argc, char **argv);
int verb_undo_shutdown(int argc, char **argv);
int verb_undo_protection(int argc, char **argv);
int verb_same(int argc, char **argv);
int verb_present(int argc, char **argv);
int verb_undo_download(int argc, char **argv);

/* --- what several verbs need (verb.c) -------------------------------------------------------------------------------
 */

/* A sentence on stdout, with its line feed, at once. */
void verb_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The sentence of an error; returns 1. */
int verb_fail(const struct err *err);
/* 100 to 999999999, or 0. */
int verb_vmid(const char *word);
/* True for the 16 hex digits of a plan. */
bool verb_plan_ok(const char *word);
/* True for CACHE/pull/NAME, the only folder of a pull that is ever removed. */
bool verb_pull_ok(const char *path);
/* Runs a tool of the host, its output in the log. The exit code; 127 when it is not there, 128 + signal. */
int verb_call(const char *tool, ...) __attribute__((sentinel));
/* The folder of a file of the host, as a descriptor, and the file's name in it. `make`: missing folders are made. */
int verb_parent(const struct root *root, const char *path, bool make, const char **name, struct err *err);

/* --- a CT's conf (verb-ct.c)
 * ------------------------------------------------------------------------------------------ */

struct verb_ct {
    int vmid;
    int dir;       /* the real folder behind /etc/pve/lxc */
    char name[32]; /* "110.conf" */
    bool there;
    struct buf text;
    struct ctconf conf;
};

/* Opens the folder of this node's CTs. */
int verb_ct_open(struct verb_ct *ct, const struct root *root, int vmid, struct err *err);
/* Reads (again); a conf that is not there is no error. */
int verb_ct_read(struct verb_ct *ct, struct err *err);
/* Writes the conf new and renamed. A temporary file that a crash leaves is VMID.conf.tmp.tengil. */
int verb_ct_write(const struct verb_ct *ct, const struct buf *text, struct err *err);
/* Removes such a file. */
void verb_ct_tidy(const struct verb_ct *ct);
void verb_ct_close(struct verb_ct *ct);
/* Its mark names this plan. */
bool verb_ct_is_of(const struct verb_ct *ct, const char *plan);
/* Adds the command that removes each volume of the CT on this storage that its conf, as it was read, does not name:
 * "pvesm free tank:subvol-107-disk-1; …". */
int verb_loose(const struct verb_ct *ct, const char *storage, struct buf *loose);
/* pct says that it runs. */
bool verb_ct_runs(int vmid);

#endif
