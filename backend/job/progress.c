#include "backend/job/job.h"

#include "backend/base/mem.h"
#include "backend/base/places.h"
#include "backend/base/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A hostile folder must not hold the caller up. */
#define ENTRIES_MAX 20000
#define DEPTH_MAX   4

/* Bytes of the regular files below a folder that were written at `since` (Unix seconds) or later. Takes over `fd`. */
static uint64_t bytes_below(int fd, int64_t since, int depth, int *entries)
{
    DIR *dir = fdopendir(fd);
    uint64_t sum = 0;

    if (!dir) {
        close(fd);
        return 0;
    }
    for (struct dirent *e; *entries < ENTRIES_MAX && (e = readdir(dir)); ++*entries) {
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW))
            continue;
        if (S_ISREG(st.st_mode) && st.st_mtime >= since)
            sum += (uint64_t)st.st_size;
        int below = S_ISDIR(st.st_mode) && depth < DEPTH_MAX
                        ? openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                        : -1;
        if (below >= 0)
            sum += bytes_below(below, since, depth + 1, entries);
    }
    closedir(dir);
    return sum;
}

static uint64_t bytes_in(const char *path, int64_t since)
{
    int entries = 0;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd < 0 ? 0 : bytes_below(fd, since, 0, &entries);
}

/* When the folder of a pull was made, which is when the step began; 0 when the file system does not say. */
static int64_t birth(const char *path)
{
    struct statx sx;

    if (statx(AT_FDCWD, path, 0, STATX_BTIME, &sx) || !(sx.stx_mask & STATX_BTIME))
        return 0;
    return sx.stx_btime.tv_sec;
}

uint64_t job_progress(const struct plan_step *step)
{
    if (!step->progress_dir)
        return HOST_UNKNOWN;
    uint64_t sum = bytes_in(step->progress_dir, 0);
    char *pulls = mem_printf("%s/pull/", places_cache());
    int64_t since = birth(step->progress_dir);

    /* Blobs that are finished lie with all others. Before the folder is there, none of them is of this pull. */
    if (text_starts(step->progress_dir, pulls, NULL) && since > 0) {
        char *blobs = mem_printf("%s/blobs/sha256", places_cache());
        sum += bytes_in(blobs, since);
        free(blobs);
    }
    free(pulls);
    return step->progress_total && sum > step->progress_total ? step->progress_total : sum;
}
