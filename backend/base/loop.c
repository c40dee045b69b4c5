#include "backend/base/loop-own.h"

#include "backend/base/mem.h"
#include "backend/base/places.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define SLOW_MS 16.0

void owned_opened(struct owned *own, uv_handle_t *handle)
{
    handle->data = own;
    own->handles++;
}

static void on_closed(uv_handle_t *handle)
{
    struct owned *own = handle->data;
    if (own && --own->handles == 0)
        free(own);
}

void owned_close(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_closed);
}

int loop_errno(int uv_code)
{
    return uv_code < 0 && uv_code > -4000 ? uv_code : -EIO;
}

/* --- the loop --- */

static void tell_slow_turn(struct loop *loop)
{
    uint64_t now = uv_hrtime(), idle = uv_metrics_idle_time(&loop->uv);
    double ms = (double)((now - loop->waited_at) - (idle - loop->idle)) / 1e6;
    if (loop->slow && loop->waited_at && ms > SLOW_MS)
        loop->slow(loop->slow_data, ms);
    loop->waited_at = now;
    loop->idle = idle;
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct loop *loop = prepare->loop->data;
    if (loop->before_wait)
        loop->before_wait(loop->before_wait_data);
    if (loop->slow)
        tell_slow_turn(loop);
}

struct loop *loop_new(void)
{
    struct loop *loop = mem_zero(1, sizeof(*loop));
    if (uv_loop_init(&loop->uv) < 0)
        mem_exhausted();
    loop->uv.data = loop;
    uv_loop_configure(&loop->uv, UV_METRICS_IDLE_TIME);
    uv_prepare_init(&loop->uv, &loop->prepare);
    loop->prepare.data = NULL;
    uv_prepare_start(&loop->prepare, on_prepare);
    /* The hook alone keeps nothing going. */
    uv_unref((uv_handle_t *)&loop->prepare);
    loop_pool_start(loop);
    return loop;
}

static void close_any(uv_handle_t *handle, void *data)
{
    (void)data;
    if (handle->data && !uv_is_closing(handle))
        ((struct owned *)handle->data)->freed = true;
    owned_close(handle);
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    loop->before_wait = NULL;
    loop->slow = NULL;
    loop_pool_end(loop);
    uv_walk(&loop->uv, close_any, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop->uv);
    free(loop);
}

void loop_run(struct loop *loop)
{
    loop->stopped = false;
    while (!loop->stopped)
        if (uv_run(&loop->uv, UV_RUN_ONCE) == 0)
            break;
}

void loop_stop(struct loop *loop)
{
    loop->stopped = true;
    uv_stop(&loop->uv); /* a turn that is under way does not wait any more */
}

bool loop_turn(struct loop *loop, bool wait)
{
    loop->single = true;
    bool more = uv_run(&loop->uv, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT) != 0;
    loop->single = false;
    return more;
}

long long loop_ms(const struct loop *loop)
{
    return (long long)uv_now(&loop->uv);
}

long long loop_now(void)
{
    struct timespec t;
    if (getenv("TENGIL_NOW"))
        return places_now() * 1000;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

void loop_before_wait(struct loop *loop, void (*fn)(void *data), void *data)
{
    loop->before_wait = fn;
    loop->before_wait_data = data;
}

void loop_on_slow_turn(struct loop *loop, void (*fn)(void *data, double ms), void *data)
{
    loop->slow = fn;
    loop->slow_data = data;
    loop->waited_at = 0;
}

/* --- timers --- */

struct loop_timer {
    struct owned own;
    uv_timer_t uv;
    void (*fn)(void *data);
    void *data;
};

static void on_timer(uv_timer_t *uv)
{
    struct loop_timer *timer = uv->data;
    struct loop *loop = uv->loop->data;
    /* Timers come first in a turn of libuv's, which then waits: one turn of ours is over. */
    if (loop->single)
        uv_stop(uv->loop);
    if (!timer->own.freed)
        timer->fn(timer->data);
}

struct loop_timer *loop_timer_new(struct loop *loop, void (*fn)(void *data), void *data)
{
    struct loop_timer *timer = mem_zero(1, sizeof(*timer));
    timer->fn = fn;
    timer->data = data;
    uv_timer_init(&loop->uv, &timer->uv);
    owned_opened(&timer->own, (uv_handle_t *)&timer->uv);
    return timer;
}

void loop_timer_set(struct loop_timer *timer, int ms, int repeat_ms)
{
    /* libuv counts from the begin of the turn, which may be long ago in a slow one. */
    uv_update_time(timer->uv.loop);
    uv_timer_start(&timer->uv, on_timer, ms < 0 ? 0 : (uint64_t)ms, repeat_ms < 0 ? 0 : (uint64_t)repeat_ms);
}

void loop_timer_stop(struct loop_timer *timer)
{
    uv_timer_stop(&timer->uv);
}

bool loop_timer_running(const struct loop_timer *timer)
{
    return uv_is_active((const uv_handle_t *)&timer->uv) != 0;
}

void loop_timer_free(struct loop_timer *timer)
{
    if (!timer)
        return;
    timer->own.freed = true;
    owned_close((uv_handle_t *)&timer->uv);
}

/* --- descriptors --- */

struct loop_fd {
    struct owned own;
    uv_poll_t uv;
    void (*fn)(void *data, int ready);
    void *data;
};

static void on_ready(uv_poll_t *uv, int status, int events)
{
    struct loop_fd *watch = uv->data;
    int ready = 0;
    if (watch->own.freed)
        return;
    if (status >= 0)
        ready = (events & UV_READABLE ? LOOP_READ : 0) | (events & UV_WRITABLE ? LOOP_WRITE : 0);
    watch->fn(watch->data, ready);
}

struct loop_fd *loop_fd_new(struct loop *loop, int fd, int events, void (*fn)(void *data, int ready), void *data)
{
    struct loop_fd *watch = mem_zero(1, sizeof(*watch));
    if (uv_poll_init(&loop->uv, &watch->uv, fd) < 0) {
        free(watch);
        return NULL;
    }
    watch->fn = fn;
    watch->data = data;
    owned_opened(&watch->own, (uv_handle_t *)&watch->uv);
    loop_fd_set(watch, events);
    return watch;
}

void loop_fd_set(struct loop_fd *watch, int events)
{
    int wanted = (events & LOOP_READ ? UV_READABLE : 0) | (events & LOOP_WRITE ? UV_WRITABLE : 0);
    if (wanted)
        uv_poll_start(&watch->uv, wanted, on_ready);
    else
        uv_poll_stop(&watch->uv);
}

void loop_fd_free(struct loop_fd *watch)
{
    if (!watch)
        return;
    watch->own.freed = true;
    uv_poll_stop(&watch->uv);
    owned_close((uv_handle_t *)&watch->uv);
}

/* --- signals --- */

struct loop_signal {
    struct owned own;
    uv_signal_t uv;
    void (*fn)(void *data, int signal);
    void *data;
};

static void on_signal(uv_signal_t *uv, int signal)
{
    struct loop_signal *watch = uv->data;
    if (!watch->own.freed)
        watch->fn(watch->data, signal);
}

struct loop_signal *loop_signal_new(struct loop *loop, int signal, void (*fn)(void *data, int signal), void *data)
{
    struct loop_signal *watch = mem_zero(1, sizeof(*watch));
    watch->fn = fn;
    watch->data = data;
    uv_signal_init(&loop->uv, &watch->uv);
    owned_opened(&watch->own, (uv_handle_t *)&watch->uv);
    uv_signal_start(&watch->uv, on_signal, signal);
    return watch;
}

void loop_signal_free(struct loop_signal *watch)
{
    if (!watch)
        return;
    watch->own.freed = true;
    owned_close((uv_handle_t *)&watch->uv);
}
