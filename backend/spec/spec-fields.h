#ifndef TENGIL_SPEC_SPEC_FIELDS_H
#define TENGIL_SPEC_SPEC_FIELDS_H

#include "backend/base/buf.h"
#include "backend/base/err.h"
#include "backend/spec/spec.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The one table of a spec's fields. It drives reading, checking, writing, the form, its help and the manual: a new
 * field is one row here (and, where the tool needs it, one place in the plan).
 */
enum spec_place {
    SPEC_AT_TOP,
    SPEC_AT_OCI,
    SPEC_AT_FEATURES,
    SPEC_AT_NET,
    SPEC_AT_GPU,
    SPEC_AT_MOUNT,
    SPEC_AT_RESOURCES, /* read only: where the Python project kept what now stands at the top */
    SPEC_PLACES,
};

enum spec_type {
    SPEC_STRING, /* char * */
    SPEC_PATH,   /* char *; slashes at the end are taken off */
    SPEC_INT,    /* long */
    SPEC_SIZE,   /* long, in the row's unit; `4G` is read too */
    SPEC_NUMBER, /* double */
    SPEC_BOOL,   /* int, enum spec_bool */
    SPEC_NOT,    /* int, enum spec_bool, the opposite of what is written */
    SPEC_WORDS,  /* struct argv: a list, or words with commas between */
    /* From here on the reader and the writer know the field by its type. */
    SPEC_KIND,    /* `type: oci` */
    SPEC_VOLUME,  /* `tank:8`: storage and size of a mount */
    SPEC_STARTUP, /* `order=1,up=30` */
    SPEC_GROUP,   /* a mapping with fields of another place */
    SPEC_NETS,
    SPEC_MOUNTS,
    SPEC_ENV,
    SPEC_NOTE, /* known, and not done here: `help` says so */
    SPEC_TYPES,
};

/* The parts of an image as a file names them; together they are spec.image. Rows of SPEC_AT_OCI point in here. */
struct spec_image {
    char *image, *tag, *digest, *registry, *arch;
};

struct spec_field {
    const char *name;      /* as it is written, "memory" */
    const char *aliases;   /* other spellings, a blank between; NULL: none */
    enum spec_place place; /* where it is written, and what `offset` counts from */
    unsigned also;         /* bits of other places where it is read: 1u << SPEC_AT_RESOURCES */
    enum spec_type type;
    enum spec_place inner; /* SPEC_GROUP: the place of its fields */
    bool quiet;            /* read, but written another way; no row of its own in the form */
    double min, max;       /* of numbers; both 0: none */
    const char *unit;      /* "MiB", "GiB", "s"; NULL */
    const char *words;     /* the only values of a string, a blank between; NULL: any */
    const char *fallback;  /* what holds when it is left out, as a phrase: "the next free one" */
    const char *help;      /* one sentence */
    const char *example;
    int (*check)(const char *value, struct err *err); /* of strings, and of each word; NULL: none */
    size_t offset;
};

extern const struct spec_field spec_fields[];
extern const size_t spec_nfields;

/* The field that `name` (or an alias) means at a place; NULL: none. */
const struct spec_field *spec_field_find(const char *name, enum spec_place place);
/* The known spelling nearest to `name` at a place, NULL when none is near. */
const char *spec_field_near(const char *name, enum spec_place place);
/* "network", "mounts", "" for the top. */
const char *spec_place_name(enum spec_place place);
/* True when a field is read at the place. */
bool spec_field_is_at(const struct spec_field *field, enum spec_place place);

/*
 * One value, for fields up to SPEC_WORDS. `base` is the struct that the row's offset counts from (struct spec for the
 * top and features, spec_gpu, spec_net, spec_mount, spec_image). The sentences name no field: it stands beside them.
 */
int spec_field_set(const struct spec_field *field, void *base, const char *text, struct err *err);
bool spec_field_is_set(const struct spec_field *field, const void *base);
/* The value as spec_field_set reads it; nothing when it is not set. */
void spec_field_get(const struct spec_field *field, const void *base, struct buf *out);
/* Range, words and check of the row. 0 also when it is not set. */
int spec_field_check(const struct spec_field *field, const void *base, struct err *err);

/* How problems name the n-th network ("network" when it is the only one), mount or variable. */
void spec_net_field(const struct spec *spec, size_t n, struct buf *out);
void spec_mount_field(size_t n, struct buf *out);
void spec_env_field(const char *name, struct buf *out);

/* The tables of fields for the manual, in Markdown. */
void spec_fields_print(struct buf *out);

#endif
