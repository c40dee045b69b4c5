#include "backend/host/ctconf.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"
#include "backend/host/ctconf-line.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MARK "tengil-tui: "

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* `%3A` is a byte; `%00`, and what is no code, stays as it is. */
static void add_decoded(struct buf *out, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int high = s[i] == '%' && len - i > 2 ? hex_digit(s[i + 1]) : -1;
        int low = high < 0 ? -1 : hex_digit(s[i + 2]);
        if (low < 0 || high * 16 + low == 0) {
            buf_addch(out, s[i]);
            continue;
        }
        buf_addch(out, (char)(high * 16 + low));
        i += 2;
    }
}

static bool is_pending(const struct ctconf_line *line)
{
    return line->key_len == strlen("pve:pending") && strncasecmp(line->key, "pve:pending", line->key_len) == 0;
}

static void add_entry(struct ctconf *conf, const struct ctconf_line *line)
{
    MEM_GROW(conf->entries, conf->nentries);
    conf->entries[conf->nentries++] = (struct ctconf_entry){
        .key = mem_dup(line->key, line->key_len),
        .value = mem_dup(line->value, line->value_len),
    };
}

static void read_current(struct ctconf *conf, struct buf *description, const struct ctconf_line *line)
{
    if (line->kind == CTCONF_DESCRIPTION) {
        add_decoded(description, line->value, line->value_len);
        buf_addch(description, '\n');
    } else if (ctconf_line_is(line, "description")) {
        add_decoded(description, line->value, line->value_len);
    } else if (line->kind == CTCONF_KEY || line->kind == CTCONF_LXC) {
        add_entry(conf, line);
    }
}

static void read_pending(struct ctconf *conf, const struct ctconf_line *line)
{
    if (line->kind == CTCONF_BLANK)
        return;
    conf->pending = true;
    if (line->kind == CTCONF_KEY)
        argv_push_nodup(&conf->pending_keys, mem_dup(line->key, line->key_len));
}

static int by_key_then_place(const void *a, const void *b)
{
    const struct ctconf_entry *x = *(struct ctconf_entry *const *)a, *y = *(struct ctconf_entry *const *)b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x > y) - (x < y);
}

/* Proxmox takes the last of two lines with one key; lxc keys may stand there many times. */
static void drop_repeats(struct ctconf *conf)
{
    size_t n = conf->nentries, kept = 0;
    if (n < 2)
        return;
    struct ctconf_entry **sorted = mem_zero(n, sizeof(struct ctconf_entry *));
    for (size_t i = 0; i < n; i++)
        sorted[i] = &conf->entries[i];
    qsort(sorted, n, sizeof(sorted[0]), by_key_then_place);
    for (size_t i = 0; i + 1 < n; i++) {
        if (strcmp(sorted[i]->key, sorted[i + 1]->key) != 0 || text_starts(sorted[i]->key, "lxc.", NULL))
            continue;
        free(sorted[i]->value);
        sorted[i]->value = NULL;
    }
    free(sorted);
    for (size_t i = 0; i < n; i++) {
        if (conf->entries[i].value)
            conf->entries[kept++] = conf->entries[i];
        else
            free(conf->entries[i].key);
    }
    conf->nentries = kept;
}

int ctconf_parse(const char *text, size_t len, struct ctconf *conf, struct err *err)
{
    enum { CURRENT, PENDING, SNAPSHOT } section = CURRENT;
    struct buf description = BUF_INIT;
    struct ctconf_line line;
    const char *at = text;

    if (len > CTCONF_MAX_BYTES)
        return err_set(err, -EFBIG, "The conf is larger than 1 MiB.");
    *conf = (struct ctconf){0};
    while (ctconf_next_line(&at, text + len, &line)) {
        if (line.kind == CTCONF_SECTION) {
            section = is_pending(&line) ? PENDING : SNAPSHOT;
            if (section == SNAPSHOT && !memchr(line.key, ':', line.key_len))
                argv_push_nodup(&conf->snapshots, mem_dup(line.key, line.key_len));
        } else if (section == CURRENT) {
            read_current(conf, &description, &line);
        } else if (section == PENDING) {
            read_pending(conf, &line);
        }
    }
    drop_repeats(conf);
    if (description.len)
        conf->description = buf_detach(&description);
    hash_sha1(text, len, conf->sha1);
    return 0;
}

void ctconf_clear(struct ctconf *conf)
{
    for (size_t i = 0; i < conf->nentries; i++) {
        free(conf->entries[i].key);
        free(conf->entries[i].value);
    }
    free(conf->entries);
    free(conf->description);
    argv_clear(&conf->snapshots);
    argv_clear(&conf->pending_keys);
    *conf = (struct ctconf){0};
}

const char *ctconf_get(const struct ctconf *conf, const char *key)
{
    for (size_t i = 0; i < conf->nentries; i++)
        if (strcmp(conf->entries[i].key, key) == 0)
            return conf->entries[i].value;
    return NULL;
}

char *ctconf_prop(const char *value, const char *key, const char *default_key)
{
    size_t key_len = strlen(key);
    bool bare = default_key && strcmp(key, default_key) == 0;

    for (const char *part = value; part; part = *part ? part + 1 : NULL) {
        size_t len = strcspn(part, ",");
        const char *equals = memchr(part, '=', len);
        if (equals && (size_t)(equals - part) == key_len && memcmp(part, key, key_len) == 0)
            return mem_dup(equals + 1, len - key_len - 1);
        if (!equals && bare && len)
            return mem_dup(part, len);
        part += len;
    }
    return NULL;
}

/* The number behind `prefix`, or -1 when `key` is something else. */
static long key_index(const char *key, const char *prefix)
{
    const char *digits;
    if (!text_starts(key, prefix, &digits) || !isdigit((unsigned char)*digits))
        return -1;
    char *end;
    long index = strtol(digits, &end, 10);
    return *end ? -1 : index;
}

int ctconf_next_index(const struct ctconf *conf, const char *prefix, int max, const bool *taken)
{
    bool *used = mem_zero((size_t)max + 1, sizeof(*used));
    int next = -ENOSPC;

    for (size_t i = 0; i < conf->nentries + conf->pending_keys.n; i++) {
        const char *key = i < conf->nentries ? conf->entries[i].key : conf->pending_keys.v[i - conf->nentries];
        long index = key_index(key, prefix);
        if (index >= 0 && index <= max)
            used[index] = true;
    }
    for (int i = 0; i <= max && next < 0; i++)
        if (!used[i] && !(taken && taken[i]))
            next = i;
    free(used);
    return next;
}

static bool take_word(const char *word, size_t len, const char *name, char **where)
{
    size_t name_len = strlen(name);
    if (len <= name_len || strncmp(word, name, name_len) != 0)
        return false;
    free(*where);
    *where = mem_dup(word + name_len, len - name_len);
    return true;
}

/* The last line that begins with the word of ours: a person may have written more below it. */
static const char *mark_line(const char *description)
{
    const char *found = NULL;
    for (const char *line = description; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (text_starts(line, MARK, NULL))
            found = line;
        if (*line == '\0')
            break;
    }
    return found;
}

bool ctconf_mark(const char *description, struct ctconf_mark *mark)
{
    bool any = false;
    const char *line = description ? mark_line(description) : NULL;

    *mark = (struct ctconf_mark){0};
    if (!line)
        return false;
    for (const char *word = line + strlen(MARK); *word && *word != '\n';) {
        size_t len = strcspn(word, " \t\r\n");
        any |= take_word(word, len, "image=", &mark->image);
        any |= take_word(word, len, "digest=", &mark->digest);
        any |= take_word(word, len, "plan=", &mark->plan);
        word += len;
        word += strspn(word, " \t\r");
    }
    return any;
}

void ctconf_mark_clear(struct ctconf_mark *mark)
{
    free(mark->image);
    free(mark->digest);
    free(mark->plan);
    *mark = (struct ctconf_mark){0};
}
