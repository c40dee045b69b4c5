#include "tui/app.h"

#include "backend/base/mem.h"
#include "tui/facts.h"
#include "tui/fmt.h"
#include "tui/images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The details of one image or template in the cache. */

struct image_view {
    struct view view;
    char *volid;
    struct facts facts;
};

static const struct image *image_now(const struct image_view *v)
{
    return v->view.app->host ? host_image_volid(v->view.app->host, v->volid) : NULL;
}

/* --- rows --- */

/* 64 digits in two rows, as they are compared by eye. */
static void add_digest(struct facts *f, const char *digest)
{
    const char *hex = digest ? strchr(digest, ':') : NULL;
    if (!hex) {
        facts_add(f, "Digest", "not said by the file");
        return;
    }
    hex++;
    facts_add(f, "Digest", "%.*s%.32s", (int)(hex - digest), digest, hex);
    if (strlen(hex) > 32)
        facts_add(f, "", "%*s%s", (int)(hex - digest), "", hex + 32);
}

static void add_users(struct facts *f, const struct host *host, const struct image *image)
{
    bool any = false;
    for (size_t i = 0; image->reference && i < host->ncts; i++) {
        const struct ct *ct = &host->cts[i];
        if (!ct->reference || strcmp(ct->reference, image->reference) != 0)
            continue;
        struct fact *fact = facts_add(f, any ? "" : "Used by", "%d %s", ct->vmid, ct->name);
        if (ct->digest && image->digest && strcmp(ct->digest, image->digest) != 0)
            facts_more(fact, "made from an older file of this tag");
        facts_opens(fact, "ct %d", ct->vmid);
        any = true;
    }
    if (!any)
        facts_add(f, "Used by", image->reference ? "no CT" : "not known: CTs do not say from which template they are");
}

/* Other tags of the same repository that are here. */
static void add_siblings(struct facts *f, const struct host *host, const struct image *image)
{
    char name[256], other[256], tag[128];
    bool any = false;
    images_name(image, name, sizeof(name));
    for (size_t i = 0; image->reference && i < host->nimages; i++) {
        const struct image *sibling = &host->images[i];
        images_name(sibling, other, sizeof(other));
        if (sibling == image || strcmp(name, other) != 0)
            continue;
        images_tag(sibling, tag, sizeof(tag));
        struct fact *fact = facts_add(f, any ? "" : "Also here", "%s", tag);
        facts_opens(fact, "image %s", sibling->volid);
        any = true;
    }
}

static void build(struct image_view *v)
{
    struct facts *f = &v->facts;
    const struct image *image = image_now(v);
    struct buf when = BUF_INIT;
    char size[24], arch[32] = "";
    facts_begin(f);
    if (image) {
        facts_blank(f);
        facts_add(f, "Reference", "%s",
                  image->reference ? image->reference
                  : image->oci     ? "not said by the file"
                                   : "an LXC template");
        if (image->oci)
            add_digest(f, image->digest);
        facts_add(f, "File", "%s", image->volid);
        facts_add(f, "", "%s", image->path ? image->path : "");
        fmt_amount(size, sizeof(size), image->size);
        facts_add(f, "Size", "%s packed, %s", size, images_arch(image, arch, sizeof(arch)));
        if (image->mtime)
            fmt_add_moment(&when, image->mtime, loop_now() / 1000);
        facts_add(f, image->oci ? "Pulled" : "Fetched", "%s", when.len ? when.s : "-");
        facts_blank(f);
        add_users(f, v->view.app->host, image);
        add_siblings(f, v->view.app->host, image);
    }
    facts_end(f);
    buf_clear(&when);
}

static void changed(struct view *view, unsigned what)
{
    if (what & APP_HOST)
        build((struct image_view *)view);
}

/* --- keys --- */

/* clang-format off */
static const struct keytable_action actions[] = {
    {.id = "open", .keys = "Enter l Right", .label = "open", .priority = 1, .section = "THIS ROW",
     .sentence = "Opens the CT or the other tag that has the cursor."},
    {.id = "create", .keys = "n", .label = "new CT", .priority = 2, .section = "THIS IMAGE",
     .sentence = "Opens the form of a new CT with this image in it."},
    {.id = "next", .keys = "]", .shown = "[ ]", .label = "next image", .priority = 3, .section = "MOVE",
     .sentence = "The next image, and [ the previous one."},
    {.id = "previous", .keys = "["},
};
/* clang-format on */
static const struct keytable keys = {.actions = actions, .n = sizeof(actions) / sizeof(actions[0])};

static const char *why_not(struct view *view, const struct keytable_action *action)
{
    const struct image_view *v = (const struct image_view *)view;
    const struct fact *row = facts_cursor(&v->facts);
    if (strcmp(action->id, "open") == 0 && (!row || !row->opens))
        return "Nothing more is known of this row.";
    return !image_now(v) ? "This image is gone." : NULL;
}

static void open_row(struct image_view *v)
{
    struct app *app = v->view.app;
    const struct fact *row = facts_cursor(&v->facts);
    int vmid;
    if (row && row->opens && sscanf(row->opens, "ct %d", &vmid) == 1)
        app_push(app, view_ct_new(app, vmid));
    else if (row && row->opens)
        app_push(app, view_image_new(app, row->opens + strlen("image ")));
}

static void sibling(struct image_view *v, int step)
{
    const struct host *host = v->view.app->host;
    const struct image *image = image_now(v);
    if (!image)
        return;
    size_t at = (size_t)(image - host->images);
    if ((step < 0 && at == 0) || (step > 0 && at + 1 == host->nimages)) {
        app_say(v->view.app, step < 0 ? "This is the first image." : "This is the last image.");
        return;
    }
    mem_set(&v->volid, host->images[at + (size_t)step].volid);
    build(v);
}

static void act(struct view *view, const char *id)
{
    struct image_view *v = (struct image_view *)view;
    const struct image *image = image_now(v);
    if (strcmp(id, "open") == 0)
        open_row(v);
    else if (strcmp(id, "create") == 0 && image)
        app_push(view->app, view_create_new(view->app, image->reference ? image->reference : image->volid));
    else
        sibling(v, strcmp(id, "next") == 0 ? 1 : -1);
    app_paint(view->app);
}

static bool on_key(struct view *view, const struct key *key, const char *paste, size_t npaste)
{
    (void)paste;
    (void)npaste;
    return facts_key(&((struct image_view *)view)->facts, key);
}

/* --- what is seen --- */

static void title(struct view *view, char *left, size_t nleft, char *right, size_t nright)
{
    const struct image_view *v = (const struct image_view *)view;
    const struct image *image = image_now(v);
    char name[256], tag[128];
    if (!image) {
        snprintf(left, nleft, "Images");
        return;
    }
    images_name(image, name, sizeof(name));
    images_tag(image, tag, sizeof(tag));
    const char *last = strrchr(name, '/');
    snprintf(left, nleft, "Images › %s:%s", last ? last + 1 : name, tag);
    snprintf(right, nright, "%zu/%zu%s", (size_t)(image - view->app->host->images) + 1, view->app->host->nimages,
             scroll_more_below(&v->facts.scroll) ? " ▼" : "");
}

static void focus(struct view *view, char *text, size_t size)
{
    const struct image_view *v = (const struct image_view *)view;
    const struct fact *row = facts_cursor(&v->facts);
    char full[600];
    facts_full(&v->facts, full, sizeof(full));
    snprintf(text, size, "%s%s", full, row && row->opens ? "   Enter opens it." : "");
}

static void draw(struct view *view, const struct canvas *body)
{
    struct image_view *v = (struct image_view *)view;
    draw_clear(body);
    if (!image_now(v)) {
        draw_text(body, 1, 3, 0, ROLE_TEXT, SHOWN_CUT_END,
                  view->app->host ? "This image is gone. Esc goes back." : "The host is being read.");
        draw_cursor(body, 1, 3, false);
        return;
    }
    facts_draw(&v->facts, body, app_front(view->app));
}

static void close_view(struct view *view)
{
    struct image_view *v = (struct image_view *)view;
    facts_clear(&v->facts);
    free(v->volid);
    free(v);
}

static const struct view_class class = {
    .name = "Image",
    .close = close_view,
    .title = title,
    .keys = &keys,
    .why_not = why_not,
    .act = act,
    .key = on_key,
    .changed = changed,
    .focus = focus,
    .draw = draw,
};

struct view *view_image_new(struct app *app, const char *volid)
{
    struct image_view *v = mem_zero(1, sizeof(*v));
    v->view = (struct view){.class = &class, .app = app};
    v->volid = mem_strdup(volid);
    build(v);
    return &v->view;
}
