#include "tui/log-own.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A log saved to a file: new, for its owner only, written in the pool, gone again when it could not be written whole.
 */

struct saving {
    struct app *app;
    int from, rc;
    char *path;
    int64_t bytes;
};

static int copy_all(struct saving *s, int to)
{
    char piece[65536];
    for (;;) {
        ssize_t n = pread(s->from, piece, sizeof(piece), s->bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        int rc = file_write_all(to, piece, (size_t)n);
        if (rc < 0)
            return rc;
        s->bytes += n;
    }
}

static void save(void *data)
{
    struct saving *s = data;
    int to = open(s->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    s->rc = to < 0 ? -errno : copy_all(s, to);
    if (to >= 0 && close(to) && s->rc == 0)
        s->rc = -errno;
    if (to >= 0 && s->rc < 0)
        unlink(s->path);
}

static void saved(void *data)
{
    struct saving *s = data;
    if (s->rc == -EEXIST)
        app_error(s->app, "%s is there already and was left as it is. Choose another name.", s->path);
    else if (s->rc < 0)
        app_error(s->app, "Could not save the log as %s: %s.", s->path, strerrordesc_np(-s->rc));
    else
        app_say(s->app, "Saved as %s, %lld bytes, for its owner only.", s->path, (long long)s->bytes);
    close(s->from);
    free(s->path);
    free(s);
}

static void save_named(void *data, const char *text, bool accept)
{
    struct log_view *v = data;
    int from = accept && *text ? job_follow_log(v->follow) : -1;
    if (from < 0) {
        if (accept && *text)
            app_error(v->view.app, "There is no log yet.");
        return;
    }
    struct saving *s = mem_zero(1, sizeof(*s));
    *s = (struct saving){.app = v->view.app, .from = from, .path = mem_strdup(text)};
    app_work(v->view.app, save, saved, s);
}

void log_save(struct log_view *v)
{
    const char *home = getenv("HOME");
    char *path = mem_printf("%s/job-%d.log", home && *home ? home : "/root", v->id);
    app_prompt(v->view.app, "Save the log as: ", path, NULL, save_named, v);
    free(path);
}
