#ifndef TENGIL_REGISTRY_SKOPEO_H
#define TENGIL_REGISTRY_SKOPEO_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/base/err.h"
#include "backend/spec/imageref.h"
#include "backend/spec/settings.h"

#include <stdbool.h>

/* What every call of skopeo shares, and what its failures mean. Recorded from skopeo 1.9.3 and 1.18.0. */

/* The name of a platform in image indexes for Proxmox's ("386" for i386, "arm" for armhf), and back; other names stay.
 */
const char *skopeo_arch(const char *arch);
const char *skopeo_arch_back(const char *arch);

/*
 * Adds `skopeo [--registries-conf F] COMMAND --override-arch … --override-os linux` and, by the settings of the
 * image's registry, logins and CA, as the command names them (`copy` has --src-authfile, others --authfile). The file
 * F is written by settings_write_registries_conf.
 */
void skopeo_argv_common(struct argv *argv, const char *command, const struct imageref *ref, const char *arch,
                        const struct settings *settings);

/* The reason in what skopeo printed: the last `level=fatal msg="…"` with Go's escapes undone, else the last line that
 * says something. Adds it to `out`, raw; false when there is none. */
bool skopeo_fatal(const char *text, struct buf *out);

/* A sentence for the failure that `words` (skopeo_fatal) tell: what happened and what to do. Returns an errno that
 * fits: -EACCES, -ENOENT, -ECONNREFUSED, -EHOSTUNREACH, -EPROTO, -EBUSY, -ENOSPC, -EIO. */
int skopeo_explain(const char *words, const struct imageref *ref, struct err *err);

#endif
