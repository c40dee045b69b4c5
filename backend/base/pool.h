#ifndef TENGIL_BASE_POOL_H
#define TENGIL_BASE_POOL_H

#include <stdbool.h>

/*
 * Threads for work that may hang. libuv's own are waited for at the end of the program, so that one hung read would
 * keep it from ending; these are not. They are made as they are needed, POOL_THREADS at most, and stay.
 */
#define POOL_THREADS 8

struct pool_task {
    void (*work)(void *data);
    void *data;
    bool begun, finished; /* under the pool's lock */
    struct pool_task *next;
};

struct pool;
/* `wake` is called from a thread when a task is finished; it may do only what any thread may. */
struct pool *pool_new(void (*wake)(void *data), void *data);
/* Nothing is begun or woken any more. What runs goes on by itself and then is forgotten, the pool with the last of it.
 * Tasks that were not taken back are freed, so they are memory of their own. */
void pool_free(struct pool *pool);
void pool_add(struct pool *pool, struct pool_task *task);    /* the task stays where it is until it is taken back */
struct pool_task *pool_take(struct pool *pool);              /* a finished task, NULL: none */
bool pool_remove(struct pool *pool, struct pool_task *task); /* true: it had not begun, and will not */

#endif
