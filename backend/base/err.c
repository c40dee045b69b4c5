#include "backend/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cutting may have left the first bytes of a character at the end: take them off. */
static void trim_partial_utf8(char *text)
{
    size_t len = strlen(text);
    size_t start = len;

    while (start > 0 && len - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (lead >= 0xC0 && len - (start - 1) < want)
        text[start - 1] = '\0';
}

__attribute__((format(printf, 2, 0))) static void err_vset(struct err *err, const char *fmt, va_list args)
{
    err->line = 0;
    err->column = 0;
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    trim_partial_utf8(err->text);
}

int err_set(struct err *err, int rc, const char *fmt, ...)
{
    if (err) {
        va_list args;
        va_start(args, fmt);
        err_vset(err, fmt, args);
        va_end(args);
    }
    return rc;
}

int err_sys(struct err *err, int rc, const char *fmt, ...)
{
    if (err) {
        char words[128];
        va_list args;
        va_start(args, fmt);
        err_vset(err, fmt, args);
        va_end(args);
        size_t len = strlen(err->text);
        const char *text = strerror_r(-rc, words, sizeof(words));
        snprintf(err->text + len, sizeof(err->text) - len, ": %s", text);
        trim_partial_utf8(err->text);
    }
    return rc;
}

int err_prefix(struct err *err, int rc, const char *fmt, ...)
{
    if (err) {
        char old[ERR_TEXT_MAX];
        va_list args;
        memcpy(old, err->text, sizeof(old));
        va_start(args, fmt);
        int len = vsnprintf(err->text, sizeof(err->text), fmt, args);
        va_end(args);
        if (len >= 0 && (size_t)len < sizeof(err->text))
            snprintf(err->text + len, sizeof(err->text) - (size_t)len, "%s", old);
        trim_partial_utf8(err->text);
    }
    return rc;
}
