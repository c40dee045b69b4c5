#ifndef TENGIL_BASE_FILE_H
#define TENGIL_BASE_FILE_H

#include "backend/base/argv.h"
#include "backend/base/buf.h"
#include "backend/base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Files, whole: read with a cap, written new and renamed. `dir` is a directory handle or AT_FDCWD; `path` is taken
 * below it. For files of the host use host/root.h, which cannot leave the host's folder.
 */

/* Adds the file to `out`. -EFBIG when it is over `max` bytes (`out` is then as before); a file whose size is unknown
 * (procfs) is read to its end. */
int file_read(int dir, const char *path, size_t max, struct buf *out, struct err *err);
int file_read_fd(int fd, size_t max, struct buf *out);

/*
 * Writes the file so that a reader sees the old one or the whole new one, and a crash leaves one of both: a temporary
 * name beside it (`.NAME.tmp.PID`), fsync, rename, fsync of the folder. `mode` is set whatever the umask is.
 */
int file_write(int dir, const char *path, mode_t mode, const void *bytes, size_t len, struct err *err);

/* write(2) until all of it is written. */
int file_write_all(int fd, const void *bytes, size_t len);

/* Makes the folder and those above it. Existing ones stay as they are. */
int file_make_dirs(int dir, const char *path, mode_t mode, struct err *err);

/* Names in a folder, sorted by bytes, without `.` and `..`. A missing folder is -ENOENT. */
int file_list(int dir, const char *path, struct argv *names, struct err *err);

/* Removes a file or a folder with all that it holds, never following links, never leaving the file system's folder.
 * A thing that is not there is no error. */
int file_remove_tree(int dir, const char *path, struct err *err);

#endif
