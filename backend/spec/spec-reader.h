#ifndef TENGIL_SPEC_SPEC_READER_H
#define TENGIL_SPEC_SPEC_READER_H

#include "backend/base/yaml.h"
#include "backend/spec/spec-fields.h"

/* The inside of spec_read: spec-yaml.c walks the table, spec-parts.c reads the fields that have shapes of their own. */

/* Where a field was written, under the name that problems use. */
struct spec_seen {
    char *field;
    int line, column;
};

struct spec_reader {
    struct spec *spec;
    struct spec_problems *problems;
    struct argv *notes;
    struct spec_image image; /* the parts of the image, put together at the end */
    bool change;             /* of an existing CT */
    bool saw_image;          /* an image was asked for, even when it could not be read */
    enum spec_kind kind;     /* what `type` says */
    struct spec_seen *seen;
    size_t nseen;
};

/* A mapping that is being read. */
struct spec_group {
    enum spec_place place;
    const char *prefix; /* "mounts[1]" */
    void *base;         /* of SPEC_AT_NET and SPEC_AT_MOUNT */
};

void spec_reader_bad(struct spec_reader *r, const struct ynode *at, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Notes where the field stands. False, with a problem, when it was given before. */
bool spec_reader_claim(struct spec_reader *r, const struct ynode *at, const char *field);
void spec_reader_map(struct spec_reader *r, const struct ynode *map, const struct spec_group *g);
void spec_reader_field(struct spec_reader *r, const struct spec_field *f, const struct ynode *v,
                       const struct spec_group *g);

void spec_reader_nets(struct spec_reader *r, const struct ynode *v);
void spec_reader_mounts(struct spec_reader *r, const struct ynode *v);
void spec_reader_env(struct spec_reader *r, const struct ynode *v, const char *path);
void spec_reader_volume(struct spec_reader *r, const struct ynode *v, const struct spec_group *g);
void spec_reader_startup(struct spec_reader *r, const struct ynode *v, const char *path);
/* spec->image and spec->arch from r->image. */
void spec_reader_image(struct spec_reader *r);

#endif
