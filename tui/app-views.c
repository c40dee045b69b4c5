#include "tui/app-own.h"

#include <stdlib.h>

/* The stack of views: the four screens at the bottom, pages on top. */

static struct view *(*const constructors[APP_NSCREENS])(struct app *app) = {
    [APP_CONTAINERS] = view_cts_new,
    [APP_IMAGES] = view_images_new,
    [APP_JOBS_SCREEN] = view_jobs_new,
    [APP_HOST_SCREEN] = view_host_new,
};

struct view *app_top(const struct app *app)
{
    const struct app_private *own = app->own;
    return own->npages > 0 ? own->pages[own->npages - 1] : own->screens[own->screen];
}

bool app_front(const struct app *app)
{
    return app->own->over == OVER_NOTHING;
}

bool app_unsaved(const struct app *app, bool top_only)
{
    const struct app_private *own = app->own;
    for (int i = top_only ? own->npages - 1 : 0; i >= 0 && i < own->npages; i++)
        if (own->pages[i]->class->unsaved && own->pages[i]->class->unsaved(own->pages[i]))
            return true;
    return false;
}

static void bury(struct app *app, struct view *view)
{
    struct app_private *own = app->own;
    if (own->ngone == APP_PAGES)
        app_views_bury(app);
    own->gone[own->ngone++] = view;
}

void app_views_bury(struct app *app)
{
    struct app_private *own = app->own;
    for (int i = 0; i < own->ngone; i++)
        own->gone[i]->class->close(own->gone[i]);
    own->ngone = 0;
}

/* A view that comes up may have missed everything. */
static void come_up(struct app *app)
{
    struct view *top = app_top(app);
    if (top->class->changed)
        top->class->changed(top, APP_HOST | APP_JOBS | APP_FIGURES | APP_SIZE);
    messages_focus(app->own->messages, "");
    app_paint(app);
}

void app_push(struct app *app, struct view *page)
{
    struct app_private *own = app->own;
    if (!page)
        return;
    if (own->npages == APP_PAGES) {
        bury(app, page);
        app_error(app, "Too many pages lie on each other. Close some with Esc.");
        return;
    }
    own->pages[own->npages++] = page;
    come_up(app);
}

void app_back(struct app *app)
{
    struct app_private *own = app->own;
    if (own->npages == 0)
        return;
    bury(app, own->pages[--own->npages]);
    come_up(app);
}

void app_switch(struct app *app, enum app_screen screen)
{
    struct app_private *own = app->own;
    while (own->npages > 0)
        bury(app, own->pages[--own->npages]);
    if (!own->screens[screen])
        own->screens[screen] = constructors[screen](app);
    own->screen = screen;
    come_up(app);
}

void app_changed(struct app *app, unsigned what)
{
    struct view *top = app_top(app);
    if (top && top->class->changed)
        top->class->changed(top, what);
    app_paint(app);
}

void app_views_free(struct app *app)
{
    struct app_private *own = app->own;
    while (own->npages > 0)
        bury(app, own->pages[--own->npages]);
    app_views_bury(app);
    for (int i = 0; i < APP_NSCREENS; i++)
        if (own->screens[i])
            own->screens[i]->class->close(own->screens[i]);
}
