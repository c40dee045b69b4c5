#include "tui/demo.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/base/spawn.h"
#include "backend/base/text.h"
#include "backend/job/job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static void set_place(const char *variable, const char *dir, const char *name)
{
    char *path = mem_printf("%s/%s", dir, name);
    setenv(variable, path, 1);
    free(path);
}

static void set_places(const char *dir)
{
    const char *path = getenv("PATH");
    char *with_bin = mem_printf("%s/bin:%s", dir, path && *path ? path : "/usr/sbin:/usr/bin:/sbin:/bin");
    setenv("PATH", with_bin, 1);
    free(with_bin);
    set_place("TENGIL_ROOT", dir, "root");
    set_place("TENGIL_STATE_DIR", dir, "state");
    set_place("TENGIL_CACHE_DIR", dir, "cache");
    set_place("TENGIL_CONFIG", dir, "config.yaml");
}

static int run_sim(const char *command, const char *dir, struct err *err)
{
    struct argv argv = ARGV_INIT;
    struct spawn_result result = SPAWN_RESULT_INIT;
    argv_pushf(&argv, "%s/tengil-sim", places_libexec());
    argv_push_all(&argv, command, dir, (char *)NULL);
    int rc = spawn_capture(&argv, 65536, 120000, &result, err);
    if (!rc && result.exit != 0) {
        struct buf words = BUF_INIT;
        text_add_shown(&words, text_trim(result.errs.s), strlen(text_trim(result.errs.s)));
        rc = err_set(err, -EIO, "The simulated host could not be made ready: %s", words.s);
        buf_clear(&words);
    }
    spawn_result_clear(&result);
    argv_clear(&argv);
    return rc;
}

int demo_open(struct demo *demo, const char *dir, struct err *err)
{
    char template[] = "/tmp/tengil-demo-XXXXXX";
    demo->temporary = !dir;
    demo->lock = -1;
    if (!dir && !(dir = mkdtemp(template)))
        return err_sys(err, -errno, "Could not make a temporary folder");
    int rc = run_sim("init", dir, err);
    if (rc)
        return rc;
    demo->dir = realpath(dir, NULL);
    if (!demo->dir)
        return err_sys(err, -errno, "Could not open %s", dir);
    char *lock = mem_printf("%s/lock", demo->dir);
    demo->lock = open(lock, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    free(lock);
    if (demo->lock < 0 || flock(demo->lock, LOCK_SH))
        return err_sys(err, -errno, "Could not lock %s", demo->dir);
    set_places(demo->dir);
    return run_sim("registry", demo->dir, err);
}

static bool a_job_runs(void)
{
    struct job *jobs;
    size_t n, running = 0;
    if (job_list(&jobs, &n, NULL, NULL))
        return false;
    for (size_t i = 0; i < n; i++)
        running += jobs[i].supervisor > 0;
    job_list_free(jobs, n);
    return running > 0;
}

void demo_close(struct demo *demo)
{
    if (demo->temporary && demo->dir && !a_job_runs())
        file_remove_tree(AT_FDCWD, demo->dir, NULL);
    if (demo->lock >= 0)
        close(demo->lock);
    free(demo->dir);
    *demo = (struct demo){.lock = -1};
}
