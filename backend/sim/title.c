#include "backend/sim/title.h"

#include "backend/base/argv.h"

#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static char *area;
static size_t area_len;

/* The area goes on as long as the next string begins where the last one ended. */
static void extend(char *s)
{
    if (s == area + area_len)
        area_len += strlen(s) + 1;
}

void sim_title_init(int argc, char **argv)
{
    struct argv env = ARGV_INIT;
    area = argc > 0 ? argv[0] : NULL;
    for (int i = 0; i < argc; i++)
        extend(argv[i]);
    for (char **e = environ; *e != NULL; e++) {
        extend(*e);
        argv_push(&env, *e);
    }
    if (env.v != NULL)
        environ = env.v;
}

void sim_title_set(const char *title)
{
    size_t len = strlen(title);
    if (area_len == 0)
        return;
    if (len >= area_len)
        len = area_len - 1;
    memset(area, 0, area_len);
    memcpy(area, title, len);
    prctl(PR_SET_NAME, title);
}
