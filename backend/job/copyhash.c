#include "backend/job/copyhash.h"

#include "backend/base/fault.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE (1 << 20)
enum { PIECES = 4 };

/* Pieces go round: the reader fills one behind the other, the hasher empties them in that order. */
struct ring {
    pthread_mutex_t guard;
    pthread_cond_t changed;
    char *bytes[PIECES];
    size_t len[PIECES];
    unsigned filled, hashed; /* how many, since the beginning */
    bool ended;
    struct hash *hash;
};

/* The number of the next piece to hash, or -1 when all are. */
static int next_to_hash(struct ring *r)
{
    pthread_mutex_lock(&r->guard);
    while (r->hashed == r->filled && !r->ended)
        pthread_cond_wait(&r->changed, &r->guard);
    int at = r->hashed == r->filled ? -1 : (int)(r->hashed % PIECES);
    pthread_mutex_unlock(&r->guard);
    return at;
}

static void hash_one(struct ring *r, int at)
{
    hash_add(r->hash, r->bytes[at], r->len[at]);
    pthread_mutex_lock(&r->guard);
    r->hashed++;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->guard);
}

static void *hasher(void *data)
{
    struct ring *r = data;
    int at;

    while ((at = next_to_hash(r)) >= 0)
        hash_one(r, at);
    return NULL;
}

/* A piece that may be filled. */
static int next_to_fill(struct ring *r)
{
    pthread_mutex_lock(&r->guard);
    while (r->filled - r->hashed == PIECES)
        pthread_cond_wait(&r->changed, &r->guard);
    int at = (int)(r->filled % PIECES);
    pthread_mutex_unlock(&r->guard);
    return at;
}

static void hand_over(struct ring *r, size_t len)
{
    pthread_mutex_lock(&r->guard);
    r->len[r->filled % PIECES] = len;
    r->filled++;
    pthread_cond_signal(&r->changed);
    pthread_mutex_unlock(&r->guard);
}

static void copy(struct ring *r, bool threaded, int from, int to, uint64_t limit, struct copyhash *result)
{
    for (;;) {
        int at = next_to_fill(r);
        ssize_t got = read(from, r->bytes[at], PIECE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            result->read_error = got < 0 ? -errno : 0;
            return;
        }
        hand_over(r, (size_t)got);
        result->size += (uint64_t)got;
        if (to >= 0 && result->write_error == 0 && result->size <= limit)
            result->write_error = file_write_all(to, r->bytes[at], (size_t)got);
        if (!threaded)
            hash_one(r, at);
        fault_point("archive", "during");
    }
}

void copyhash(int from, int to, uint64_t limit, struct copyhash *result)
{
    struct ring r = {
        .guard = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .hash = hash_sha256_new()};
    pthread_t thread;

    *result = (struct copyhash){0};
    for (int i = 0; i < PIECES; i++)
        r.bytes[i] = mem_zero(1, PIECE);
    posix_fadvise(from, 0, 0, POSIX_FADV_SEQUENTIAL);
    bool threaded = pthread_create(&thread, NULL, hasher, &r) == 0;
    copy(&r, threaded, from, to, limit, result);
    if (threaded) {
        pthread_mutex_lock(&r.guard);
        r.ended = true;
        pthread_cond_signal(&r.changed);
        pthread_mutex_unlock(&r.guard);
        pthread_join(thread, NULL);
    }
    hash_finish(r.hash, result->hex);
    for (int i = 0; i < PIECES; i++)
        free(r.bytes[i]);
}
