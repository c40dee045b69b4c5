#include "backend/sim/sim.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int sim_fail(struct sim *s, const char *fmt, ...)
{
    va_list args;
    buf_reset(&s->error);
    va_start(args, fmt);
    buf_vaddf(&s->error, fmt, args);
    va_end(args);
    return -1;
}

int sim_refuse(struct sim *s, const char *name, const char *fmt, ...)
{
    struct buf text = BUF_INIT;
    va_list args;
    va_start(args, fmt);
    buf_vaddf(&text, fmt, args);
    va_end(args);
    sim_problem(&s->problems, name, "%s", text.s);
    buf_clear(&text);
    return -1;
}

const char *sim_get(const struct sim *s, const char *name)
{
    for (size_t i = 0; i < s->names.n; i++) {
        if (strcmp(s->names.v[i], name) == 0)
            return s->values.v[i];
    }
    return NULL;
}

bool sim_flag(const struct sim *s, const char *name, bool otherwise)
{
    const char *value = sim_get(s, name);
    return value != NULL ? strcmp(value, "1") == 0 : otherwise;
}

long long sim_number(const struct sim *s, const char *name, long long otherwise)
{
    const char *value = sim_get(s, name);
    return value != NULL ? strtoll(value, NULL, 10) : otherwise;
}

void sim_tell(const struct sim *s, struct buf *out)
{
    if (s->problems.names.n > 0) {
        buf_addf(out, "%s\n", s->refusal != NULL ? s->refusal : "400 Parameter verification failed.");
        sim_problems_print(&s->problems, out);
        sim_usage(s, out);
    } else if (s->error.len > 0) {
        buf_add(out, s->error.s, s->error.len);
        if (!buf_ends_with(out, "\n"))
            buf_addch(out, '\n');
    }
}
