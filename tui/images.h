#ifndef TENGIL_TUI_IMAGES_H
#define TENGIL_TUI_IMAGES_H

#include "backend/host/host.h"
#include "widgets/table.h"

/* What the Images screen says of a file in the cache, apart from keys and paint. */
extern const struct table_column images_columns[];
extern const int images_ncolumns;
extern const struct table_layout images_layouts[];
extern const int images_nlayouts;

/* "docker.io/library/nextcloud" and "32.0.1"; of a template "template debian-13-standard" and "13.1-2". */
void images_name(const struct image *image, char *out, size_t size);
void images_tag(const struct image *image, char *out, size_t size);
const char *images_arch(const struct image *image, char *out, size_t size);
/* VMIDs of the CTs that were made from it, "102, 105"; "none"; "-" of templates, as CTs do not say which. Returns how
 * many. */
int images_used_by(const struct host *host, const struct image *image, char *out, size_t size);
/* "17h", "41d"; now and mtime in Unix seconds. */
void images_age(int64_t mtime, int64_t now, char *out, size_t size);
void images_cell(const struct host *host, const struct image *image, int64_t now, const char *column,
                 struct table_cell *cell);
int images_compare(const struct host *host, const struct image *a, const struct image *b, const char *column);
bool images_matches(const struct host *host, const struct image *image, const char *field, const char *word);
/* Something that identifies the file while others come and go. */
long images_key(const struct image *image);

#endif
