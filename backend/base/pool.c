#include "backend/base/pool.h"

#include "backend/base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct pool_task *waiting, **last, *finished;
    int threads, idle;
    bool closed;
    void (*wake)(void *data);
    void *data;
};

struct pool *pool_new(void (*wake)(void *data), void *data)
{
    struct pool *pool = mem_zero(1, sizeof(*pool));
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->more, NULL);
    pool->last = &pool->waiting;
    pool->wake = wake;
    pool->data = data;
    return pool;
}

static void destroy(struct pool *pool)
{
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->more);
    free(pool);
}

/* Called with the lock held. */
static struct pool_task *next_task(struct pool *pool)
{
    pool->idle++;
    while (!pool->waiting && !pool->closed)
        pthread_cond_wait(&pool->more, &pool->lock);
    pool->idle--;
    struct pool_task *task = pool->closed ? NULL : pool->waiting;
    if (task) {
        pool->waiting = task->next;
        if (!pool->waiting)
            pool->last = &pool->waiting;
        task->begun = true;
    }
    return task;
}

static void *thread_main(void *arg)
{
    struct pool *pool = arg;
    struct pool_task *task;
    pthread_mutex_lock(&pool->lock);
    while ((task = next_task(pool))) {
        pthread_mutex_unlock(&pool->lock);
        task->work(task->data);
        pthread_mutex_lock(&pool->lock);
        if (pool->closed) {
            free(task);
            break;
        }
        task->finished = true;
        task->next = pool->finished;
        pool->finished = task;
        pool->wake(pool->data);
    }
    bool alone = --pool->threads == 0;
    pthread_mutex_unlock(&pool->lock);
    if (alone)
        destroy(pool);
    return NULL;
}

/* Called with the lock held. Signals are the loop's. */
static void add_thread(struct pool *pool)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    /* But for those of a fault: blocked, they would end the program without its handlers. */
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        sigdelset(&all, faults[i]);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, NULL, thread_main, pool) == 0) {
        pthread_detach(thread);
        pool->threads++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void pool_add(struct pool *pool, struct pool_task *task)
{
    task->begun = task->finished = false;
    task->next = NULL;
    pthread_mutex_lock(&pool->lock);
    int waiting = 1;
    for (struct pool_task *t = pool->waiting; t; t = t->next)
        waiting++;
    *pool->last = task;
    pool->last = &task->next;
    if (pool->idle < waiting && pool->threads < POOL_THREADS)
        add_thread(pool);
    pthread_cond_signal(&pool->more);
    pthread_mutex_unlock(&pool->lock);
}

struct pool_task *pool_take(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    struct pool_task *task = pool->finished;
    if (task)
        pool->finished = task->next;
    pthread_mutex_unlock(&pool->lock);
    return task;
}

bool pool_remove(struct pool *pool, struct pool_task *task)
{
    bool removed = false;
    pthread_mutex_lock(&pool->lock);
    for (struct pool_task **at = &pool->waiting; *at; at = &(*at)->next) {
        if (*at != task)
            continue;
        *at = task->next;
        if (!*at)
            pool->last = at;
        removed = true;
        break;
    }
    pthread_mutex_unlock(&pool->lock);
    return removed;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->closed = true;
    while (pool->waiting) {
        struct pool_task *task = pool->waiting;
        pool->waiting = task->next;
        free(task);
    }
    bool alone = pool->threads == 0;
    pthread_cond_broadcast(&pool->more);
    pthread_mutex_unlock(&pool->lock);
    if (alone)
        destroy(pool);
}
