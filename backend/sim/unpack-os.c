/* Which distribution and architecture a root file system is, by pct's own steps and words. */
#include "backend/base/mem.h"
#include "backend/sim/pct.h"
#include "backend/sim/unpack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINKS 16

static const struct sim_tree_file *exact(const struct sim_tree *tree, const char *path)
{
    for (size_t i = 0; i < tree->n; i++) {
        if (strcmp(tree->files[i].path, path) == 0)
            return &tree->files[i];
    }
    return NULL;
}

/* The first part of `path` that is a link, replaced by its target; NULL when none is. */
static char *follow_one(const struct sim_tree *tree, const char *path)
{
    for (const char *end = path;; end++) {
        if (*end != '/' && *end != '\0')
            continue;
        char *head = mem_dup(path, (size_t)(end - path));
        const struct sim_tree_file *f = exact(tree, head);
        char *slash = strrchr(head, '/');
        char *next = NULL;
        if (f != NULL && f->link != NULL) {
            if (slash != NULL)
                *slash = '\0';
            next = f->link[0] == '/' ? mem_printf("%s%s", f->link, end)
                                     : mem_printf("%s/%s%s", slash != NULL ? head : "", f->link, end);
        }
        free(head);
        if (next != NULL || *end == '\0')
            return next;
    }
}

/* Takes `.` and `..` and doubled slashes out of a path, and the slash in front. */
static char *tidy(const char *path)
{
    struct buf out = BUF_INIT;
    while (*path != '\0') {
        size_t len = strcspn(path, "/");
        if (len == 2 && memcmp(path, "..", 2) == 0) {
            while (out.len > 0 && out.s[out.len - 1] != '/')
                buf_cut(&out, out.len - 1);
            buf_cut(&out, out.len > 0 ? out.len - 1 : 0);
        } else if (len > 0 && !(len == 1 && *path == '.')) {
            if (out.len > 0)
                buf_addch(&out, '/');
            buf_add(&out, path, len);
        }
        path += len + (path[len] == '/');
    }
    return buf_detach(&out);
}

const struct sim_tree_file *sim_tree_find(const struct sim_tree *tree, const char *path)
{
    char *now = mem_strdup(path);
    const struct sim_tree_file *found = NULL;
    for (int i = 0; i < LINKS; i++) {
        char *next = follow_one(tree, now);
        if (next == NULL) {
            found = exact(tree, now);
            break;
        }
        free(now);
        now = tidy(next);
        free(next);
    }
    free(now);
    return found;
}

/* The value of a NAME=VALUE line, quotes taken off. */
static char *line_value(const char *text, const char *name)
{
    size_t len = strlen(name);
    while (text != NULL && *text != '\0') {
        if (strncmp(text, name, len) == 0 && text[len] == '=') {
            text += len + 1;
            text += strspn(text, "\"'");
            return mem_dup(text, strcspn(text, "\"'\r\n"));
        }
        text = strchr(text, '\n');
        text = text != NULL ? text + 1 : NULL;
    }
    return NULL;
}

static const struct {
    const char *id, *ostype;
} aliases[] = {
    {.id = "arch", .ostype = "archlinux"},
    {.id = "almalinux", .ostype = "centos"},
    {.id = "opensuse-leap", .ostype = "opensuse"},
    {.id = "opensuse-tumbleweed", .ostype = "opensuse"},
    {.id = "rhel", .ostype = "centos"},
    {.id = "rocky", .ostype = "centos"},
};

static const struct {
    const char *file, *ostype;
} signs[] = {
    {.file = "etc/debian_version", .ostype = "debian"}, {.file = "etc/devuan_version", .ostype = "devuan"},
    {.file = "etc/SuSE-brand", .ostype = "opensuse"},   {.file = "etc/SuSE-release", .ostype = "opensuse"},
    {.file = "etc/fedora-release", .ostype = "fedora"}, {.file = "etc/centos-release", .ostype = "centos"},
    {.file = "etc/redhat-release", .ostype = "centos"}, {.file = "etc/arch-release", .ostype = "archlinux"},
    {.file = "etc/alpine-release", .ostype = "alpine"}, {.file = "etc/gentoo-release", .ostype = "gentoo"},
    {.file = "nix/store", .ostype = "nixos"},
};

/* The ostype that an ID names, NULL when Proxmox does not know it. */
static const char *known_id(const char *id)
{
    static const char *const types[] = {"debian",   "devuan",    "ubuntu", "centos", "fedora",
                                        "opensuse", "archlinux", "alpine", "gentoo", "nixos"};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i], id) == 0)
            return types[i];
    }
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
        if (strcmp(aliases[i].id, id) == 0)
            return aliases[i].ostype;
    }
    return NULL;
}

const char *sim_tree_ostype(struct sim *s, const struct sim_tree *tree)
{
    const struct sim_tree_file *release = sim_tree_find(tree, "etc/os-release"),
                               *lsb = sim_tree_find(tree, "etc/lsb-release");
    char *id = release != NULL ? line_value(release->text, "ID") : NULL;
    const char *type = id != NULL && *id != '\0' ? known_id(id) : NULL;
    if (id != NULL && *id != '\0' && type == NULL)
        fprintf(stderr, "unknown ID '%s' in /etc/os-release file, trying fallback detection\n", id);
    free(id);
    if (type != NULL)
        return type;
    id = lsb != NULL ? line_value(lsb->text, "DISTRIB_ID") : NULL;
    bool ubuntu = id != NULL && strcmp(id, "Ubuntu") == 0;
    free(id);
    if (ubuntu)
        return "ubuntu";
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        if (sim_tree_find(tree, signs[i].file) != NULL)
            return signs[i].ostype;
    }
    if (release != NULL) {
        sim_fail(s, "unable to detect OS distribution\n");
        return NULL;
    }
    fputs("/etc/os-release file not found and autodetection failed, falling back to 'unmanaged'\n", stderr);
    return "unmanaged";
}

const char *sim_tree_arch(const struct sim_tree *tree)
{
    static const struct {
        unsigned machine, bits;
        const char *arch;
    } machines[] = {
        {.machine = 62, .bits = 2, .arch = "amd64"},    {.machine = 3, .bits = 1, .arch = "i386"},
        {.machine = 183, .bits = 2, .arch = "arm64"},   {.machine = 40, .bits = 1, .arch = "armhf"},
        {.machine = 243, .bits = 2, .arch = "riscv64"}, {.machine = 243, .bits = 1, .arch = "riscv32"},
    };
    const struct sim_tree_file *f = sim_tree_find(tree, "bin/sh");
    const unsigned char *b = f != NULL ? (const unsigned char *)f->text : NULL;
    if (f == NULL) {
        fputs("open '/bin/sh' failed: No such file or directory\n", stderr);
    } else if (f->len < 20 || memcmp(b, "\177ELF", 4) != 0) {
        fputs("'/bin/sh' does not resolve to an ELF!\n", stderr);
    } else {
        for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
            if (machines[i].machine == (b[18] | (unsigned)b[19] << 8) && machines[i].bits == b[4])
                return machines[i].arch;
        }
    }
    fputs("Architecture detection failed: error in setup task (eval)\n", stderr);
    return NULL;
}
