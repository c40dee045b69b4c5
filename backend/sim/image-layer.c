#include "backend/sim/image.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every file of these images is of one time, so that the same image has the same digest each time. */
#define FILE_TIME 1763942400 /* 2025-11-24 */

struct distro {
    const char *name; /* as a template's name begins */
    const char *os_release;
};

static const struct distro distros[] = {
    {"debian-12", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n"
                  "VERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n"},
    {"debian-13", "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"13\"\n"
                  "VERSION=\"13 (trixie)\"\nVERSION_CODENAME=trixie\nDEBIAN_VERSION_FULL=13.1\nID=debian\n"},
    {"alpine", "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME=\"Alpine Linux v3.22\"\n"},
    {"ubuntu", "PRETTY_NAME=\"Ubuntu 24.04.3 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\n"
               "VERSION=\"24.04.3 LTS (Noble Numbat)\"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n"},
};

/* What a distribution says of its version beside os-release, and the accounts that images of it have. */
static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
                             "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
                             "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"
                             "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
static const char group[] = "root:x:0:\ndaemon:x:1:\ntty:x:5:\nwww-data:x:33:\nvideo:x:44:\nrender:x:992:\n"
                            "nogroup:x:65534:\n";

static const struct distro *find_distro(const char *name)
{
    for (size_t i = 0; i < sizeof(distros) / sizeof(distros[0]); i++)
        if (text_starts(name, distros[i].name, NULL))
            return &distros[i];
    return &distros[1]; /* the other templates of the index are Debian's children */
}

static la_ssize_t collect(struct archive *a, void *to, const void *bytes, size_t len)
{
    (void)a;
    buf_add(to, bytes, len);
    return (la_ssize_t)len;
}

static int add_entry(struct archive *a, const char *path, mode_t type, mode_t mode, const void *bytes, size_t len)
{
    struct archive_entry *entry = archive_entry_new();
    if (!entry)
        return -ENOMEM;
    archive_entry_set_pathname(entry, path);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, mode);
    archive_entry_set_mtime(entry, FILE_TIME, 0);
    archive_entry_set_size(entry, (la_int64_t)len);
    int rc = archive_write_header(a, entry) == ARCHIVE_OK ? 0 : -EIO;
    if (!rc && len && archive_write_data(a, bytes, len) != (la_ssize_t)len)
        rc = -EIO;
    archive_entry_free(entry);
    return rc;
}

static int add_folder(struct archive *a, const char *path, mode_t mode)
{
    return add_entry(a, path, AE_IFDIR, mode, NULL, 0);
}

static int add_file(struct archive *a, const char *path, mode_t mode, const char *text)
{
    return add_entry(a, path, AE_IFREG, mode, text, strlen(text));
}

/* Proxmox learns a CT's architecture from the head of its shell: this is one, and nothing more. */
static int add_shell(struct archive *a, const char *arch)
{
    enum { MACHINE = 18, X86_64 = 62, AARCH64 = 183 };
    unsigned char elf[64] = {0x7f, 'E', 'L', 'F', 2, 1, 1, [16] = 2, [20] = 1, [52] = 64};
    elf[MACHINE] = arch && strcmp(arch, "arm64") == 0 ? AARCH64 : X86_64;
    return add_entry(a, "bin/sh", AE_IFREG, 0755, elf, sizeof(elf));
}

static int add_distro(struct archive *a, const char *name, const char *arch)
{
    static const char *const folders[] = {"bin",  "dev", "etc", "home", "proc", "root",   "run",
                                          "sbin", "sys", "tmp", "usr",  "var",  "var/lib"};
    const struct distro *distro = find_distro(name);
    const char *id = strstr(distro->os_release, "\nVERSION_ID=") + strlen("\nVERSION_ID=");
    int rc = 0;
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && !rc; i++)
        rc = add_folder(a, folders[i], strcmp(folders[i], "tmp") == 0 ? 01777 : 0755);
    if (!rc)
        rc = add_file(a, "etc/os-release", 0644, distro->os_release);
    if (!rc)
        rc = add_file(a, "etc/passwd", 0644, passwd);
    if (!rc)
        rc = add_file(a, "etc/group", 0644, group);
    if (!rc && text_starts(distro->name, "debian", NULL))
        rc = add_file(a, "etc/debian_version", 0644, id[1] == '1' && id[2] == '2' ? "12.12\n" : "13.1\n");
    if (!rc && text_starts(distro->name, "alpine", NULL))
        rc = add_file(a, "etc/alpine-release", 0644, "3.22.1\n");
    return rc ? rc : add_shell(a, arch);
}

/* The folders of its volumes, which anyone may write to as the makers of such images have it, and its program. */
static int add_app(struct archive *a, const struct sim_app *app)
{
    const char *program = app->entrypoint[0] ? app->entrypoint[0] : app->cmd[0];
    int rc = 0;
    for (size_t i = 0; i < SIM_APP_LIST && app->volumes[i] && !rc; i++)
        rc = add_folder(a, app->volumes[i] + 1, 0777);
    if (!rc && program && program[0] == '/')
        rc =
            add_file(a, program + 1, 0755, "#!/bin/sh\n# This program of the demo does nothing.\nexec sleep 1000000\n");
    return rc;
}

/* Bytes that do not compress and are the same for a name each time (xorshift64*, seeded by FNV-1a of the name). */
static int add_filler(struct archive *a, const char *name, size_t len)
{
    uint64_t state = 0xcbf29ce484222325u;
    for (const char *p = name; *p; p++)
        state = (state ^ (unsigned char)*p) * 0x100000001b3u;
    state |= 1;

    size_t words = len / sizeof(uint64_t);
    uint64_t *bytes = mem_zero(words + 1, sizeof(*bytes));
    for (size_t i = 0; i < words; i++) {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes[i] = state * 0x2545f4914f6cdd1du;
    }
    char *path = mem_printf("usr/lib/%s.bin", name);
    int rc = add_entry(a, path, AE_IFREG, 0644, bytes, words * sizeof(*bytes));
    free(path);
    free(bytes);
    return rc;
}

static int finish(struct archive *a, int rc, struct err *err)
{
    if (!rc && archive_write_close(a) != ARCHIVE_OK)
        rc = -EIO;
    if (rc)
        err_set(err, rc, "Could not make an archive for the simulated host: %s.",
                archive_error_string(a) ? archive_error_string(a) : strerror(-rc));
    archive_write_free(a);
    return rc;
}

/* A tar in memory, with what `layer` names, and the filter that belongs to the file's kind (0: none). */
static int make_tar(const struct sim_layer *layer, int filter, struct buf *out, struct err *err)
{
    struct archive *a = archive_write_new();
    if (!a)
        return err_set(err, -ENOMEM, "There is no memory for an archive.");
    archive_write_set_format_ustar(a);
    archive_write_set_bytes_in_last_block(a, 1); /* zeros behind its end would spoil a compressed file */
    if (filter)
        archive_write_add_filter(a, filter);
    int rc = archive_write_open(a, out, NULL, collect, NULL) == ARCHIVE_OK ? 0 : -EIO;
    if (!rc && layer->distro)
        rc = add_distro(a, layer->distro, layer->arch);
    if (!rc && layer->app)
        rc = add_app(a, layer->app);
    if (!rc && layer->filler)
        rc = add_filler(a, layer->name, layer->filler);
    return finish(a, rc, err);
}

int sim_layer_make(const struct sim_layer *layer, struct buf *gzip, struct sim_blob *blob, struct err *err)
{
    struct buf tar = BUF_INIT;
    int rc = make_tar(layer, 0, &tar, err);
    if (rc) {
        buf_clear(&tar);
        return rc;
    }
    /* Filler does not get smaller; level 0 writes it as it is, at the speed of memory. */
    struct archive *a = archive_write_new();
    archive_write_set_format_raw(a);
    archive_write_set_bytes_in_last_block(a, 1);
    archive_write_add_filter_gzip(a);
    rc = archive_write_set_options(a, "gzip:!timestamp,gzip:compression-level=0") == ARCHIVE_OK ? 0 : -EIO;
    if (!rc)
        rc = archive_write_open(a, gzip, NULL, collect, NULL) == ARCHIVE_OK ? 0 : -EIO;
    if (!rc)
        rc = add_entry(a, "layer", AE_IFREG, 0644, tar.s, tar.len);
    rc = finish(a, rc, err);
    if (!rc) {
        hash_sha256(tar.s, tar.len, blob->diff_id);
        hash_sha256(gzip->s, gzip->len, blob->digest);
        blob->size = gzip->len;
    }
    buf_clear(&tar);
    return rc;
}

/* Behind the data, a frame that every reader of zstd skips (RFC 8878, 3.1.2), as large as is wanted. */
static int add_skipped(int fd, size_t len, uint64_t size)
{
    unsigned char head[8] = {0x50, 0x2a, 0x4d, 0x18};
    if (size < len + sizeof(head) || size - len - sizeof(head) > UINT32_MAX)
        return 0;
    uint32_t rest = (uint32_t)(size - len - sizeof(head));
    for (int i = 0; i < 4; i++)
        head[4 + i] = (unsigned char)(rest >> 8 * i);
    int rc = file_write_all(fd, head, sizeof(head));
    return rc ? rc : ftruncate(fd, (off_t)size) ? -errno : 0;
}

int sim_template_write(int dir, const char *path, const char *name, uint64_t size, struct err *err)
{
    struct sim_layer layer = {.name = "demo", .distro = name, .filler = 64 << 10};
    struct buf text = BUF_INIT;
    int rc = make_tar(&layer, ARCHIVE_FILTER_ZSTD, &text, err);
    if (!rc) {
        int fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
        rc = fd < 0 ? -errno : file_write_all(fd, text.s, text.len);
        if (!rc)
            rc = add_skipped(fd, text.len, size);
        if (fd >= 0 && close(fd) && !rc)
            rc = -errno;
        if (rc)
            err_sys(err, rc, "Could not write the template %s", path);
    }
    buf_clear(&text);
    return rc;
}
