#include "backend/host/host.h"

#include "backend/base/mem.h"

#include <string.h>
#include <sys/stat.h>

void host_look_at(struct host *host, const struct root *root, const char *path)
{
    struct stat st = {0};

    if (host_folder(host, path))
        return;
    int rc = root_stat(root, path, &st);
    MEM_GROW(host->folders, host->nfolders);
    host->folders[host->nfolders++] = (struct host_folder){
        .path = mem_strdup(path),
        .exists = rc == 0,
        .is_folder = rc == 0 && S_ISDIR(st.st_mode),
        .uid = st.st_uid,
        .gid = st.st_gid,
        .mode = st.st_mode & 07777,
    };
}

const struct host_folder *host_folder(const struct host *host, const char *path)
{
    for (size_t i = 0; i < host->nfolders; i++)
        if (strcmp(host->folders[i].path, path) == 0)
            return &host->folders[i];
    return NULL;
}
