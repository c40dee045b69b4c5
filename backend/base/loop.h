#ifndef TENGIL_BASE_LOOP_H
#define TENGIL_BASE_LOOP_H

#include "backend/base/argv.h"
#include "backend/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The one loop of a program that waits for many things: timers, descriptors, signals, children, changes of files, and
 * work that may hang, done by threads of a pool. All callbacks run in the thread of loop_run(). Whatever `*_new` or
 * `*_start` gives is let go by its `*_free`, also inside its own callback; after that the callback is not called again.
 */
struct loop;

struct loop *loop_new(void);
/* Lets go of what is still open; children go on unwatched, work in the pool is abandoned (its thread is not waited
 * for). */
void loop_free(struct loop *loop);
void loop_run(struct loop *loop); /* until loop_stop() */
void loop_stop(struct loop *loop);
/* One turn: what is ready now, waiting for it when `wait`. False: nothing is left that could happen. */
bool loop_turn(struct loop *loop, bool wait);

long long loop_ms(const struct loop *loop); /* monotonic milliseconds at the begin of this turn */
long long loop_now(void);                   /* Unix milliseconds; TENGIL_NOW fixes them */

/* Called once in a turn, just before the loop waits: the place to paint. One hook at a time. */
void loop_before_wait(struct loop *loop, void (*fn)(void *data), void *data);
/* Told of each turn whose work took more than 16 ms. */
void loop_on_slow_turn(struct loop *loop, void (*fn)(void *data, double ms), void *data);

/* --- timers --- */
struct loop_timer;
struct loop_timer *loop_timer_new(struct loop *loop, void (*fn)(void *data), void *data); /* not running yet */
void loop_timer_set(struct loop_timer *timer, int ms, int repeat_ms); /* anew, if it runs; 0 for repeat: once */
void loop_timer_stop(struct loop_timer *timer);
bool loop_timer_running(const struct loop_timer *timer);
void loop_timer_free(struct loop_timer *timer);

/* --- descriptors --- */
enum { LOOP_READ = 1, LOOP_WRITE = 2 };
struct loop_fd;
/* Watches a descriptor, which stays the caller's and is made non-blocking; `ready` tells which of `events`, 0: an error
 * or hang-up. NULL when it cannot be waited for (a regular file). Free it before the descriptor is closed. */
struct loop_fd *loop_fd_new(struct loop *loop, int fd, int events, void (*fn)(void *data, int ready), void *data);
void loop_fd_set(struct loop_fd *watch, int events); /* 0: none for now */
void loop_fd_free(struct loop_fd *watch);

/* --- signals --- */
struct loop_signal;
struct loop_signal *loop_signal_new(struct loop *loop, int signal, void (*fn)(void *data, int signal), void *data);
void loop_signal_free(struct loop_signal *watch); /* the signal's default returns with the last watch of it */

/* --- children --- */
struct loop_child;
struct loop_child_end {
    int exit;   /* exit code, -1 when a signal ended it */
    int signal; /* 0 when it exited */
    bool cut;   /* a grandchild kept its output open: two seconds after the exit nobody waits for more */
};
struct loop_child_options {
    const char *folder;                                                    /* NULL: ours */
    char *const *env;                                                      /* NULL: ours */
    void (*output)(void *data, int stream, const char *bytes, size_t len); /* stream 1 or 2; NULL: to /dev/null */
    void (*done)(void *data, const struct loop_child_end *end);            /* after the end of output and the exit */
    void *data;
};
/* Starts a program found on PATH: stdin from /dev/null, signals and mask reset, a session of its own. NULL and the
 * sentence when it cannot be started. In `done` the child is still there; the caller frees it, there or later. */
struct loop_child *loop_child_start(struct loop *loop, const struct argv *argv,
                                    const struct loop_child_options *options, struct err *err);
pid_t loop_child_pid(const struct loop_child *child);
void loop_child_kill(struct loop_child *child, int signal); /* its whole session's group; nothing once it has ended */
void loop_child_free(struct loop_child *child);             /* it goes on, unwatched */

/* --- changes of files --- */
struct loop_watch;
/*
 * Calls `fn` when something in the folder `path` (or in the file) changed: look again, nothing more is said. The first
 * change is told at once, further ones at most every 50 ms. A path that is not there, or went away, is looked for each
 * second, and its coming is a change.
 */
struct loop_watch *loop_watch_new(struct loop *loop, const char *path, void (*fn)(void *data), void *data);
void loop_watch_free(struct loop_watch *watch);

/* --- work that may hang (files of a FUSE file system) --- */
struct loop_work;
/*
 * Runs `work` in a thread of the pool, then `done` in the loop. `work` touches nothing but what `data` gives to it
 * alone. Places that can hang get one request at a time: that is the caller's to see to, so that a hung one costs one
 * thread.
 */
struct loop_work *loop_work_start(struct loop *loop, void (*work)(void *data), void (*done)(void *data), void *data);
/* `done` is not called any more; `gone(data)` is, in the loop, when the thread has let go of `data` (at once, if it
 * never began). */
void loop_work_abandon(struct loop_work *work, void (*gone)(void *data));

#endif
