#include "tui/app-own.h"

#include "backend/base/mem.h"
#include "backend/base/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/*
 * The snapshot of the host: read in the pool, one request at a time, joined with what is still known of the parts that
 * were not asked for. Figures are read again each 2 s; the rest when a watched place changes, a job ends or somebody
 * asks.
 */

#define FIGURES         (HOST_CTS | HOST_DEVICES)
#define FIRST           (HOST_CTS | HOST_GUESTS | HOST_DEVICES)
#define FIGURES_MS      2000
#define SLOW_FIGURES_MS 10000
#define STALE_MS        25000 /* longer than the slow figures take twice */

struct request {
    struct app *app;
    struct root root;
    unsigned parts;
    struct host *host;
    struct err err;
    int rc;
};

struct data {
    struct loop_work *work;
    struct loop_timer *timer;
    struct loop_watch *confs, *vmlist;
    struct loop_watch **templates; /* of the storages, once they are known */
    size_t ntemplates;
    unsigned wanted;
    long long read_ms; /* of the loop's clock: the snapshot was read then */
    struct host *host;
    char *error;
};

/* --- joining --- */

#define SWAP(field)                                                                                                    \
    do {                                                                                                               \
        __typeof__(fresh->field) swap = fresh->field;                                                                  \
        fresh->field = old->field;                                                                                     \
        old->field = swap;                                                                                             \
    } while (0)

static void keep_space(struct host *fresh, const struct host *old)
{
    for (size_t i = 0; i < fresh->nstorages; i++) {
        struct storage *storage = &fresh->storages[i];
        const struct storage *was = host_storage(old, storage->id);
        if (!was)
            continue;
        storage->active = was->active;
        storage->total = was->total;
        storage->used = was->used;
        storage->avail = was->avail;
    }
}

/* What was not read anew is taken over from `old`, which is freed. */
static void join(struct host *fresh, struct host *old, unsigned parts)
{
    if (!(parts & HOST_CTS)) {
        SWAP(cts);
        SWAP(ncts);
    }
    if (!(parts & HOST_GUESTS)) {
        SWAP(guests);
        SWAP(nguests);
        SWAP(next_lower);
        SWAP(next_upper);
        SWAP(nodes);
        SWAP(pools);
    }
    if (!(parts & (HOST_STORAGES | HOST_SPACE | HOST_IMAGES))) {
        SWAP(storages);
        SWAP(nstorages);
    } else if (!(parts & HOST_SPACE)) {
        keep_space(fresh, old);
    }
    if (!(parts & HOST_IMAGES)) {
        SWAP(images);
        SWAP(nimages);
    }
    if (!(parts & HOST_DEVICES)) {
        SWAP(bridges);
        SWAP(nbridges);
        SWAP(gpus);
        SWAP(ngpus);
        SWAP(cpus);
        SWAP(mem_total);
        SWAP(mem_avail);
        SWAP(swap_total);
        SWAP(swap_free);
        SWAP(cpu);
    }
    if (!(parts & HOST_VERSION)) {
        SWAP(pve_version);
        SWAP(container_version);
    }
    host_free(old);
}

/* --- reading --- */

static void next_request(struct app *app);

static void read_host(void *data)
{
    struct request *request = data;
    request->rc = host_load(&request->root, request->parts, &request->host, &request->err);
}

static void on_places(void *data)
{
    struct app *app = data;
    app->own->data->wanted |= HOST_CTS | HOST_GUESTS;
    next_request(app);
}

static void on_templates(void *data)
{
    struct app *app = data;
    app->own->data->wanted |= HOST_IMAGES;
    next_request(app);
}

static void watch_templates(struct app *app)
{
    struct data *data = app->own->data;
    for (size_t i = 0; i < data->ntemplates; i++)
        loop_watch_free(data->templates[i]);
    data->ntemplates = 0;
    for (size_t i = 0; i < data->host->nstorages; i++) {
        const struct storage *storage = &data->host->storages[i];
        if (!storage->template_dir || storage->disabled || !storage_has(storage, "vztmpl"))
            continue;
        char *path = mem_printf("%s%s", places_root(), storage->template_dir);
        MEM_GROW(data->templates, data->ntemplates);
        data->templates[data->ntemplates++] = loop_watch_new(app->loop, path, on_templates, app);
        free(path);
    }
}

static void watch_confs(struct app *app)
{
    struct data *data = app->own->data;
    char *confs = mem_printf("%s/etc/pve/nodes/%s/lxc", places_root(), data->host->node);
    char *vmlist = mem_printf("%s/etc/pve/.vmlist", places_root());
    data->confs = loop_watch_new(app->loop, confs, on_places, app);
    data->vmlist = loop_watch_new(app->loop, vmlist, on_places, app);
    free(confs);
    free(vmlist);
}

static void take(struct app *app, struct request *request)
{
    struct data *data = app->own->data;
    bool first = !data->host;
    if (data->host)
        join(request->host, data->host, request->parts);
    data->host = request->host;
    request->host = NULL;
    mem_set(&data->error, NULL);
    app->host = data->host;
    app->host_at = loop_now();
    data->read_ms = loop_ms(app->loop);
    app->host_error = NULL;
    if (first) {
        watch_confs(app);
        data->wanted |= HOST_ALL;
    }
    if (request->parts & HOST_VERSION)
        watch_templates(app);
    app_changed(app, APP_HOST | (request->parts == FIGURES ? APP_FIGURES : 0));
}

static void on_read(void *arg)
{
    struct request *request = arg;
    struct app *app = request->app;
    struct data *data = app->own->data;
    data->work = NULL;
    if (request->rc) {
        mem_set(&data->error, request->err.text);
        app->host_error = data->error;
        app_changed(app, APP_FIGURES);
    } else {
        take(app, request);
    }
    free(request);
    next_request(app);
}

static void next_request(struct app *app)
{
    struct data *data = app->own->data;
    if (data->work || !data->wanted)
        return;
    struct request *request = mem_zero(1, sizeof(*request));
    *request = (struct request){.app = app, .root = app->root, .parts = data->wanted};
    data->wanted = 0;
    data->work = loop_work_start(app->loop, read_host, on_read, request);
}

static void on_tick(void *arg)
{
    struct app *app = arg;
    /* While a request hangs nothing new is asked, but what is shown gets older. */
    if (app->own->data->work)
        app_changed(app, APP_FIGURES);
    else
        app->own->data->wanted |= app->host ? FIGURES : FIRST;
    next_request(app);
}

void app_reload(struct app *app)
{
    app->own->data->wanted |= HOST_ALL;
    next_request(app);
    app_jobs_look(app);
}

bool app_as_of(const struct app *app, char *text, size_t size)
{
    time_t at = (time_t)(app->host_at / 1000);
    struct tm then;
    if (!app->host || loop_ms(app->loop) - app->own->data->read_ms < STALE_MS || !localtime_r(&at, &then))
        return false;
    strftime(text, size, "as of %H:%M", &then);
    return true;
}

void app_data_open(struct app *app)
{
    struct data *data = mem_zero(1, sizeof(*data));
    int ms = app->theme.slow ? SLOW_FIGURES_MS : FIGURES_MS;
    app->own->data = data;
    data->timer = loop_timer_new(app->loop, on_tick, app);
    loop_timer_set(data->timer, ms, ms);
    data->wanted = FIRST;
    next_request(app);
}

static void drop_request(void *arg)
{
    struct request *request = arg;
    host_free(request->host);
    free(request);
}

void app_data_free(struct app *app)
{
    struct data *data = app->own->data;
    if (data->work)
        loop_work_abandon(data->work, drop_request);
    loop_timer_free(data->timer);
    if (data->confs) {
        loop_watch_free(data->confs);
        loop_watch_free(data->vmlist);
    }
    for (size_t i = 0; i < data->ntemplates; i++)
        loop_watch_free(data->templates[i]);
    free(data->templates);
    host_free(data->host);
    free(data->error);
    free(data);
    app->host = NULL;
}
