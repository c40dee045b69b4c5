#include "tui/app-jobs.h"

#include "backend/base/buf.h"
#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/places.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define READ_MAX (1 << 20)

static char *path_of(void)
{
    return mem_printf("%s/read", places_state());
}

int *jobs_read_load(size_t *n)
{
    struct buf text = BUF_INIT;
    char *path = path_of();
    int *jobs = NULL;
    *n = 0;
    file_read(AT_FDCWD, path, READ_MAX, &text, NULL);
    for (char *at = text.s, *end; *at; at = end) {
        long job = strtol(at, &end, 10);
        if (end == at)
            break;
        if (job <= 0 || job > INT_MAX)
            continue;
        MEM_GROW(jobs, *n);
        jobs[(*n)++] = (int)job;
    }
    buf_clear(&text);
    free(path);
    return jobs;
}

void jobs_read_add(int job)
{
    char line[24], *path = path_of();
    int len = snprintf(line, sizeof(line), "%d\n", job);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    free(path);
    if (fd < 0)
        return;
    file_write_all(fd, line, (size_t)len);
    close(fd);
}
