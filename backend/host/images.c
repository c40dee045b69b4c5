#include "backend/host/images.h"

#include "backend/base/mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define FILES_MAX 10000 /* in one folder */

static bool ends_with(const char *s, size_t len, const char *tail, bool any_case)
{
    size_t tail_len = strlen(tail);
    if (len <= tail_len)
        return false;
    const char *end = s + len - tail_len;
    return any_case ? strcasecmp(end, tail) == 0 : strcmp(end, tail) == 0;
}

/* The length without the extension; 0 when it has none that counts. */
static size_t stem_len(const char *file)
{
    static const char *const tails[] = {".tar", ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2"};
    size_t len = strlen(file);
    for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
        if (ends_with(file, len, tails[i], true))
            return len - strlen(tails[i]);
    return 0;
}

bool image_name_counts(const char *file)
{
    return stem_len(file) > 0;
}

bool image_name_may_be_oci(const char *file)
{
    return ends_with(file, strlen(file), ".tar", false);
}

const char *image_name_arch(const char *file)
{
    static const char *const known[] = {"386",     "all",     "amd64",   "arm",  "arm64",   "armel",
                                        "armhf",   "armv6",   "armv7",   "i386", "loong64", "mips64le",
                                        "ppc64el", "ppc64le", "riscv64", "s390x"};
    size_t len = stem_len(file);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        size_t arch_len = strlen(known[i]);
        if (len > arch_len + 1 && file[len - arch_len - 1] == '_' &&
            strncmp(file + len - arch_len, known[i], arch_len) == 0)
            return known[i];
    }
    return NULL;
}

/* Fills `image` when the file is one. */
static bool read_image(const struct root *root, const struct storage *storage, const char *file, struct image *image)
{
    struct stat st;
    bool may_be_oci = image_name_may_be_oci(file);
    char *path = mem_printf("%s/%s", storage->template_dir, file);
    int fd = root_openat(root, path, may_be_oci ? O_RDONLY | O_NONBLOCK : O_PATH, 0);

    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        free(path);
        return false;
    }
    *image = (struct image){
        .storage = mem_strdup(storage->id),
        .file = mem_strdup(file),
        .volid = mem_printf("%s:vztmpl/%s", storage->id, file),
        .path = path,
        .size = (uint64_t)st.st_size,
        .mtime = st.st_mtim.tv_sec,
        .arch = mem_strdup(image_name_arch(file)),
    };
    if (may_be_oci)
        image_read_archive(fd, image);
    close(fd);
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct image *x = a, *y = b;
    int order = strcmp(x->storage, y->storage);
    return order ? order : strcmp(x->file, y->file);
}

void images_load(const struct root *root, struct host *host)
{
    for (size_t i = 0; i < host->nstorages; i++) {
        const struct storage *storage = &host->storages[i];
        struct argv names = ARGV_INIT;
        if (storage->disabled || !storage->template_dir || !storage_has(storage, "vztmpl"))
            continue;
        root_list(root, storage->template_dir, &names, NULL);
        for (size_t k = 0, n = 0; k < names.n && n < FILES_MAX; k++) {
            if (!image_name_counts(names.v[k]))
                continue;
            MEM_GROW(host->images, host->nimages);
            host->nimages += read_image(root, storage, names.v[k], &host->images[host->nimages]);
            n++;
        }
        argv_clear(&names);
    }
    if (host->nimages)
        qsort(host->images, host->nimages, sizeof(host->images[0]), by_place);
}

void images_free(struct image *images, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct image *image = &images[i];
        char *const parts[] = {image->storage,   image->file,   image->volid, image->path,
                               image->reference, image->digest, image->arch};
        for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
            free(parts[k]);
    }
    free(images);
}

const struct image *host_image(const struct host *host, const char *storage, const char *file)
{
    struct image key = {.storage = (char *)storage, .file = (char *)file};
    return host->nimages ? bsearch(&key, host->images, host->nimages, sizeof(key), by_place) : NULL;
}

const struct image *host_image_volid(const struct host *host, const char *volid)
{
    for (size_t i = 0; i < host->nimages; i++)
        if (strcmp(host->images[i].volid, volid) == 0)
            return &host->images[i];
    return NULL;
}
