#include "backend/sim/apl.h"

#include "backend/base/argv.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/sim/image.h"
#include "backend/sim/put.h"
#include "backend/sim/seed.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define FOLDER    "var/lib/pve-manager/apl-info"
#define INDEX_MAX (8u << 20)

/* What the demo offers. */
static const struct {
    const char *source, *package, *version, *os, *section, *headline;
} templates[] = {
    {"download.proxmox.com", "alpine-3.22-default", "20250617", "alpine", "system",
     "LXC default image for alpine 3.22"},
    {"download.proxmox.com", "debian-12-standard", "12.12-1", "debian-12", "system", "Debian 12 Bookworm (standard)"},
    {"download.proxmox.com", "debian-13-standard", "13.1-2", "debian-13", "system", "Debian 13 Trixie (standard)"},
    {"download.proxmox.com", "ubuntu-24.04-standard", "24.04-2", "ubuntu-24.04", "system",
     "Ubuntu 24.04 Noble (standard)"},
    {"releases.turnkeylinux.org", "debian-12-turnkey-wordpress", "18.2-1", "debian-12", "turnkeylinux",
     "TurnKey WordPress"},
};

int sim_sha512(int dir, const char *path, char hex[SHA512_HEX + 1])
{
    unsigned char piece[1 << 16], digest[SHA512_HEX / 2];
    int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    ssize_t got = fd < 0 ? -1 : 0;
    if (!hash)
        mem_exhausted();
    EVP_DigestInit_ex(hash, EVP_sha512(), NULL);
    while (fd >= 0 && (got = read(fd, piece, sizeof(piece))) > 0)
        EVP_DigestUpdate(hash, piece, (size_t)got);
    int rc = got < 0 ? -errno : 0;
    EVP_DigestFinal_ex(hash, digest, NULL);
    EVP_MD_CTX_free(hash);
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    if (fd >= 0)
        close(fd);
    return rc;
}

/* The digest of a template's file, made for the purpose beside the index. */
static int digest_of(int root, const char *file, char hex[SHA512_HEX + 1], struct err *err)
{
    static const char probe[] = FOLDER "/.probe";
    int rc = sim_template_write(root, probe, file, seed_template_size(file), err);
    if (!rc && (rc = sim_sha512(root, probe, hex)) != 0)
        err_sys(err, rc, "Could not read a template of the simulated host");
    unlinkat(root, probe, 0);
    return rc;
}

int sim_apl_write(int root, struct err *err)
{
    static const char *const sources[] = {"download.proxmox.com", "releases.turnkeylinux.org"};
    int rc = file_make_dirs(root, FOLDER, 0755, err);
    for (size_t s = 0; s < 2 && !rc; s++) {
        struct buf out = BUF_INIT;
        for (size_t i = 0; i < sizeof(templates) / sizeof(templates[0]) && !rc; i++) {
            char hex[SHA512_HEX + 1], *file;
            if (strcmp(templates[i].source, sources[s]) != 0)
                continue;
            file = mem_printf("%s_%s_amd64.tar.zst", templates[i].package, templates[i].version);
            rc = digest_of(root, file, hex, err);
            buf_addf(&out,
                     "Package: %s\nVersion: %s\nType: lxc\nOS: %s\nSection: %s\nMaintainer: the demo\n"
                     "Architecture: amd64\nLocation: %s/%s\nsha512sum: %s\nInfopage: https://pve.proxmox.com\n"
                     "Description: %s\n A small system of that distribution, as far as the demo needs it.\n\n",
                     templates[i].package, templates[i].version, templates[i].os, templates[i].section,
                     templates[i].section, file, rc ? "" : hex, templates[i].headline);
            free(file);
        }
        char *path = mem_printf(FOLDER "/%s", sources[s]);
        if (!rc)
            rc = sim_put(root, path, 0644, out.s, out.len, err);
        free(path);
        buf_clear(&out);
    }
    return rc;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

static void clear(struct sim_template *t)
{
    free(t->file);
    free(t->section);
    free(t->arch);
    free(t->source);
    free(t->location);
    free(t->sha512);
    *t = (struct sim_template){0};
}

static void take_line(struct sim_template *t, const char *line)
{
    const struct {
        const char *key;
        char **where;
    } keys[] = {{"Section: ", &t->section},
                {"Architecture: ", &t->arch},
                {"Location: ", &t->location},
                {"sha512sum: ", &t->sha512}};
    const char *value;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (text_starts(line, keys[i].key, &value))
            mem_set(keys[i].where, value);
}

/* A stanza is over: it counts when it says where the file is. */
static void finish(struct sim_template *t, const char *source, struct sim_template **list, size_t *n)
{
    if (!t->location || !t->section) {
        clear(t);
        return;
    }
    const char *slash = strrchr(t->location, '/');
    t->file = mem_strdup(slash ? slash + 1 : t->location);
    t->source = mem_strdup(source);
    MEM_GROW(*list, *n);
    (*list)[(*n)++] = *t;
    *t = (struct sim_template){0};
}

static void read_index(char *text, const char *source, struct sim_template **list, size_t *n)
{
    struct sim_template t = {0};
    char *line;
    while ((line = strsep(&text, "\n")) != NULL) {
        if (*line)
            take_line(&t, line);
        else
            finish(&t, source, list, n);
    }
    finish(&t, source, list, n);
}

static int in_order(const void *a, const void *b)
{
    const struct sim_template *x = a, *y = b;
    int by_section = strcmp(x->section, y->section);
    return by_section ? by_section : strcmp(x->file, y->file);
}

void sim_apl_read(int root, struct sim_template **list, size_t *n)
{
    struct argv names = ARGV_INIT;
    *list = NULL;
    *n = 0;
    file_list(root, FOLDER, &names, NULL);
    for (size_t i = 0; i < names.n; i++) {
        struct buf text = BUF_INIT;
        char *path = mem_printf(FOLDER "/%s", names.v[i]);
        if (names.v[i][0] != '.' && file_read(root, path, INDEX_MAX, &text, NULL) == 0 && text.len)
            read_index(text.s, names.v[i], list, n);
        buf_clear(&text);
        free(path);
    }
    if (*n)
        qsort(*list, *n, sizeof(**list), in_order);
    argv_clear(&names);
}

void sim_apl_free(struct sim_template *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        clear(&list[i]);
    free(list);
}
