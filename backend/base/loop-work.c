#include "backend/base/loop-own.h"

#include "backend/base/mem.h"

#include <stdlib.h>

struct loop_work {
    struct pool_task task; /* first: a task of the pool is a work */
    struct loop *loop;
    void (*done)(void *data);
    void (*gone)(void *data);
    bool abandoned;
};

static void let_go(struct loop_work *work)
{
    if (--work->loop->works == 0)
        uv_unref((uv_handle_t *)&work->loop->woken);
    free(work);
}

static void on_woken(uv_async_t *woken)
{
    struct loop *loop = woken->loop->data;
    struct pool_task *task;
    while (loop->pool && (task = pool_take(loop->pool))) {
        struct loop_work *work = (struct loop_work *)task;
        void (*fn)(void *) = work->abandoned ? work->gone : work->done;
        void *data = task->data;
        let_go(work);
        if (fn)
            fn(data);
    }
}

/* From a thread: uv_async_send is the one call of libuv that is allowed there. */
static void wake(void *data)
{
    uv_async_send(data);
}

void loop_pool_start(struct loop *loop)
{
    uv_async_init(&loop->uv, &loop->woken, on_woken);
    loop->woken.data = NULL;
    uv_unref((uv_handle_t *)&loop->woken);
    loop->pool = pool_new(wake, &loop->woken);
}

void loop_pool_end(struct loop *loop)
{
    struct pool_task *task;
    while ((task = pool_take(loop->pool)))
        free(task);
    pool_free(loop->pool);
    loop->pool = NULL;
}

struct loop_work *loop_work_start(struct loop *loop, void (*work)(void *data), void (*done)(void *data), void *data)
{
    struct loop_work *w = mem_zero(1, sizeof(*w));
    w->loop = loop;
    w->done = done;
    w->task.work = work;
    w->task.data = data;
    if (loop->works++ == 0)
        uv_ref((uv_handle_t *)&loop->woken);
    pool_add(loop->pool, &w->task);
    return w;
}

void loop_work_abandon(struct loop_work *work, void (*gone)(void *data))
{
    work->abandoned = true;
    work->gone = gone;
    if (!pool_remove(work->loop->pool, &work->task))
        return;
    void *data = work->task.data;
    let_go(work);
    if (gone)
        gone(data);
}
