#ifndef TENGIL_BASE_LOOP_OWN_H
#define TENGIL_BASE_LOOP_OWN_H

#include "backend/base/loop.h"
#include "backend/base/pool.h"

#include <uv.h>

/* Shared by the files of the loop; nobody else sees libuv. */
struct loop {
    uv_loop_t uv;
    uv_prepare_t prepare;
    uv_async_t woken; /* by a thread of the pool */
    struct pool *pool;
    int works;
    bool stopped, single;
    void (*before_wait)(void *data);
    void *before_wait_data;
    void (*slow)(void *data, double ms);
    void *slow_data;
    uint64_t waited_at, idle;
};

/*
 * Every object of the loop begins with this and is the `data` of its handles. Closing is asynchronous, so the memory
 * goes with the last handle, not with the call.
 */
struct owned {
    int handles;
    bool freed; /* the caller has let go of it: no callback any more */
};

void owned_opened(struct owned *own, uv_handle_t *handle); /* a handle was initialised */
void owned_close(uv_handle_t *handle);                     /* closes it once */

int loop_errno(int uv_code); /* libuv's codes are negative errno values here */

void loop_pool_start(struct loop *loop);
void loop_pool_end(struct loop *loop);

#endif
