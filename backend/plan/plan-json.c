#include "backend/plan/build.h"

#include "backend/base/mem.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/*
 * One object of a fixed shape: every key is there, in this order, and no other. A supervisor acts on what it reads as
 * root, so the reader checks what the writer promises.
 */
#define FORMAT 1

static const char *const stop_names[] = {[PLAN_STOP_PROGRAM] = "program", [PLAN_STOP_PCT] = "pct"};

/* --- writing -------------------------------------------------------------------------------------------------- */

/* Takes over `value`; NULL (no UTF-8, no memory) is remembered in *rc. */
static void put(json_t *object, const char *key, json_t *value, int *rc)
{
    if (!value || json_object_set_new(object, key, value) != 0)
        *rc = -EILSEQ;
}

static void put_string(json_t *object, const char *key, const char *s, int *rc)
{
    put(object, key, s ? json_string(s) : json_null(), rc);
}

static void put_words(json_t *object, const char *key, const struct argv *words, int *rc)
{
    json_t *array = json_array();

    for (size_t i = 0; array && i < words->n; i++)
        if (json_array_append_new(array, json_string(words->v[i])) != 0)
            *rc = -EILSEQ;
    put(object, key, array, rc);
}

static json_t *step_json(const struct plan_step *step, int *rc)
{
    json_t *o = json_object();

    if (step->progress_total > INT64_MAX)
        *rc = -ERANGE;
    put_string(o, "title", step->title, rc);
    put_words(o, "argv", &step->argv, rc);
    put_words(o, "undo", &step->undo, rc);
    put_string(o, "stop", stop_names[step->stop], rc);
    put_string(o, "progress_dir", step->progress_dir, rc);
    put(o, "progress_total", json_integer((json_int_t)step->progress_total), rc);
    put(o, "redo", json_integer(step->redo), rc);
    return o;
}

static json_t *claim_json(const struct plan_claim *claim, int *rc)
{
    json_t *o = json_object();

    put_string(o, "name", claim->name, rc);
    put(o, "wait", json_boolean(claim->wait), rc);
    return o;
}

static json_t *plan_json(const struct plan *plan, int *rc)
{
    json_t *o = json_object();
    json_t *steps = json_array();
    json_t *claims = json_array();

    for (size_t i = 0; i < plan->nsteps; i++)
        json_array_append_new(steps, step_json(&plan->steps[i], rc));
    for (size_t i = 0; i < plan->nclaims; i++)
        json_array_append_new(claims, claim_json(&plan->claims[i], rc));
    put(o, "format", json_integer(FORMAT), rc);
    put_string(o, "id", plan->id, rc);
    put_string(o, "kind", plan->kind, rc);
    put_string(o, "title", plan->title, rc);
    put(o, "vmid", json_integer(plan->vmid), rc);
    put(o, "auto_vmid", json_boolean(plan->auto_vmid), rc);
    put_string(o, "image_volid", plan->image_volid, rc);
    put(o, "steps", steps, rc);
    put(o, "claims", claims, rc);
    put_words(o, "notes", &plan->notes, rc);
    return o;
}

static int add_to_buf(const char *bytes, size_t len, void *data)
{
    buf_add(data, bytes, len);
    return 0;
}

int plan_to_json(const struct plan *plan, struct buf *out)
{
    size_t before = out->len;
    int rc = 0;
    json_t *o = plan_json(plan, &rc);

    if (rc == 0 && json_dump_callback(o, add_to_buf, out, JSON_INDENT(1)) != 0)
        rc = -EILSEQ;
    json_decref(o);
    if (rc < 0)
        buf_cut(out, before);
    else
        buf_addch(out, '\n');
    return rc;
}

/* --- reading -------------------------------------------------------------------------------------------------- */

/* Where a value stands, for the sentence: "steps[2].argv". */
struct reader {
    char where[48];
    struct err *err;
};

static int bad(const struct reader *r, const char *key, const char *what)
{
    return err_set(r->err, -EINVAL, "The plan cannot be read: %s%s%s %s.", r->where, *r->where ? "." : "", key, what);
}

/* True when the object has these keys and no others. */
static int check_keys(const struct reader *r, const json_t *object, const char *const *keys)
{
    const char *key;
    json_t *value;
    size_t n = 0;

    if (!json_is_object(object))
        return err_set(r->err, -EINVAL, "The plan cannot be read: %s is not an object.", *r->where ? r->where : "it");
    for (; keys[n]; n++)
        if (!json_object_get(object, keys[n]))
            return bad(r, keys[n], "is missing");
    if (json_object_size(object) == n)
        return 0;
    json_object_foreach((json_t *)object, key, value)
    {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], key) != 0)
            i++;
        if (!keys[i])
            return bad(r, key, "is not known");
    }
    return -EINVAL; /* cannot be: more keys than known ones, all of them known */
}

static int get_string(const struct reader *r, const json_t *object, const char *key, bool may_be_null, char **out)
{
    const json_t *v = json_object_get(object, key);

    if (may_be_null && json_is_null(v))
        return 0;
    if (!json_is_string(v))
        return bad(r, key, "is not a string");
    if (json_string_length(v) > PLAN_WORD_MAX)
        return bad(r, key, "is too long");
    mem_set(out, json_string_value(v));
    return 0;
}

static int get_int(const struct reader *r, const json_t *object, const char *key, json_int_t min, json_int_t max,
                   json_int_t *out)
{
    const json_t *v = json_object_get(object, key);

    if (!json_is_integer(v))
        return bad(r, key, "is not a whole number");
    if (json_integer_value(v) < min || json_integer_value(v) > max)
        return bad(r, key, "is out of range");
    *out = json_integer_value(v);
    return 0;
}

static int get_bool(const struct reader *r, const json_t *object, const char *key, bool *out)
{
    const json_t *v = json_object_get(object, key);

    if (!json_is_boolean(v))
        return bad(r, key, "is not true or false");
    *out = json_is_true(v);
    return 0;
}

static int get_array(const struct reader *r, const json_t *object, const char *key, size_t max, const json_t **out)
{
    const json_t *v = json_object_get(object, key);

    if (!json_is_array(v))
        return bad(r, key, "is not a list");
    if (json_array_size(v) > max)
        return bad(r, key, "has too many entries");
    *out = v;
    return 0;
}

static int get_words(const struct reader *r, const json_t *object, const char *key, size_t max, struct argv *out)
{
    const json_t *array = NULL;
    int rc = get_array(r, object, key, max, &array);

    for (size_t i = 0; rc == 0 && i < json_array_size(array); i++) {
        const json_t *word = json_array_get(array, i);
        if (!json_is_string(word))
            return bad(r, key, "holds something that is not a string");
        if (json_string_length(word) > PLAN_WORD_MAX)
            return bad(r, key, "holds a word that is too long");
        argv_push(out, json_string_value(word));
    }
    return rc;
}

/* A call: the name of a tool or an absolute path, then anything. */
static int get_call(const struct reader *r, const json_t *object, const char *key, bool may_be_empty, struct argv *out)
{
    int rc = get_words(r, object, key, PLAN_WORDS_MAX, out);

    if (rc < 0 || (out->n == 0 && may_be_empty))
        return rc;
    if (out->n == 0)
        return bad(r, key, "is empty");
    const char *tool = out->v[0];
    if (!*tool || *tool == '-' || (*tool != '/' && strchr(tool, '/')))
        return bad(r, key, "does not begin with a tool");
    return 0;
}

static int get_stop(const struct reader *r, const json_t *object, enum plan_stop *out)
{
    const char *name = json_string_value(json_object_get(object, "stop"));

    for (size_t i = 0; name && i < sizeof(stop_names) / sizeof(stop_names[0]); i++) {
        if (strcmp(stop_names[i], name) == 0) {
            *out = (enum plan_stop)i;
            return 0;
        }
    }
    return bad(r, "stop", "is not known");
}

static int read_step(struct plan *plan, size_t i, const json_t *o, struct err *err)
{
    static const char *const keys[] = {"title", "argv", "undo", "stop", "progress_dir", "progress_total", "redo", NULL};
    struct reader r = {.err = err};
    json_int_t total = 0, redo = -1;
    int rc;

    snprintf(r.where, sizeof(r.where), "steps[%zu]", i);
    struct plan_step *step = plan_add_step(plan, PLAN_STOP_PROGRAM, "%s", "");
    if ((rc = check_keys(&r, o, keys)) < 0 || (rc = get_string(&r, o, "title", false, &step->title)) < 0 ||
        (rc = get_call(&r, o, "argv", false, &step->argv)) < 0 ||
        (rc = get_call(&r, o, "undo", true, &step->undo)) < 0 || (rc = get_stop(&r, o, &step->stop)) < 0 ||
        (rc = get_string(&r, o, "progress_dir", true, &step->progress_dir)) < 0 ||
        (rc = get_int(&r, o, "progress_total", 0, INT64_MAX, &total)) < 0 ||
        (rc = get_int(&r, o, "redo", -1, (json_int_t)i - 1, &redo)) < 0)
        return rc;
    if (step->progress_dir && step->progress_dir[0] != '/')
        return bad(&r, "progress_dir", "is not an absolute path");
    step->progress_total = (uint64_t)total;
    step->redo = (int)redo;
    return 0;
}

static int read_claim(struct plan *plan, size_t i, const json_t *o, struct err *err)
{
    static const char *const keys[] = {"name", "wait", NULL};
    struct reader r = {.err = err};
    int rc;

    snprintf(r.where, sizeof(r.where), "claims[%zu]", i);
    plan_add_claim(plan, false, "%s", "");
    struct plan_claim *claim = &plan->claims[i];
    if ((rc = check_keys(&r, o, keys)) < 0 || (rc = get_string(&r, o, "name", false, &claim->name)) < 0 ||
        (rc = get_bool(&r, o, "wait", &claim->wait)) < 0)
        return rc;
    return plan_claim_ok(claim->name) ? 0 : bad(&r, "name", "is no plain file name");
}

static int read_head(struct plan *plan, const json_t *o, const struct reader *r)
{
    json_int_t format = 0, vmid = 0;
    char *id = NULL;
    int rc;

    if ((rc = get_int(r, o, "format", FORMAT, FORMAT, &format)) < 0 ||
        (rc = get_string(r, o, "kind", false, &plan->kind)) < 0 ||
        (rc = get_string(r, o, "title", false, &plan->title)) < 0 ||
        (rc = get_int(r, o, "vmid", 0, 999999999, &vmid)) < 0 ||
        (rc = get_bool(r, o, "auto_vmid", &plan->auto_vmid)) < 0 ||
        (rc = get_string(r, o, "image_volid", true, &plan->image_volid)) < 0 ||
        (rc = get_string(r, o, "id", false, &id)) < 0)
        return rc;
    plan->vmid = (int)vmid;
    if (plan_id_ok(id))
        memcpy(plan->id, id, sizeof(plan->id));
    else
        rc = bad(r, "id", "is not 16 hex digits");
    free(id);
    if (rc < 0)
        return rc;
    if (vmid > 0 && vmid < 100)
        return bad(r, "vmid", "is out of range");
    for (const char *const *kind = plan_kinds; *kind; kind++)
        if (strcmp(*kind, plan->kind) == 0)
            return 0;
    return bad(r, "kind", "is not known");
}

static int read_plan(struct plan *plan, const json_t *o, struct err *err)
{
    static const char *const keys[] = {"format",      "id",    "kind",   "title", "vmid", "auto_vmid",
                                       "image_volid", "steps", "claims", "notes", NULL};
    struct reader r = {.err = err};
    const json_t *steps = NULL, *claims = NULL;
    int rc;

    if ((rc = check_keys(&r, o, keys)) < 0 || (rc = read_head(plan, o, &r)) < 0 ||
        (rc = get_array(&r, o, "steps", PLAN_STEPS_MAX, &steps)) < 0 ||
        (rc = get_array(&r, o, "claims", PLAN_CLAIMS_MAX, &claims)) < 0 ||
        (rc = get_words(&r, o, "notes", PLAN_NOTES_MAX, &plan->notes)) < 0)
        return rc;
    for (size_t i = 0; rc == 0 && i < json_array_size(steps); i++)
        rc = read_step(plan, i, json_array_get(steps, i), err);
    for (size_t i = 0; rc == 0 && i < json_array_size(claims); i++)
        rc = read_claim(plan, i, json_array_get(claims, i), err);
    return rc;
}

int plan_from_json(const char *json, size_t len, struct plan **plan, struct err *err)
{
    json_error_t where;

    if (len > PLAN_JSON_MAX)
        return err_set(err, -EFBIG, "The plan cannot be read: it has %zu bytes, more than any plan needs.", len);
    json_t *o = json_loadb(json, len, JSON_REJECT_DUPLICATES, &where);
    if (!o)
        return err_set(err, -EINVAL, "The plan cannot be read: line %d, column %d: %s.", where.line, where.column,
                       where.text);
    struct plan *read = plan_new("", "", 0);
    int rc = read_plan(read, o, err);
    json_decref(o);
    if (rc < 0)
        plan_free(read);
    else
        *plan = read;
    return rc;
}
