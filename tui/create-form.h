#ifndef TENGIL_TUI_CREATE_FORM_H
#define TENGIL_TUI_CREATE_FORM_H

#include "backend/plan/plan.h"
#include "backend/spec/spec-fields.h"
#include "widgets/form.h"

/*
 * The form of a new CT: from its fields to a spec, to what is wrong and where, to the plan. No terminal in it, nothing
 * that waits: what it needs of the host is in the snapshot that it is given (create_host), what the registry says comes
 * with create_facts. The ids of fields are the names of spec-fields where they mean the same; those of the mount and of
 * the variable that are edited begin with "m." and "e.".
 */
struct create_mount {
    char *source, *storage, *size, *target; /* as typed */
    bool volume, readonly;
};
struct create_variable {
    char *name, *value;
};

/* A problem and the field of the form where it stands. */
struct create_problem {
    char *id;   /* of a field; mounts and variables: that of their list */
    char *part; /* of a mount or variable: the field that edits it, "m.target" */
    int row;    /* of the list; -1: no list */
    char *reason;
};

#define CREATE_CHOICES 64

struct create_form {
    struct form *form;
    struct form_field *fields; /* create_fields, with headings of our own */
    char heading[2][64];       /* of the mount and the variable that are edited */
    char plan_id[17];
    const struct host *host; /* the snapshot; NULL before the first */
    const struct settings *settings;
    struct host_folder *folders; /* those that were looked at, owned */
    size_t nfolders;
    int taken[64]; /* VMIDs that jobs claim now */
    size_t ntaken;
    struct create_mount *mounts, removed_mount;
    size_t nmounts;
    struct create_variable *env, removed_variable;
    size_t nenv;
    int mount, variable; /* the row that is edited in the fields below; -1: none */
    bool mount_removed, variable_removed;
    struct create_problem *problems;
    size_t nproblems;
    char *asked;              /* the reference that `facts` or `facts_error` is about; NULL: none was asked */
    struct image_facts facts; /* of `asked` */
    bool known;
    char *facts_error;
    struct plan *plan; /* what would run, with ? for what is wrong; NULL: nothing to show yet */
    /* Choices of this host, for the form to point at. */
    struct form_choice storages[CREATE_CHOICES], bridges[CREATE_CHOICES], gpus[CREATE_CHOICES];
    struct form_choice templates[CREATE_CHOICES];
    int nstorages, nbridges, ngpus, ntemplates;
    struct argv words; /* what those point at */
};

/* `image`: a reference, or a template's volid; NULL: none yet. `settings` stays the caller's. */
struct create_form *create_new(const char *image, const struct settings *settings);
void create_free(struct create_form *c);
/* Fills a new form, which has its host, with a spec. `lost` gets the names of what the spec says and the form cannot.
 */
void create_load(struct create_form *c, const struct spec *spec, struct argv *lost);
/* Another snapshot; the old one is not looked at again. */
void create_host(struct create_form *c, const struct host *host);
void create_claimed(struct create_form *c, const int *vmids, size_t n);
/* What was found at the folders that create_unseen named; takes over the array. */
void create_folders(struct create_form *c, struct host_folder *folders, size_t n);
/* Host folders that are mounted and were not looked at. */
void create_unseen(const struct create_form *c, struct argv *paths);
/* What the registry said of `reference`; takes over the facts' content. `why` NULL: it answered. */
void create_facts(struct create_form *c, const char *reference, struct image_facts *facts, const char *why);

/* A key: the lists are edited, everything is checked anew. What comes back is the owner's to do: FORM_PRESSED,
 * FORM_NOTHING, FORM_BROWSE, FORM_COMPLETE, FORM_LEFT_FIELD, FORM_CHANGED. */
enum form_event create_key(struct create_form *c, const struct key *key, const char *paste, size_t npaste);
/* Checks everything anew, and makes the plan. */
void create_check(struct create_form *c);

/* The spec as the form says it; what cannot be said goes to `problems`. `skip` (may be NULL): keys of fields, mounts
 * and variables that are left out. */
void create_spec(const struct create_form *c, const struct argv *skip, struct spec *spec,
                 struct spec_problems *problems);
/* The problem of a field, NULL when it is right. */
const struct create_problem *create_problem(const struct create_form *c, const char *id);
/* To the field of the first problem, its list row opened; false: there is none. */
bool create_to_problem(struct create_form *c);
/* The image that must be asked about before a job can start; NULL: none, or it is known. Good until the next change. */
const char *create_image_to_ask(const struct create_form *c, char *reference, size_t size);
/* The option of pct that the field with the focus makes, "--memory"; NULL: none. */
const char *create_option(const struct create_form *c);
/* True when something was typed that would be lost. */
bool create_dirty(const struct create_form *c);

/* --- inside: create-fields.c, create-lists.c, create-check.c, create-host.c --- */
extern const struct form_field create_fields[];
extern const int create_nfields;
/* Where the value of a form field goes in a spec. */
struct create_link {
    const char *id; /* also the name in spec-fields */
    enum spec_place place;
    const char *option; /* of pct, for the preview */
};
extern const struct create_link create_links[];
extern const size_t create_nlinks;
const struct create_link *create_link(const char *id);
void create_show_fields(struct create_form *c);
int create_list_rows(void *data, const struct form_field *field);
void create_list_row(void *data, const struct form_field *field, int row, int width, struct form_row *out);
enum form_event create_list_event(struct create_form *c, enum form_event event);
void create_list_take(struct create_form *c);  /* from the fields below to the row that is edited */
void create_list_leave(struct create_form *c); /* the focus went elsewhere: the fields below go */
void create_mount_clear(struct create_mount *m);
void create_variable_clear(struct create_variable *v);
void create_note(void *data, const char *id, char *text, size_t size);
void create_value_check(void *data, const char *id, const char *value, char *why, size_t size, bool *mendable);

#endif
