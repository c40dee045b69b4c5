#ifndef TENGIL_HOST_IMAGES_H
#define TENGIL_HOST_IMAGES_H

#include "backend/host/host.h"

/* Files in template folders. Private to host. */

/* True when Proxmox lists a file of this name as a template: NAME.tar, .tar.gz, .tar.xz, .tar.zst, .tar.bz2, in either
 * case (recorded from pveam and pvesm of libpve-storage-perl 9.1.7). */
bool image_name_counts(const char *file);
/* The architecture at the end of a name, `…_amd64.tar`; NULL: it says none. Points to a constant. */
const char *image_name_arch(const char *file);
/* True for names of which Proxmox asks whether they are an OCI archive: `.tar`, in lower case only. */
bool image_name_may_be_oci(const char *file);

/*
 * Tells whether the tar file is an OCI archive as `pct create` sees one: members named exactly `oci-layout` and
 * `index.json`, and one below `blobs/`. Then sets oci, reference, digest and, when its index names a platform, arch.
 * The content of blobs is skipped, and reading ends early where a file is clearly something else.
 */
void image_read_archive(int fd, struct image *image);

/* host->images of all storages that have a template folder, sorted by storage and file. */
void images_load(const struct root *root, struct host *host);
void images_free(struct image *images, size_t n);

#endif
