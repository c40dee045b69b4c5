#include "backend/base/loop-own.h"

#include "backend/base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PAUSE_MS 50
#define LOOK_MS  1000

struct loop_watch {
    struct owned own;
    uv_fs_event_t events;
    uv_timer_t pause; /* runs for a while after a change was told */
    uv_timer_t look;  /* runs while the path is not there */
    char *path;
    const char *name; /* last part of `path` */
    dev_t dev;
    ino_t ino;
    bool more;
    void (*fn)(void *data);
    void *data;
};

static void on_look(uv_timer_t *timer);

static void on_pause(uv_timer_t *timer)
{
    struct loop_watch *watch = timer->data;
    if (!watch->more || watch->own.freed)
        return;
    watch->more = false;
    uv_timer_start(&watch->pause, on_pause, PAUSE_MS, 0);
    watch->fn(watch->data);
}

static void tell(struct loop_watch *watch)
{
    watch->more = true;
    if (!uv_is_active((uv_handle_t *)&watch->pause))
        on_pause(&watch->pause);
}

static void on_event(uv_fs_event_t *events, const char *name, int event, int status)
{
    struct loop_watch *watch = events->data;
    struct stat st;
    (void)event;
    if (watch->own.freed)
        return;
    /* The folder itself changed: it may be another one now, or gone. */
    if (status < 0 || (name && strcmp(name, watch->name) == 0)) {
        if (stat(watch->path, &st) < 0 || st.st_dev != watch->dev || st.st_ino != watch->ino) {
            uv_fs_event_stop(events);
            uv_timer_start(&watch->look, on_look, 0, LOOK_MS);
        }
    }
    tell(watch);
}

static bool begin(struct loop_watch *watch)
{
    struct stat st;
    if (stat(watch->path, &st) < 0)
        return false;
    watch->dev = st.st_dev;
    watch->ino = st.st_ino;
    return uv_fs_event_start(&watch->events, on_event, watch->path, 0) == 0;
}

static void on_look(uv_timer_t *timer)
{
    struct loop_watch *watch = timer->data;
    if (watch->own.freed || !begin(watch))
        return;
    uv_timer_stop(&watch->look);
    tell(watch);
}

struct loop_watch *loop_watch_new(struct loop *loop, const char *path, void (*fn)(void *data), void *data)
{
    /* The path stands behind the struct, so that it goes with it. */
    size_t len = strlen(path);
    struct loop_watch *watch = mem_zero(1, sizeof(*watch) + len + 1);
    watch->path = (char *)(watch + 1);
    memcpy(watch->path, path, len);
    const char *slash = strrchr(watch->path, '/');
    watch->name = slash ? slash + 1 : watch->path;
    watch->fn = fn;
    watch->data = data;
    uv_fs_event_init(&loop->uv, &watch->events);
    owned_opened(&watch->own, (uv_handle_t *)&watch->events);
    uv_timer_init(&loop->uv, &watch->pause);
    owned_opened(&watch->own, (uv_handle_t *)&watch->pause);
    uv_timer_init(&loop->uv, &watch->look);
    owned_opened(&watch->own, (uv_handle_t *)&watch->look);
    if (!begin(watch))
        uv_timer_start(&watch->look, on_look, LOOK_MS, LOOK_MS);
    return watch;
}

void loop_watch_free(struct loop_watch *watch)
{
    if (!watch)
        return;
    watch->own.freed = true;
    owned_close((uv_handle_t *)&watch->events);
    owned_close((uv_handle_t *)&watch->pause);
    owned_close((uv_handle_t *)&watch->look);
}
