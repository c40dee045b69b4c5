#include "backend/sim/pct-oci.h"

#include "backend/base/mem.h"
#include "backend/sim/pct.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text(const json_t *config, const char *key)
{
    const char *value = json_string_value(json_object_get(config, key));
    return value != NULL ? value : "";
}

static void add_lxc(struct sim_ctfile *conf, const char *key, const char *value)
{
    argv_push(&conf->sections[0].lxc.names, key);
    argv_push(&conf->sections[0].lxc.values, value);
}

/* A line feed is let through, though it should not be: what follows it becomes lines of the conf. */
static int check_array(struct sim *s, const json_t *config, const char *key)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(config, key), i, item)
    {
        const char *bytes = json_string_value(item);
        for (size_t k = 0; k < json_string_length(item); k++) {
            unsigned char c = (unsigned char)bytes[k];
            if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
                return sim_fail(s, "OCI config array-value for '%s' contains forbidden control characters!\n", key);
        }
    }
    return 0;
}

static void quote(const char *word, struct buf *out)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_!%+,-./:=@^";
    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        buf_adds(out, word);
        return;
    }
    buf_addch(out, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            buf_adds(out, "'\\''");
        else
            buf_addch(out, *word);
    }
    buf_addch(out, '\'');
}

static void take_entrypoint(struct sim_ctfile *conf, const json_t *config, bool *init)
{
    static const char *const parts[] = {"Entrypoint", "Cmd"};
    struct buf line = BUF_INIT;
    const char *first = NULL;
    for (size_t p = 0; p < 2; p++) {
        size_t i;
        json_t *item;
        json_array_foreach(json_object_get(config, parts[p]), i, item)
        {
            if (!json_is_string(item))
                continue;
            first = first != NULL ? first : json_string_value(item);
            if (line.len > 0)
                buf_addch(&line, ' ');
            quote(json_string_value(item), &line);
        }
    }
    *init = first == NULL || strcmp(first, "/sbin/init") == 0;
    if (!*init) {
        sim_conf_set(conf, "entrypoint", line.s);
        sim_conf_set(conf, "cmode", "console");
    }
    buf_clear(&line);
}

static void take_env(struct sim_ctfile *conf, const json_t *config)
{
    struct buf all = BUF_INIT;
    const json_t *env = json_object_get(config, "Env");
    size_t i;
    json_t *item;
    if (json_array_size(env) == 0)
        return;
    json_array_foreach(env, i, item)
    {
        if (i > 0)
            buf_addch(&all, SIM_ENV_GAP);
        buf_adds(&all, json_is_string(item) ? json_string_value(item) : "");
    }
    sim_conf_set(conf, "env", all.s);
    buf_clear(&all);
}

/* The n-th part of a line that colons part. */
static char *column(const char *line, int n)
{
    for (; n > 0; n--) {
        line += strcspn(line, ":\n");
        line += *line == ':';
    }
    return mem_dup(line, strcspn(line, ":\n"));
}

/* The line of a passwd or group file whose column `by` is `value`. */
static const char *find_line(const struct sim_tree *tree, const char *file, int by, const char *value)
{
    const struct sim_tree_file *f = sim_tree_find(tree, file);
    const char *line = f != NULL ? f->text : NULL;
    while (line != NULL && *line != '\0') {
        char *have = column(line, by);
        bool hit = strcmp(have, value) == 0;
        free(have);
        if (hit)
            return line;
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return NULL;
}

/* The ids of the groups that list a user. */
static char *groups_of(const struct sim_tree *tree, const char *user)
{
    const struct sim_tree_file *f = sim_tree_find(tree, "etc/group");
    const char *line = f != NULL ? f->text : NULL;
    struct buf out = BUF_INIT;
    while (line != NULL && *line != '\0') {
        struct argv members = ARGV_INIT;
        char *list = column(line, 3), *gid = column(line, 2);
        sim_split(list, &members);
        if (argv_has(&members, user))
            buf_addf(&out, "%s%s", out.len > 0 ? "," : "", gid);
        argv_clear(&members);
        free(list);
        free(gid);
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return buf_detach(&out);
}

static bool number(const char *s)
{
    return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

/* USER, USER:GROUP, by name or number. A name that is not there leaves no id, only an empty list of groups. */
static void take_user(struct sim_ctfile *conf, const json_t *config, const struct sim_tree *tree)
{
    const char *given = text(config, "User");
    if (*given == '\0')
        return;
    const char *colon = strchr(given, ':');
    char *user = column(given, 0), *group = colon != NULL ? mem_strdup(colon + 1) : NULL;
    const char *line = find_line(tree, "etc/passwd", number(user) ? 2 : 0, user);
    char *uid = line != NULL ? column(line, 2) : number(user) ? mem_strdup(user) : NULL;
    char *gid = line != NULL ? column(line, 3) : NULL, *name = line != NULL ? column(line, 0) : mem_strdup(user);
    if (group != NULL) {
        const char *entry = find_line(tree, "etc/group", 0, group);
        free(gid);
        gid = number(group) ? mem_strdup(group) : entry != NULL ? column(entry, 2) : NULL;
    }
    if (uid != NULL)
        add_lxc(conf, "lxc.init.uid", uid);
    if (gid != NULL)
        add_lxc(conf, "lxc.init.gid", gid);
    if (group == NULL) {
        char *groups = groups_of(tree, name);
        add_lxc(conf, "lxc.init.groups", groups);
        free(groups);
    }
    free(user);
    free(group);
    free(uid);
    free(gid);
    free(name);
}

/* An application has no network set-up of its own, so the host does it, unless the net says otherwise. */
static void manage_networks(struct sim_ctfile *conf)
{
    for (int i = 0; i < 32; i++) {
        char key[8];
        struct sim_props parts = {.names = ARGV_INIT};
        struct buf why = BUF_INIT;
        snprintf(key, sizeof(key), "net%d", i);
        const char *value = sim_conf_get(conf, key);
        if (value == NULL)
            continue;
        sim_props_read(sim_option_find(sim_ct_options, key)->keys, "", value, &parts, &why);
        if (sim_props_get(&parts, "host-managed") != NULL)
            continue;
        printf("Auto-Enabling host-managed network for network device %s.\n", key);
        static const char *const first[] = {"name", "bridge", NULL};
        sim_props_set(&parts, "host-managed", "1");
        buf_reset(&why);
        sim_props_print(sim_option_find(sim_ct_options, key)->keys, &parts, first, &why);
        sim_conf_set(conf, key, why.s);
        buf_clear(&why);
    }
}

int pct_take_image_config(struct sim *s, struct sim_ctfile *conf, const struct sim_tree *tree)
{
    static const char *const arrays[] = {"Env", "Entrypoint", "Cmd"};
    const json_t *config = tree->config;
    const char *path;
    json_t *value;
    bool init;
    for (size_t i = 0; i < 3; i++) {
        if (check_array(s, config, arrays[i]) < 0)
            return -1;
    }
    json_object_foreach(json_object_get(config, "Volumes"), path, value)
        printf("creating base directory for volume at %s\n", path);
    take_entrypoint(conf, config, &init);
    take_env(conf, config);
    take_user(conf, config, tree);
    if (*text(config, "WorkingDir") != '\0')
        add_lxc(conf, "lxc.init.cwd", text(config, "WorkingDir"));
    add_lxc(conf, "lxc.signal.halt", *text(config, "StopSignal") != '\0' ? text(config, "StopSignal") : "SIGTERM");
    if (!init)
        manage_networks(conf);
    return 0;
}
