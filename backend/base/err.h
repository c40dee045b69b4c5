#ifndef TENGIL_BASE_ERR_H
#define TENGIL_BASE_ERR_H

/*
 * How a failure is told. A function that can fail returns 0 or a negative errno and takes a `struct err *` last (it may
 * be NULL). On failure it holds a whole sentence for a person: what happened, why and, where there is one, what to do.
 * On success it is not touched. Library code never prints.
 */

#define ERR_TEXT_MAX 1024

struct err {
    int line;   /* where in a text the cause stands, counted from 1; 0 when it is not about a text */
    int column; /* in characters, counted from 1; 0 when unknown */
    char text[ERR_TEXT_MAX];
};

/* Sets the sentence (cut at ERR_TEXT_MAX, never inside a UTF-8 character) and returns `rc`, so that a caller can
 * `return err_set(err, -EINVAL, ...)`. */
int err_set(struct err *err, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Like err_set, followed by ": " and the words of strerror(-rc). */
int err_sys(struct err *err, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts words in front of a sentence that is already set. Returns `rc`. */
int err_prefix(struct err *err, int rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
