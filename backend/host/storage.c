#include "backend/host/storage.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/spawn.h"
#include "backend/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CFG_PATH   "/etc/pve/storage.cfg"
#define CFG_MAX    (1024 * 1024)
#define STATUS_MAX (1024 * 1024)
#define STATUS_MS  20000 /* a dead NFS server holds pvesm up for some seconds each */
#define WORDS_MAX  256

/* What Proxmox's plugins assume where storage.cfg is silent (the plugindata and options of each, 9.1.7). */
static const struct storage_type {
    const char *name, *content;
    bool shared;
    const char *mounted; /* its path when it names none, the id added */
    bool has_path;
} types[] = {
    {.name = "btrfs", .content = "images,rootdir", .has_path = true},
    {.name = "cephfs", .content = "backup", .shared = true, .mounted = "/mnt/pve/", .has_path = true},
    {.name = "cifs", .content = "images", .shared = true, .mounted = "/mnt/pve/", .has_path = true},
    {.name = "dir", .content = "images,rootdir", .has_path = true},
    {.name = "esxi", .content = "import", .shared = true},
    {.name = "glusterfs", .content = "images", .shared = true, .mounted = "/mnt/pve/", .has_path = true},
    {.name = "iscsi", .content = "images", .shared = true},
    {.name = "iscsidirect", .content = "images", .shared = true},
    {.name = "lvm", .content = "images"},
    {.name = "lvmthin", .content = "images,rootdir"},
    {.name = "nfs", .content = "images", .shared = true, .mounted = "/mnt/pve/", .has_path = true},
    {.name = "pbs", .content = "backup", .shared = true},
    {.name = "rbd", .content = "images", .shared = true},
    {.name = "zfs", .content = "images", .shared = true},
    {.name = "zfspool", .content = "images,rootdir"},
};

static const struct storage_type *find_type(const char *name)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    return NULL;
}

/* Adds the words of a list with commas (or blanks, or semicolons: Proxmox takes them all). */
static void add_words(struct argv *words, const char *list)
{
    static const char separators[] = ",; \t";
    for (const char *p = list + strspn(list, separators); *p && words->n < WORDS_MAX; p += strspn(p, separators)) {
        size_t len = strcspn(p, separators);
        char *word = mem_dup(p, len);
        if (argv_has(words, word))
            free(word);
        else
            argv_push_nodup(words, word);
        p += len;
    }
}

/* Properties that are looked at while a section is read. */
struct section {
    struct storage storage;
    struct argv nodes;
    char *template_dir; /* of content-dirs, below the path */
    bool content_said;
};

static void take_template_dir(struct section *section, const char *dirs)
{
    char *dir = NULL;
    for (const char *p = dirs; *p && !dir; p += *p == ',') {
        size_t len = strcspn(p, ",");
        if (len > strlen("vztmpl=") && strncmp(p, "vztmpl=", strlen("vztmpl=")) == 0)
            dir = mem_dup(p + strlen("vztmpl="), len - strlen("vztmpl="));
        p += len;
    }
    if (dir) {
        free(section->template_dir);
        section->template_dir = dir;
    }
}

static bool is_on(const char *value)
{
    return *value == '\0' || strcmp(value, "1") == 0 || strcmp(value, "yes") == 0 || strcmp(value, "on") == 0 ||
           strcmp(value, "true") == 0;
}

static void take_property(struct section *section, char *line)
{
    char *key = text_trim(line);
    char *value = key + strcspn(key, " \t");
    if (*value)
        *value++ = '\0';
    value = text_trim(value);
    if (strcmp(key, "path") == 0) {
        mem_set(&section->storage.path, value);
    } else if (strcmp(key, "content") == 0) {
        argv_clear(&section->storage.content);
        add_words(&section->storage.content, value);
        section->content_said = true;
    } else if (strcmp(key, "nodes") == 0) {
        add_words(&section->nodes, value);
    } else if (strcmp(key, "disable") == 0) {
        section->storage.disabled = is_on(value);
    } else if (strcmp(key, "shared") == 0) {
        section->storage.shared = is_on(value);
    } else if (strcmp(key, "content-dirs") == 0) {
        take_template_dir(section, value);
    }
}

static void set_template_dir(struct section *section)
{
    struct storage *s = &section->storage;
    size_t len = s->path ? strlen(s->path) : 0;
    while (len > 1 && s->path[len - 1] == '/')
        len--;
    if (s->path)
        s->template_dir = mem_printf("%.*s/%s", (int)len, s->path,
                                     section->template_dir ? section->template_dir + strspn(section->template_dir, "/")
                                                           : "template/cache");
}

static void clear_storage(struct storage *s)
{
    free(s->id);
    free(s->type);
    free(s->path);
    free(s->template_dir);
    argv_clear(&s->content);
}

void storage_free(struct storage *storages, size_t n)
{
    for (size_t i = 0; i < n; i++)
        clear_storage(&storages[i]);
    free(storages);
}

static void complete(struct section *section, const char *node)
{
    struct storage *s = &section->storage;
    const struct storage_type *type = find_type(s->type);

    if (!s->path && type && type->mounted)
        s->path = mem_printf("%s%s", type->mounted, s->id);
    if (s->path && (s->path[0] != '/' || (type && !type->has_path)))
        mem_set(&s->path, NULL);
    if (!section->content_said && type)
        add_words(&s->content, type->content);
    s->shared |= type && type->shared;
    s->disabled |= section->nodes.n && node && !argv_has(&section->nodes, node);
    s->active = !s->disabled;
    s->total = s->used = s->avail = HOST_UNKNOWN;
    set_template_dir(section);
}

static void end_section(struct section *section, const char *node, struct storage **storages, size_t *n)
{
    if (section->storage.id) {
        complete(section, node);
        const struct storage_type *type = find_type(section->storage.type);
        /* A folder without its path is no storage for Proxmox either. */
        if (type && type->has_path && !section->storage.path) {
            clear_storage(&section->storage);
        } else {
            MEM_GROW(*storages, *n);
            (*storages)[(*n)++] = section->storage;
        }
    }
    argv_clear(&section->nodes);
    free(section->template_dir);
    *section = (struct section){0};
}

/* `type: id` at the start of a line; other lines there are odd and skipped. */
static bool read_title(char *line, size_t *type_len, char **id)
{
    *type_len = strcspn(line, ": \t");
    if (*type_len == 0 || line[*type_len] != ':')
        return false;
    *id = text_trim(line + *type_len + 1);
    return **id && !strpbrk(*id, " \t");
}

static void add_local(struct storage **storages, size_t *n)
{
    struct section local = {.storage = {.type = mem_strdup("dir"), .id = mem_strdup("local")}};
    for (size_t i = 0; i < *n; i++) {
        if (strcmp((*storages)[i].id, "local") == 0) {
            clear_storage(&local.storage);
            return;
        }
    }
    local.storage.path = mem_strdup("/var/lib/vz");
    add_words(&local.storage.content, "images,rootdir,vztmpl,iso,snippets");
    local.content_said = true;
    end_section(&local, NULL, storages, n);
}

void storage_parse_cfg(const char *text, size_t len, const char *node, struct storage **storages, size_t *n)
{
    struct section section = {0};
    const char *end = text + len;

    *storages = NULL;
    *n = 0;
    for (const char *at = text; at < end;) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *to = feed ? feed : end;
        char *line = mem_dup(at, (size_t)(to - at)), *id;
        size_t type_len;
        at = feed ? feed + 1 : end;
        if (line[strspn(line, " \t\r")] == '\0') {
            end_section(&section, node, storages, n);
        } else if (*line == ' ' || *line == '\t') {
            if (section.storage.id)
                take_property(&section, line);
        } else if (*line != '#' && read_title(line, &type_len, &id)) {
            end_section(&section, node, storages, n);
            section.storage.type = mem_dup(line, type_len);
            section.storage.id = mem_strdup(id);
        }
        free(line);
    }
    end_section(&section, node, storages, n);
    add_local(storages, n);
}

static struct storage *find_storage(struct storage *storages, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(storages[i].id, id) == 0)
            return &storages[i];
    return NULL;
}

/* Where the columns stand, counted from the right: a name may hold anything. */
struct columns {
    size_t n;
    size_t status, total, used, avail; /* 1: the last one; 0: not there */
};

static void split(char *line, struct argv *words)
{
    for (char *save = NULL, *word = strtok_r(line, " \t\r", &save); word; word = strtok_r(NULL, " \t\r", &save))
        argv_push(words, word);
}

static bool read_header(char *line, struct columns *columns)
{
    struct argv words = ARGV_INIT;
    struct {
        const char *title;
        size_t *place;
    } const rows[] = {
        {"Status", &columns->status},
        {"Total", &columns->total},
        {"Used", &columns->used},
        {"Available", &columns->avail},
    };
    *columns = (struct columns){0};
    split(line, &words);
    for (size_t i = words.n; i-- > 0;) {
        if (words.v[i][0] == '(') /* "Total (KiB)" is one title */
            continue;
        columns->n++;
        for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
            if (strcmp(words.v[i], rows[k].title) == 0)
                *rows[k].place = columns->n;
    }
    bool known = words.n && strcmp(words.v[0], "Name") == 0 && columns->status && columns->total;
    argv_clear(&words);
    return known;
}

static uint64_t kib(const struct argv *words, size_t from_right)
{
    uint64_t value;
    if (!from_right || from_right > words->n || !num_parse_u64(words->v[words->n - from_right], &value) ||
        value > UINT64_MAX / 1024 - 1)
        return HOST_UNKNOWN;
    return value * 1024;
}

static void read_row(char *line, const struct columns *columns, struct storage *storages, size_t n)
{
    struct argv words = ARGV_INIT;
    char *copy = mem_strdup(line);
    split(copy, &words);
    free(copy);
    if (words.n >= columns->n) {
        /* The name is what stands before the other columns. */
        const char *second = line + strspn(line, " \t");
        const char *name = second;
        for (size_t i = 0; i <= words.n - columns->n; i++) {
            second += strspn(second, " \t");
            second += strcspn(second, " \t\r");
        }
        char *id = mem_dup(name, (size_t)(second - name));
        struct storage *s = find_storage(storages, n, id);
        free(id);
        if (s) {
            const char *status = words.v[words.n - columns->status];
            s->active = strcmp(status, "active") == 0;
            s->disabled |= strcmp(status, "disabled") == 0;
            s->total = s->active ? kib(&words, columns->total) : HOST_UNKNOWN;
            s->used = s->active ? kib(&words, columns->used) : HOST_UNKNOWN;
            s->avail = s->active ? kib(&words, columns->avail) : HOST_UNKNOWN;
        }
    }
    argv_clear(&words);
}

int storage_parse_status(const char *text, size_t len, struct storage *storages, size_t n)
{
    char *copy = mem_dup(text, len);
    struct columns columns;
    bool known = false;

    for (char *save = NULL, *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (known)
            read_row(line, &columns, storages, n);
        else
            known = read_header(line, &columns);
    }
    free(copy);
    return known ? 0 : -EBADMSG;
}

/* What pvesm cannot say stays not known: one storage that hangs must not hide the others. */
static void load_space(struct host *host)
{
    struct spawn_result result = SPAWN_RESULT_INIT;
    struct argv argv = ARGV_INIT;
    argv_push_all(&argv, "pvesm", "status", (char *)NULL);
    if (spawn_capture(&argv, STATUS_MAX, STATUS_MS, &result, NULL) == 0)
        storage_parse_status(result.out.s, result.out.len, host->storages, host->nstorages);
    spawn_result_clear(&result);
    argv_clear(&argv);
}

int storage_load(const struct root *root, bool space, struct host *host, struct err *err)
{
    struct buf text = BUF_INIT;
    int rc = root_read(root, CFG_PATH, CFG_MAX, &text, err);
    if (rc == 0)
        storage_parse_cfg(text.s, text.len, host->node, &host->storages, &host->nstorages);
    buf_clear(&text);
    if (rc == -ENOENT || rc == -ENOTDIR)
        return 0;
    if (rc == 0 && space)
        load_space(host);
    return rc;
}
