#include "backend/host/ctconf.h"

#include "backend/base/mem.h"
#include "backend/host/ctconf-line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Which of the wanted variables stand in the text already. */
struct edit {
    const struct argv *vars;
    bool *written;
    const char *insert_at; /* where new lines go; a line's start, or the end of the text */
};

/* A line feed would begin a conf line of its own, and with it any option of Proxmox. The sentence shows the name only:
 * a value may be a secret. */
static int check_var(const char *var, struct err *err)
{
    size_t name = strcspn(var, "=");
    if (name == 0 || var[name] == '\0')
        return err_set(err, -EINVAL, "An environment variable must be written NAME=value.");
    for (size_t i = 0; var[i]; i++) {
        unsigned char c = (unsigned char)var[i];
        bool control = (c < 0x20 && c != '\t') || c == 0x7f;
        if (i < name && (control || c == ' ' || c == '\t'))
            return err_set(err, -EINVAL, "The name of an environment variable holds a blank or a control character.");
        if (control)
            return err_set(err, -EINVAL,
                           "The environment variable %.*s holds a control character, which a conf cannot keep.",
                           (int)name, var);
    }
    return 0;
}

/* The index of the variable with this name, the last one when it was given twice; vars->n when there is none. */
static size_t find_var(const struct argv *vars, const char *name, size_t name_len)
{
    for (size_t i = vars->n; i-- > 0;)
        if (strncmp(vars->v[i], name, name_len) == 0 && vars->v[i][name_len] == '=')
            return i;
    return vars->n;
}

static size_t name_len(const char *var, size_t len)
{
    const char *equals = memchr(var, '=', len);
    return equals ? (size_t)(equals - var) : len;
}

static const char *find_place(const char *text, size_t len)
{
    const char *behind_env = NULL, *behind_keys = NULL, *before_lxc = NULL, *behind_description = text;
    const char *at = text;
    struct ctconf_line line;

    while (ctconf_next_line(&at, text + len, &line) && line.kind != CTCONF_SECTION) {
        if (ctconf_line_is(&line, CTCONF_ENV_KEY))
            behind_env = line.end;
        else if (line.kind == CTCONF_KEY)
            behind_keys = line.end;
        else if (line.kind == CTCONF_LXC && !before_lxc)
            before_lxc = line.start;
        else if (line.kind == CTCONF_DESCRIPTION)
            behind_description = line.end;
    }
    if (behind_env)
        return behind_env;
    if (behind_keys)
        return behind_keys;
    return before_lxc ? before_lxc : behind_description;
}

static void add_new(const struct edit *edit, struct buf *out)
{
    for (size_t i = 0; i < edit->vars->n; i++) {
        if (edit->written[i])
            continue;
        if (out->len && !buf_ends_with(out, "\n"))
            buf_addch(out, '\n');
        buf_addf(out, "%s: %s\n", CTCONF_ENV_KEY, edit->vars->v[i]);
        edit->written[i] = true;
    }
}

static void mark_present(struct edit *edit, const char *text, size_t len)
{
    const char *at = text;
    struct ctconf_line line;

    while (ctconf_next_line(&at, text + len, &line) && line.kind != CTCONF_SECTION) {
        if (!ctconf_line_is(&line, CTCONF_ENV_KEY))
            continue;
        size_t i = find_var(edit->vars, line.value, name_len(line.value, line.value_len));
        if (i < edit->vars->n)
            edit->written[i] = true;
    }
}

/* An environment line: as it is, with the new value, or (the name stood there before) left out. */
static void edit_line(const struct edit *edit, const struct ctconf_line *line, bool *seen, struct buf *out)
{
    size_t i = find_var(edit->vars, line->value, name_len(line->value, line->value_len));
    if (i == edit->vars->n) {
        buf_add(out, line->start, (size_t)(line->end - line->start));
        return;
    }
    if (seen[i])
        return;
    seen[i] = true;
    buf_addf(out, "%s: %s", CTCONF_ENV_KEY, edit->vars->v[i]);
    if (line->end[-1] == '\n')
        buf_addch(out, '\n');
}

static void write_text(const struct edit *edit, const char *text, size_t len, bool *seen, struct buf *out)
{
    const char *at = text;
    struct ctconf_line line;
    bool current = true;

    while (ctconf_next_line(&at, text + len, &line)) {
        if (line.start == edit->insert_at)
            add_new(edit, out);
        current = current && line.kind != CTCONF_SECTION;
        if (current && ctconf_line_is(&line, CTCONF_ENV_KEY))
            edit_line(edit, &line, seen, out);
        else
            buf_add(out, line.start, (size_t)(line.end - line.start));
    }
    if (edit->insert_at == text + len)
        add_new(edit, out);
}

int ctconf_edit_env(const char *text, size_t len, const struct argv *vars, struct buf *out, struct err *err)
{
    struct buf edited = BUF_INIT;
    struct edit edit = {.vars = vars, .insert_at = find_place(text, len)};
    int rc = 0;

    if (len > CTCONF_MAX_BYTES)
        return err_set(err, -EFBIG, "The conf is larger than 1 MiB.");
    for (size_t i = 0; i < vars->n && !rc; i++)
        rc = check_var(vars->v[i], err);
    if (rc)
        return rc;

    edit.written = mem_zero(vars->n + 1, sizeof(bool));
    bool *seen = mem_zero(vars->n + 1, sizeof(bool));
    for (size_t i = 0; i < vars->n; i++) /* given twice: only the last one counts */
        edit.written[i] = find_var(vars, vars->v[i], name_len(vars->v[i], strlen(vars->v[i]))) != i;
    mark_present(&edit, text, len);
    write_text(&edit, text, len, seen, &edited);
    free(seen);
    free(edit.written);

    if (edited.len > CTCONF_MAX_BYTES) {
        buf_clear(&edited);
        return err_set(err, -EFBIG,
                       "With these environment variables the conf would be larger than 1 MiB, which "
                       "/etc/pve does not keep.");
    }
    buf_add(out, edited.s, edited.len);
    buf_clear(&edited);
    return 0;
}
