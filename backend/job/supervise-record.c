#include "backend/job/supervise.h"

#include "backend/base/file.h"
#include "backend/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The buffers of the supervisor were reserved before step 1; these bounds keep them from growing. */
#define TEXT_MAX   6000
#define REASON_MAX 600 /* bytes of a log line that go into a sentence */
#define TAIL_MAX   16384
/* Lines of one undo. */
#define LEFTOVERS_MAX 16

static char tail[TAIL_MAX + 1];

/* --- JSON without a library ------------------------------------------------------------------------------------- */

/* The text is UTF-8 (it came out of JSON or through text_add_shown). */
static void add_string(struct buf *out, const char *s)
{
    buf_addch(out, '"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            buf_addch(out, '\\');
        if ((unsigned char)*s < 0x20)
            buf_addf(out, "\\u%04x", *s);
        else
            buf_addch(out, *s);
    }
    buf_addch(out, '"');
}

/* --- marks and state -------------------------------------------------------------------------------------------- */

int64_t record_log_size(const struct supervisor *s)
{
    struct stat st;

    return fstat(s->log, &st) ? 0 : st.st_size;
}

int record_mark(struct supervisor *s, const char *event, int step, const struct ended *ended, const char *text)
{
    struct buf *out = &s->line;

    buf_reset(out);
    buf_addf(out, "{\"at\": %lld, \"log\": %lld, \"event\": \"%s\", \"step\": %d", (long long)job_now_ms(),
             (long long)record_log_size(s), event, step);
    if (ended)
        buf_addf(out, ", \"exit\": %d, \"signal\": %d", ended->exit, ended->signal);
    if (text) {
        buf_adds(out, ", \"text\": ");
        add_string(out, text);
    }
    buf_adds(out, "}\n");
    int rc = file_write_all(s->marks, out->s, out->len);
    if (rc == 0 && fdatasync(s->marks))
        rc = -errno;
    return rc;
}

/* New and renamed, synced. base's file_write allocates, so it stands here once more. */
static int write_state(struct supervisor *s)
{
    static const char tmp[] = JOB_STATE ".tmp";
    int fd = openat(s->dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return -errno;
    int rc = file_write_all(fd, s->line.s, s->line.len);
    if (rc == 0 && fsync(fd))
        rc = -errno;
    close(fd);
    if (rc == 0 && renameat(s->dir, tmp, s->dir, JOB_STATE))
        rc = -errno;
    if (rc == 0)
        fsync(s->dir);
    return rc;
}

void record_state(struct supervisor *s, enum job_state state)
{
    struct buf *out = &s->line;

    s->state = state;
    if (job_state_ended(state))
        s->ended = job_now_ms();
    buf_reset(out);
    buf_addf(out, "{\"state\": \"%s\", \"step\": %d, \"began\": %lld, \"ended\": %lld", job_state_name(state), s->step,
             (long long)s->began, (long long)s->ended);
    if (s->text.len) {
        buf_adds(out, ", \"text\": ");
        add_string(out, s->text.s);
    }
    buf_adds(out, "}\n");
    /* A full disk must not stop the work or its undo: the last state that could be written stays, and with the lock
     * free it reads as interrupted. */
    int rc = write_state(s);
    if (rc < 0)
        dprintf(2, "The state %s could not be written: %s.\n", job_state_name(state), strerrordesc_np(-rc));
}

/* --- sentences --------------------------------------------------------------------------------------------------- */

/* A line for people: cleaned, bounded. */
static void add_line(struct supervisor *s, const char *line, size_t len)
{
    if (s->text.len > TEXT_MAX)
        return;
    if (s->text.len)
        buf_addch(&s->text, '\n');
    text_add_shown(&s->text, line, len < REASON_MAX ? len : REASON_MAX);
}

void record_text(struct supervisor *s, const char *fmt, ...)
{
    char line[REASON_MAX];
    va_list args;

    va_start(args, fmt);
    int len = vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    if (len > 0)
        add_line(s, line, strlen(line));
}

/* The end of what the log got since `from`, NUL behind it. */
static size_t read_tail(struct supervisor *s, int64_t from)
{
    int64_t size = record_log_size(s);

    if (size - from > TAIL_MAX)
        from = size - TAIL_MAX;
    ssize_t got = from < size ? pread(s->log, tail, (size_t)(size - from), from) : 0;
    size_t len = got > 0 ? (size_t)got : 0;
    tail[len] = '\0';
    return len;
}

/* The line that ends before `end`, its blanks cut off; *end becomes where it begins. False when there is none. */
static bool line_before(size_t *end, const char **line, size_t *len)
{
    size_t to = *end;

    if (to == 0)
        return false;
    if (tail[to - 1] == '\n')
        to--;
    size_t from = to;
    while (from > 0 && tail[from - 1] != '\n')
        from--;
    *end = from;
    while (to > from && strchr(" \t\r", tail[to - 1]))
        to--;
    while (from < to && (tail[from] == ' ' || tail[from] == '\t'))
        from++;
    *line = tail + from;
    *len = to - from;
    return true;
}

/* The words of skopeo's `time="…" level=fatal msg="…"`, its Go escapes undone in place. NULL when it is none. */
static const char *fatal_words(char *line, size_t *len)
{
    static const char key[] = "level=fatal msg=\"";
    char *from = memmem(line, *len, key, sizeof(key) - 1);

    if (!from)
        return NULL;
    from += sizeof(key) - 1;
    char *to = from, *end = line + *len;
    for (char *p = from; p < end && *p != '"'; p++) {
        bool escaped = *p == '\\' && p + 1 < end;
        if (escaped)
            p++;
        *to++ = escaped && (*p == 'n' || *p == 't' || *p == 'r') ? ' ' : *p;
    }
    *len = (size_t)(to - from);
    return from;
}

/* The last fatal message, or the last line that says something. */
static bool find_reason(struct supervisor *s, int64_t from)
{
    size_t end = read_tail(s, from);
    const char *line, *last = NULL;
    size_t len, last_len = 0;

    while (line_before(&end, &line, &len)) {
        if (len == 0)
            continue;
        if (!last) {
            last = line;
            last_len = len;
        }
        const char *fatal = fatal_words(tail + (line - tail), &len);
        if (fatal) {
            last = fatal;
            last_len = len;
            break;
        }
    }
    buf_reset(&s->words);
    if (last)
        text_add_shown(&s->words, last, last_len < REASON_MAX ? last_len : REASON_MAX);
    return last != NULL;
}

static void add_not_started(struct supervisor *s, const char *tool, int errnum)
{
    static const struct {
        const char *tool, *sentence;
    } known[] = {
        {"skopeo", "skopeo is not installed. Install it: apt install skopeo"},
        {"pct", "pct is not installed: this is not a Proxmox VE host."},
        {"pveam", "pveam is not installed: this is not a Proxmox VE host."},
        {"pvesm", "pvesm is not installed: this is not a Proxmox VE host."},
    };

    for (size_t i = 0; errnum == ENOENT && i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(tool, known[i].tool) == 0) {
            record_text(s, "%s", known[i].sentence);
            return;
        }
    }
    if (errnum == ENOENT)
        record_text(s, "%s is not installed.", tool);
    else
        record_text(s, "%s could not be started: %s.", tool, strerrordesc_np(errnum));
}

void record_reason(struct supervisor *s, int step, const struct ended *ended, int64_t from)
{
    const struct plan_step *p = &s->plan->steps[step];
    bool said = find_reason(s, from);

    if (ended->exec)
        add_not_started(s, p->argv.v[0], ended->exec);
    else if (ended->signal)
        record_text(s, "%s: ended by signal %d (%s)%s%s", p->title, ended->signal, sigdescr_np(ended->signal),
                    said ? ": " : ".", s->words.s);
    else if (said)
        record_text(s, "%s: %s", p->title, s->words.s);
    else
        record_text(s, "%s: failed with exit code %d and said nothing.", p->title, ended->exit);
}

bool record_leftovers(struct supervisor *s, int64_t from)
{
    const char *end = tail + read_tail(s, from), *line = tail, *next;
    bool left = false;

    for (int told = 0; line < end && told < LEFTOVERS_MAX; line = next + 1) {
        next = memchr(line, '\n', (size_t)(end - line));
        if (!next)
            next = end;
        bool is_left = text_starts(line, "left: ", NULL);
        if (!is_left && !text_starts(line, "kept: ", NULL))
            continue;
        left |= is_left;
        told++;
        add_line(s, line, (size_t)(next - line));
    }
    return left;
}
