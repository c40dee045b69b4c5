#include "backend/base/yaml.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct ynode *ynode_text(const char *text)
{
    struct ynode *node = ynode_new(YAML_TEXT);
    mem_set(&node->text, text);
    node->quoted = true;
    return node;
}

struct ynode *ynode_plainf(const char *fmt, ...)
{
    struct ynode *node = ynode_new(YAML_TEXT);
    struct buf b = BUF_INIT;
    va_list args;
    va_start(args, fmt);
    buf_vaddf(&b, fmt, args);
    va_end(args);
    free(node->text);
    node->text = buf_detach(&b);
    return node;
}

struct ynode *ynode_push(struct ynode *list, struct ynode *value)
{
    MEM_GROW(list->v, list->n);
    list->v[list->n++] = value;
    return value;
}

struct ynode *ynode_set(struct ynode *map, const char *key, struct ynode *value)
{
    MEM_GROW(map->keys, map->n);
    MEM_GROW(map->v, map->n);
    map->keys[map->n] = ynode_text(key);
    map->v[map->n++] = value;
    return value;
}

/* Words that YAML 1.1 or 1.2 readers take for something else than text. */
static bool is_reserved(const char *s)
{
    static const char *const words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcasecmp(s, words[i]) == 0)
            return true;
    return false;
}

/* Plain style for what is text beyond doubt: harmless characters, a first letter or a path, nothing like a number. */
static bool is_plain(const char *s)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/_";
    static const char others[] = "0123456789.,:;@+=% -()";
    size_t len = strlen(s);

    if (!len || s[len - 1] == ' ' || s[len - 1] == ':' || strstr(s, ": ") || is_reserved(s))
        return false;
    for (const char *p = s; *p; p++)
        if (!strchr(letters, *p) && !strchr(others, *p))
            return false;
    if (strchr(letters, *s))
        return true;
    /* 16G and 192.168.1.40/24 are text; 1.0, 10:30, 0x1f, 1e5 and 2024-01-01 could be numbers or dates. */
    return *s >= '0' && *s <= '9' && (strchr(s, '/') || strpbrk(s, "GgHhIiJjKkMmNnPpQqRrSsUuVvWw"));
}

/* Characters that libyaml does not take as they are. */
static bool must_escape(const char *s, size_t len)
{
    return text_is_control(s, len) || (len == 3 && memcmp(s, "\xEF\xBF", 2) == 0 && (unsigned char)s[2] >= 0xBE);
}

static void add_escaped(struct buf *out, const char *s, size_t len)
{
    const unsigned char *p = (const unsigned char *)s;
    if (*s == '\n')
        buf_adds(out, "\\n");
    else if (*s == '\t')
        buf_adds(out, "\\t");
    else if (len == 1)
        buf_addf(out, "\\x%02x", *p);
    else
        buf_addf(out, "\\u%04x",
                 len == 2 ? (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu)
                          : (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu));
}

static void add_quoted(struct buf *out, const char *s)
{
    size_t len = strlen(s);
    buf_addch(out, '"');
    for (size_t i = 0; i < len;) {
        size_t step = text_utf8_len(s + i, len - i);
        if (!step) {
            buf_adds(out, "\uFFFD");
            step = 1;
        } else if (must_escape(s + i, step)) {
            add_escaped(out, s + i, step);
        } else {
            if (s[i] == '"' || s[i] == '\\')
                buf_addch(out, '\\');
            buf_add(out, s + i, step);
        }
        i += step;
    }
    buf_addch(out, '"');
}

/* Numbers, true, null: what may stand bare though it looks like more than text. */
static bool is_bare_word(const char *s)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+~";
    bool minus = *s == '-' && s[1] >= '0' && s[1] <= '9';
    return s[minus] && strspn(s + minus, allowed) == strlen(s + minus) && strcmp(s, "...") != 0;
}

static void add_text(struct buf *out, const struct ynode *node)
{
    if (!node->quoted && !*node->text)
        buf_adds(out, "null");
    else if (is_plain(node->text) || (!node->quoted && is_bare_word(node->text)))
        buf_adds(out, node->text);
    else
        add_quoted(out, node->text);
}

static void add_indent(struct buf *out, int depth)
{
    for (int i = 0; i < depth; i++)
        buf_adds(out, "  ");
}

static void add_node(struct buf *out, const struct ynode *node, int depth, bool in_list);

/* What follows `KEY:` or `-`. A list below a key is indented, so that every level is two blanks. */
static void add_value(struct buf *out, const struct ynode *node, int depth, bool in_list)
{
    if (node->kind == YAML_TEXT) {
        buf_addch(out, ' ');
        add_text(out, node);
        buf_addch(out, '\n');
    } else if (!node->n) {
        buf_adds(out, node->kind == YAML_LIST ? " []\n" : " {}\n");
    } else if (in_list) {
        buf_addch(out, ' ');
        add_node(out, node, depth + 1, true);
    } else {
        buf_addch(out, '\n');
        add_node(out, node, depth + 1, false);
    }
}

/* `started`: the first line's indentation stands already, behind a `- `. */
static void add_node(struct buf *out, const struct ynode *node, int depth, bool started)
{
    for (size_t i = 0; i < node->n; i++) {
        if (i || !started)
            add_indent(out, depth);
        if (node->kind == YAML_MAP) {
            add_text(out, node->keys[i]);
            buf_addch(out, ':');
        } else {
            buf_addch(out, '-');
        }
        add_value(out, node->v[i], depth, node->kind == YAML_LIST);
    }
}

void yaml_write(const struct ynode *root, struct buf *out)
{
    if (root->kind == YAML_TEXT) {
        add_text(out, root);
        buf_addch(out, '\n');
    } else if (!root->n) {
        buf_adds(out, root->kind == YAML_LIST ? "[]\n" : "{}\n");
    } else {
        add_node(out, root, 0, false);
    }
}
