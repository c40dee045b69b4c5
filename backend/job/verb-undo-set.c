#include "backend/job/verb.h"

#include "backend/base/fault.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Undo of `pct set` that gave a CT mounts and devices under keys that were free. The same call put the mark of the
 * change into the description: without it our call had no effect, and what is under the keys is somebody else's. With
 * it, a key goes only when it still says what we set: the CT is not ours, and its owner may have been at it.
 */
#define FIRST_KEY 3 /* VMID PLAN BEFORE KEY=VALUE … */
struct undo_set {
    struct verb_ct ct;
    struct ctconf pending; /* what waits for the CT's next start */
    bool runs;
    bool left;
};

/* The entries of [pve:pending]. */
static int parse_pending(const struct buf *text, struct ctconf *pending, struct err *err)
{
    static const char head[] = "\n[pve:pending]\n";
    const char *from = strstr(text->s, head);

    if (!from)
        return ctconf_parse("", 0, pending, err);
    from += sizeof(head) - 1;
    const char *to = strstr(from, "\n[");
    return ctconf_parse(from, to ? (size_t)(to - from) + 1 : strlen(from), pending, err);
}

static int read_conf(struct undo_set *u, struct err *err)
{
    int rc = verb_ct_read(&u->ct, err);

    ctconf_clear(&u->pending);
    return rc == 0 ? parse_pending(&u->ct.text, &u->pending, err) : rc;
}

static bool is_mount(const char *key)
{
    return text_starts(key, "mp", NULL);
}

/* A part of both values is the same. */
static bool same_part(const char *a, const char *b, const char *part, const char *default_key)
{
    char *x = ctconf_prop(a, part, default_key), *y = ctconf_prop(b, part, default_key);
    bool same = x && y && strcmp(x, y) == 0;

    free(x);
    free(y);
    return same;
}

/* "tank:8" of ours has become "tank:subvol-110-disk-1": the storage is what stays. */
static bool same_storage(const char *there, const char *ours)
{
    size_t len = strcspn(ours, ":");

    return ours[len] == ':' && strncmp(there, ours, len + 1) == 0;
}

static bool is_what_we_set(const char *key, const char *there, const char *ours)
{
    if (!there)
        return false;
    if (!is_mount(key))
        return same_part(there, ours, "path", "path");
    return same_part(there, ours, "mp", "volume") &&
           (same_part(there, ours, "volume", "volume") || (ours[0] != '/' && same_storage(there, ours)));
}

/* The unusedN that holds the volume, a copy; NULL: none. */
static char *unused_key(const struct undo_set *u, const char *volume)
{
    for (size_t i = 0; i < u->ct.conf.nentries; i++) {
        const struct ctconf_entry *e = &u->ct.conf.entries[i];
        if (text_starts(e->key, "unused", NULL) && strcmp(e->value, volume) == 0)
            return mem_strdup(e->key);
    }
    return NULL;
}

/* A volume that is taken out of a CT stays with it as unusedN; deleting that key removes the volume. Only ours. What
 * counts is the conf afterwards: exit codes of pct are no proof. */
static int remove_volume(struct undo_set *u, const char *vmid, const char *volume, struct err *err)
{
    char *key = unused_key(u, volume);

    if (!key)
        return 0;
    verb_call("pct", "set", vmid, "--delete", key, (char *)NULL);
    free(key);
    int rc = read_conf(u, err);
    key = rc == 0 ? unused_key(u, volume) : NULL;
    if (key) {
        u->left = true;
        verb_say("left: the new volume %s: pct set %s --delete %s", volume, vmid, key);
    }
    free(key);
    return rc;
}

static void say_left(struct undo_set *u, const char *vmid, const char *key)
{
    u->left = true;
    if (u->runs)
        verb_say("left: %s of CT %s is marked for removal and goes when the CT is started anew: pct reboot %s", key,
                 vmid, vmid);
    else
        verb_say("left: %s of CT %s: pct set %s --delete %s", key, vmid, vmid, key);
}

static int take_back(struct undo_set *u, const char *vmid, const char *key, const char *ours, struct err *err)
{
    const char *there = ctconf_get(&u->ct.conf, key), *waits = ctconf_get(&u->pending, key);
    bool current = is_what_we_set(key, there, ours), pending = is_what_we_set(key, waits, ours);

    if (!current && !pending) {
        if (there || waits)
            verb_say("%s of CT %s is not what this job set: it stays.", key, vmid);
        return 0;
    }
    char *volume = is_mount(key) ? ctconf_prop(current ? there : waits, "volume", "volume") : NULL;
    verb_call("pct", "set", vmid, current ? "--delete" : "--revert", key, (char *)NULL);
    fault_point("undo-set", "during");
    int rc = read_conf(u, err);
    if (rc == 0 && volume && volume[0] != '/')
        rc = remove_volume(u, vmid, volume, err);
    if (rc == 0 && (is_what_we_set(key, ctconf_get(&u->ct.conf, key), ours) ||
                    is_what_we_set(key, ctconf_get(&u->pending, key), ours)))
        say_left(u, vmid, key);
    else if (rc == 0)
        verb_say("CT %s has no %s any more.", vmid, key);
    free(volume);
    return rc;
}

/* "mp3=/tank/media,mp=/media" as key and value: only mpN and devN were ever set this way. */
static char *split(const char *word, const char **value)
{
    size_t len = strcspn(word, "=");
    const char *number = NULL;

    if (word[len] != '=' || !(text_starts(word, "mp", &number) || text_starts(word, "dev", &number)) ||
        strspn(number, "0123456789") == 0 || number + strspn(number, "0123456789") != word + len)
        return NULL;
    *value = word + len + 1;
    return mem_dup(word, len);
}

static bool has_mark(const struct undo_set *u, const char *plan)
{
    char *change = ctconf_change(u->ct.conf.description);
    bool ours = change && strcmp(change, plan) == 0;

    free(change);
    return ours;
}

static int restore_mark(struct undo_set *u, const char *vmid, const char *before, struct err *err)
{
    bool none = strcmp(before, "-") == 0;
    char *text = ctconf_with_change(u->ct.conf.description, none ? NULL : before);

    if (*text)
        verb_call("pct", "set", vmid, "--description", text, (char *)NULL);
    else
        verb_call("pct", "set", vmid, "--delete", "description", (char *)NULL);
    free(text);
    int rc = read_conf(u, err);
    char *change = rc == 0 ? ctconf_change(u->ct.conf.description) : NULL;
    if (change && strcmp(change, before) != 0) {
        u->left = true;
        verb_say("left: the line tengil-tui-change in the description of CT %s.", vmid);
    }
    free(change);
    return rc;
}

/* Volumes that were made for this change and never came into the conf. */
static void say_loose(struct undo_set *u, int argc, char **argv)
{
    struct buf loose = BUF_INIT;
    struct argv seen = ARGV_INIT;

    for (int i = FIRST_KEY; i < argc; i++) {
        const char *value = NULL;
        char *key = split(argv[i], &value);
        char *storage = mem_dup(value, strcspn(value, ":"));
        if (is_mount(key) && value[0] != '/' && !argv_has(&seen, storage)) {
            argv_push(&seen, storage);
            verb_loose(&u->ct, storage, &loose);
        }
        free(storage);
        free(key);
    }
    if (loose.len) {
        u->left = true;
        verb_say("left: a volume of CT %d that its conf does not name; if nothing needs it: %s", u->ct.vmid, loose.s);
    }
    argv_clear(&seen);
    buf_clear(&loose);
}

static int undo_all(struct undo_set *u, int argc, char **argv, struct err *err)
{
    int rc = read_conf(u, err);

    if (rc == 0 && !u->ct.there) {
        verb_say("There is no CT %s on this node any more: nothing is to be undone.", argv[0]);
        return 0;
    }
    if (rc == 0 && !has_mark(u, argv[1])) {
        verb_say("CT %s was not changed by this job: it stays as it is.", argv[0]);
        say_loose(u, argc, argv);
        return u->left;
    }
    u->runs = rc == 0 && verb_ct_runs(u->ct.vmid);
    for (int i = FIRST_KEY; i < argc && rc == 0; i++) {
        const char *value = NULL;
        char *key = split(argv[i], &value);
        rc = take_back(u, argv[0], key, value, err);
        free(key);
    }
    /* The mark goes last: an undo that was interrupted finds it, and does the rest. It goes too when something is left,
     * which has been named, and would else be one thing more that nobody takes away. */
    if (rc == 0)
        rc = restore_mark(u, argv[0], argv[2], err);
    return rc < 0 ? rc : u->left;
}

int verb_undo_set(int argc, char **argv)
{
    struct undo_set u = {0};
    struct root root;
    struct err err = {0};
    const char *value;
    int vmid = argc > FIRST_KEY ? verb_vmid(argv[0]) : 0;

    if (!vmid || !verb_plan_ok(argv[1]) || (strcmp(argv[2], "-") != 0 && !verb_plan_ok(argv[2])))
        return VERB_USAGE;
    for (int i = FIRST_KEY; i < argc; i++) {
        char *key = split(argv[i], &value);
        free(key);
        if (!key)
            return VERB_USAGE;
    }
    int rc = root_open(&root, NULL, &err);
    if (rc < 0)
        return verb_fail(&err);
    rc = verb_ct_open(&u.ct, &root, vmid, &err);
    if (rc == 0) {
        rc = undo_all(&u, argc, argv, &err);
        verb_ct_close(&u.ct);
        ctconf_clear(&u.pending);
    }
    root_close(&root);
    return rc < 0 ? verb_fail(&err) : rc;
}
