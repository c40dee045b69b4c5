/* One value of a spec, by its row: read from text, written, checked. See spec-fields.h. */
#include "backend/spec/spec-fields.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/text.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A value as a sentence may quote it. */
static struct buf shown(const char *text)
{
    struct buf b = BUF_INIT;
    size_t len = 0, total = strlen(text);
    while (len < total && len < 60) {
        size_t step = text_utf8_len(text + len, total - len);
        len += step ? step : 1;
    }
    text_add_shown(&b, text, len);
    if (len < total)
        buf_adds(&b, "…");
    return b;
}

static int refuse_text(struct err *err, const char *text, const char *words)
{
    struct buf b = shown(text);
    err_set(err, -EINVAL, "\"%s\" %s", b.s, words);
    buf_clear(&b);
    return -EINVAL;
}

static int set_string(const struct spec_field *f, void *at, const char *text, struct err *err)
{
    (void)f;
    (void)err;
    mem_set((char **)at, text);
    return 0;
}

static int set_path(const struct spec_field *f, void *at, const char *text, struct err *err)
{
    char **path = at;
    (void)f;
    (void)err;
    mem_set(path, text);
    for (size_t len = strlen(*path); len > 1 && (*path)[len - 1] == '/'; len--)
        (*path)[len - 1] = '\0';
    return 0;
}

static int set_int(const struct spec_field *f, void *at, const char *text, struct err *err)
{
    int64_t n;
    (void)f;
    if (!num_parse(text, LONG_MIN, LONG_MAX, &n))
        return refuse_text(err, text, "is no whole number.");
    if (n < 0) /* the range is checked later, but -1 would mean "not given" then */
        return refuse_text(err, text, "is negative.");
    *(long *)at = (long)n;
    return 0;
}

static int set_size(const struct spec_field *f, void *at, const char *text, struct err *err)
{
    bool gib = strcmp(f->unit, "GiB") == 0;
    uint64_t unit = gib ? 1ull << 30 : 1ull << 20, bytes;
    int64_t n;

    if (num_parse(text, LONG_MIN, LONG_MAX, &n)) /* a bare number of any size is for the range to judge */
        return set_int(f, at, text, err);
    if (!num_parse_size(text, unit, &bytes))
        return refuse_text(err, text,
                           gib ? "is no size. Write GiB as a number, or with a unit like 16G."
                               : "is no size. Write MiB as a number, or with a unit like 4G.");
    if (bytes % unit)
        return refuse_text(err, text, gib ? "is not a whole number of GiB." : "is not a whole number of MiB.");
    *(long *)at = (long)(bytes / unit);
    return 0;
}

static int set_number(const struct spec_field *f, void *at, const char *text, struct err *err)
{
    double n;
    (void)f;
    if (!num_parse_double(text, &n) || n < 0)
        return refuse_text(err, text, "is no number. Write one like 2 or 1.5.");
    *(double *)at = n;
    return 0;
}

static int set_bool(const struct spec_field *f, void *at, const char *text, struct err *err)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};
    for (int i = 0; i < 8; i++) {
        if (strcasecmp(text, words[i]) == 0) {
            bool yes = i % 2;
            *(int *)at = yes != (f->type == SPEC_NOT) ? SPEC_TRUE : SPEC_FALSE;
            return 0;
        }
    }
    return refuse_text(err, text, "is neither true nor false.");
}

static int set_words(const struct spec_field *f, void *at, const char *text, struct err *err)
{
    char *copy = mem_strdup(text), *save = NULL;
    (void)f;
    (void)err;
    argv_clear(at);
    for (char *w = strtok_r(copy, " ,;\t\n", &save); w; w = strtok_r(NULL, " ,;\t\n", &save))
        if (!argv_has(at, w))
            argv_push(at, w);
    free(copy);
    return 0;
}

static void get_string(const void *at, struct buf *out)
{
    buf_adds(out, *(char *const *)at);
}

static void get_long(const void *at, struct buf *out)
{
    buf_addf(out, "%ld", *(const long *)at);
}

/* Up to six decimals, without noughts at the end. */
static void get_number(const void *at, struct buf *out)
{
    buf_addf(out, "%.6f", *(const double *)at);
    while (out->s[out->len - 1] == '0')
        buf_cut(out, out->len - 1);
    if (out->s[out->len - 1] == '.')
        buf_cut(out, out->len - 1);
}

static void get_bool(const void *at, struct buf *out)
{
    buf_adds(out, *(const int *)at ? "true" : "false");
}

static void get_not(const void *at, struct buf *out)
{
    buf_adds(out, *(const int *)at ? "false" : "true");
}

static void get_words(const void *at, struct buf *out)
{
    const struct argv *words = at;
    for (size_t i = 0; i < words->n; i++)
        buf_addf(out, "%s%s", i ? ", " : "", words->v[i]);
}

static bool has_string(const void *at)
{
    return *(char *const *)at != NULL;
}

static bool has_long(const void *at)
{
    return *(const long *)at != SPEC_UNSET;
}

static bool has_number(const void *at)
{
    return *(const double *)at >= 0;
}

static bool has_bool(const void *at)
{
    return *(const int *)at != SPEC_BOOL_UNSET;
}

static bool has_words(const void *at)
{
    return ((const struct argv *)at)->n > 0;
}

/* What a type can do stands in the type, so that rows stay short. */
static const struct {
    int (*set)(const struct spec_field *f, void *at, const char *text, struct err *err);
    void (*get)(const void *at, struct buf *out);
    bool (*has)(const void *at);
} types[] = {
    [SPEC_STRING] = {set_string, get_string, has_string}, [SPEC_PATH] = {set_path, get_string, has_string},
    [SPEC_INT] = {set_int, get_long, has_long},           [SPEC_SIZE] = {set_size, get_long, has_long},
    [SPEC_NUMBER] = {set_number, get_number, has_number}, [SPEC_BOOL] = {set_bool, get_bool, has_bool},
    [SPEC_NOT] = {set_bool, get_not, has_bool},           [SPEC_WORDS] = {set_words, get_words, has_words},
};

int spec_field_set(const struct spec_field *field, void *base, const char *text, struct err *err)
{
    return types[field->type].set(field, (char *)base + field->offset, text, err);
}

bool spec_field_is_set(const struct spec_field *field, const void *base)
{
    return types[field->type].has((const char *)base + field->offset);
}

void spec_field_get(const struct spec_field *field, const void *base, struct buf *out)
{
    if (spec_field_is_set(field, base))
        types[field->type].get((const char *)base + field->offset, out);
}

static int check_range(const struct spec_field *f, double value, struct err *err)
{
    const char *blank = f->unit ? " " : "", *unit = f->unit ? f->unit : "";
    if (value < f->min)
        return err_set(err, -EINVAL, "%.15g%s%s is too small; %.15g%s%s is the least.", value, blank, unit, f->min,
                       blank, unit);
    if (f->max > 0 && value > f->max)
        return err_set(err, -EINVAL, "%.15g%s%s is too large; %.15g%s%s is the most.", value, blank, unit, f->max,
                       blank, unit);
    return 0;
}

/* "auto, intel, amd or nvidia" */
static void add_choice(struct buf *out, const char *words)
{
    for (const char *p = words; *p;) {
        size_t len = strcspn(p, " ");
        const char *next = p + len + (p[len] == ' ');
        buf_addf(out, "%s%.*s", p == words ? "" : *next ? ", " : " or ", (int)len, p);
        p = next;
    }
}

static int check_choice(const struct spec_field *f, const char *value, struct err *err)
{
    size_t want = strlen(value);
    for (const char *p = f->words; *p;) {
        size_t len = strcspn(p, " ");
        if (len == want && memcmp(p, value, len) == 0)
            return 0;
        p += len + (p[len] == ' ');
    }
    struct buf words = BUF_INIT;
    buf_adds(&words, "is not known here. Write ");
    add_choice(&words, f->words);
    buf_addch(&words, '.');
    int rc = refuse_text(err, value, words.s);
    buf_clear(&words);
    return rc;
}

int spec_field_check(const struct spec_field *f, const void *base, struct err *err)
{
    const char *at = (const char *)base + f->offset;
    int rc = 0;

    if (f->type > SPEC_WORDS || !spec_field_is_set(f, base))
        return 0;
    switch (f->type) {
    case SPEC_INT:
    case SPEC_SIZE:
        return check_range(f, (double)*(const long *)at, err);
    case SPEC_NUMBER:
        return check_range(f, *(const double *)at, err);
    case SPEC_WORDS:
        for (size_t i = 0; !rc && f->check && i < ((const struct argv *)at)->n; i++)
            rc = f->check(((const struct argv *)at)->v[i], err);
        return rc;
    case SPEC_STRING:
    case SPEC_PATH:
        rc = f->words ? check_choice(f, *(char *const *)at, err) : 0;
        return rc || !f->check ? rc : f->check(*(char *const *)at, err);
    default:
        return 0;
    }
}
