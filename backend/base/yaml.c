#include "backend/base/yaml.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

/* A reader under way: the open lists and maps, outermost first. */
struct reader {
    yaml_parser_t parser;
    struct ynode *open[YAML_DEPTH_MAX];
    size_t depth;
    size_t nodes;
    struct ynode *root;
    struct ynode *key; /* of the innermost map: read, its value is not */
    struct err *err;
};

static int refuse(struct err *err, int rc, size_t line, size_t column, const char *words)
{
    err_set(err, rc, "%s", words);
    if (err) {
        err->line = (int)line;
        err->column = (int)column;
    }
    return rc;
}

static int refuse_at(struct reader *r, const yaml_mark_t *mark, const char *words)
{
    return refuse(r->err, -EINVAL, mark->line + 1, mark->column + 1, words);
}

/* What is cheaper to see before libyaml does: size, NULs, encoding. */
static int check_bytes(const char *text, size_t len, struct err *err)
{
    size_t line = 1, column = 1;

    if (len > YAML_SIZE_MAX)
        return refuse(err, -EFBIG, 0, 0, "The file is over 1 MiB, which is too large for one that a person wrote.");
    for (size_t i = 0; i < len;) {
        size_t step = text_utf8_len(text + i, len - i);
        if (!step)
            return refuse(err, -EINVAL, line, column, "The file holds a byte that is not UTF-8. Save it as UTF-8.");
        if (!text[i])
            return refuse(err, -EINVAL, line, column, "The file holds a NUL byte, so it is no text file.");
        column = text[i] == '\n' ? 1 : column + 1;
        line += text[i] == '\n';
        i += step;
    }
    return 0;
}

static bool tag_is_core(const char *tag)
{
    static const char *const names[] = {"str", "int", "bool", "float", "null", "map", "seq"};
    const char *rest;
    if (!text_starts(tag, "tag:yaml.org,2002:", &rest))
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(rest, names[i]) == 0)
            return true;
    return false;
}

static int by_text_then_place(const void *a, const void *b)
{
    const struct ynode *x = *(struct ynode *const *)a, *y = *(struct ynode *const *)b;
    int order = strcmp(x->text, y->text);
    if (order)
        return order;
    return x->line != y->line ? x->line - y->line : x->column - y->column;
}

/* Sorting keeps thousands of keys quick. */
static int check_keys(struct reader *r, const struct ynode *map)
{
    const struct ynode *twice = NULL, *first = NULL;
    struct ynode **keys = mem_zero(map->n, sizeof(*keys));

    if (map->n)
        memcpy(keys, map->keys, map->n * sizeof(*keys));
    qsort(keys, map->n, sizeof(*keys), by_text_then_place);
    for (size_t i = 1; i < map->n; i++) {
        if (strcmp(keys[i - 1]->text, keys[i]->text) == 0 && (!twice || keys[i]->line < twice->line)) {
            first = keys[i - 1];
            twice = keys[i];
        }
    }
    free(keys);
    if (!twice)
        return 0;
    struct buf b = BUF_INIT;
    size_t len = strlen(twice->text);
    text_add_shown(&b, twice->text, len > 60 ? 60 : len);
    err_set(r->err, -EINVAL, "\"%s\" stands here a second time; the first is on line %d. Keep one of them.", b.s,
            first->line);
    if (r->err) {
        r->err->line = twice->line;
        r->err->column = twice->column;
    }
    buf_clear(&b);
    return -EINVAL;
}

static struct ynode *node_at(enum yaml_kind kind, const yaml_mark_t *mark)
{
    struct ynode *node = ynode_new(kind);
    node->line = (int)mark->line + 1;
    node->column = (int)mark->column + 1;
    return node;
}

/* Puts a finished or opened node where it belongs. */
static int place(struct reader *r, struct ynode *node, const yaml_mark_t *mark)
{
    struct ynode *in = r->depth ? r->open[r->depth - 1] : NULL;

    if (++r->nodes > YAML_NODES_MAX) {
        ynode_free(node);
        return refuse_at(r, mark, "The file has more than 20,000 values, which is too many for one container.");
    }
    if (!in) {
        r->root = node;
        return 0;
    }
    if (in->kind == YAML_LIST) {
        ynode_push(in, node);
        return 0;
    }
    if (r->key) {
        MEM_GROW(in->keys, in->n);
        MEM_GROW(in->v, in->n);
        in->keys[in->n] = r->key;
        in->v[in->n++] = node;
        r->key = NULL;
        return 0;
    }
    if (node->kind == YAML_TEXT) {
        r->key = node;
        return 0;
    }
    ynode_free(node);
    return refuse_at(r, mark, "A list or a mapping stands where a field's name should. Write NAME: VALUE.");
}

static int on_scalar(struct reader *r, const yaml_event_t *e)
{
    const char *text = (const char *)e->data.scalar.value;
    size_t len = e->data.scalar.length;

    if (e->data.scalar.anchor)
        return refuse_at(r, &e->start_mark, "An anchor (&name) is not read here. Write the value out.");
    if (e->data.scalar.tag && !tag_is_core((const char *)e->data.scalar.tag))
        return refuse_at(r, &e->start_mark, "A YAML tag (!name) is not read here. Leave it out.");
    if (len > YAML_SCALAR_MAX)
        return refuse_at(r, &e->start_mark, "A value is over 64 KiB, which is too long for any field.");
    if (memchr(text, '\0', len))
        return refuse_at(r, &e->start_mark, "A value holds a NUL (\\0), which no field can.");
    struct ynode *node = node_at(YAML_TEXT, &e->start_mark);
    free(node->text);
    node->text = mem_dup(text, len);
    node->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
                   (e->data.scalar.tag && strcmp((const char *)e->data.scalar.tag, YAML_STR_TAG) == 0);
    return place(r, node, &e->start_mark);
}

static int on_open(struct reader *r, enum yaml_kind kind, const yaml_char_t *anchor, const yaml_char_t *tag,
                   const yaml_mark_t *mark)
{
    if (anchor)
        return refuse_at(r, mark, "An anchor (&name) is not read here. Write the value out.");
    if (tag && !tag_is_core((const char *)tag))
        return refuse_at(r, mark, "A YAML tag (!name) is not read here. Leave it out.");
    if (r->depth == YAML_DEPTH_MAX)
        return refuse_at(r, mark, "The file is nested more than 32 levels deep, which no field is.");
    struct ynode *node = node_at(kind, mark);
    int rc = place(r, node, mark);
    if (rc)
        return rc;
    r->open[r->depth++] = node;
    return 0;
}

static int on_close(struct reader *r)
{
    const struct ynode *node = r->open[--r->depth];
    return node->kind == YAML_MAP ? check_keys(r, node) : 0;
}

static int on_event(struct reader *r, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (r->root)
            return refuse_at(r, &e->start_mark, "A second document begins here (---). Write one container in a file.");
        return 0;
    case YAML_ALIAS_EVENT:
        return refuse_at(r, &e->start_mark, "An alias (*name) is not read here. Write the value out.");
    case YAML_SCALAR_EVENT:
        return on_scalar(r, e);
    case YAML_SEQUENCE_START_EVENT:
        return on_open(r, YAML_LIST, e->data.sequence_start.anchor, e->data.sequence_start.tag, &e->start_mark);
    case YAML_MAPPING_START_EVENT:
        return on_open(r, YAML_MAP, e->data.mapping_start.anchor, e->data.mapping_start.tag, &e->start_mark);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_close(r);
    default:
        return 0;
    }
}

/* libyaml's words are good enough for most slips; the commonest gets its cure. */
static int syntax_error(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    const char *problem = p->problem ? p->problem : "it cannot be read";
    char words[400];

    if (p->error == YAML_MEMORY_ERROR)
        return refuse(r->err, -ENOMEM, 0, 0, "There is not enough memory to read the file.");
    const char *cure = "";
    if (strstr(problem, "cannot start any token"))
        cure = " Indent with blanks, not tabs, and quote a value that begins with @, ` or %.";
    else if (strstr(problem, "mapping values are not allowed"))
        cure = " Quote a value that holds a colon and a blank, and check the indentation.";
    snprintf(words, sizeof(words), "The file is not valid YAML here: %s.%s", problem, cure);
    return refuse_at(r, &p->problem_mark, words);
}

static int read_events(struct reader *r)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r->parser, &event))
            return syntax_error(r);
        bool end = event.type == YAML_STREAM_END_EVENT;
        int rc = on_event(r, &event);
        yaml_event_delete(&event);
        if (rc || end)
            return rc;
    }
}

int yaml_read(const char *text, size_t len, struct ynode **root, struct err *err)
{
    struct reader r = {.err = err};
    int rc = check_bytes(text, len, err);

    if (rc)
        return rc;
    const char *rest = text;
    if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) /* a byte order mark, as some editors leave it */
        rest += 3;
    if (!yaml_parser_initialize(&r.parser))
        return refuse(err, -ENOMEM, 0, 0, "There is not enough memory to read the file.");
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)rest, len - (size_t)(rest - text));
    rc = read_events(&r);
    yaml_parser_delete(&r.parser);
    ynode_free(r.key);
    if (rc) {
        ynode_free(r.root);
        return rc;
    }
    *root = r.root ? r.root : ynode_new(YAML_TEXT);
    return 0;
}

struct ynode *ynode_new(enum yaml_kind kind)
{
    struct ynode *node = mem_zero(1, sizeof(*node));
    node->kind = kind;
    if (kind == YAML_TEXT)
        node->text = mem_strdup("");
    return node;
}

void ynode_free(struct ynode *node)
{
    if (!node)
        return;
    for (size_t i = 0; i < node->n; i++) {
        if (node->keys)
            ynode_free(node->keys[i]);
        ynode_free(node->v[i]);
    }
    free(node->keys);
    free(node->v);
    free(node->text);
    free(node);
}

bool ynode_is_null(const struct ynode *node)
{
    return node->kind == YAML_TEXT && !node->quoted &&
           (!*node->text || strcmp(node->text, "~") == 0 || strcasecmp(node->text, "null") == 0);
}

const struct ynode *ynode_get(const struct ynode *map, const char *key)
{
    for (size_t i = 0; map && map->kind == YAML_MAP && i < map->n; i++)
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->v[i];
    return NULL;
}

const char *ynode_kind_words(const struct ynode *node)
{
    static const char *const words[] = {
        [YAML_TEXT] = "one value", [YAML_LIST] = "a list", [YAML_MAP] = "a mapping (NAME: VALUE)"};
    return ynode_is_null(node) ? "nothing" : words[node->kind];
}

bool ynode_bool(const struct ynode *node, bool *out)
{
    static const char *const words[2][4] = {{"false", "no", "off", "0"}, {"true", "yes", "on", "1"}};
    if (node->kind != YAML_TEXT)
        return false;
    for (size_t i = 0; i < 8; i++) {
        if (strcasecmp(node->text, words[i / 4][i % 4]) == 0) {
            *out = i / 4;
            return true;
        }
    }
    return false;
}
