#include "tests/e2e/proxy.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What is to be spoiled. Requests run in threads, so all of it stands behind one lock. */

struct rule {
    enum proxy_action action;
    uint64_t number;
    int64_t left; /* -1: always */
    char part[256];
};

static const char *const names[] = {
    [PROXY_SLOW] = "slow",     [PROXY_STALL] = "stall",   [PROXY_CUT] = "cut",   [PROXY_FLIP] = "flip",
    [PROXY_STATUS] = "status", [PROXY_REFUSE] = "refuse", [PROXY_PAGE] = "page", [PROXY_BEARER] = "bearer",
};

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static struct rule *rules;
static size_t nrules;
static unsigned generation;

static bool read_rule(char *line, struct rule *rule)
{
    char *save, *name = strtok_r(line, " ", &save), *number = strtok_r(NULL, " ", &save);
    char *times = strtok_r(NULL, " ", &save), *part = strtok_r(NULL, " ", &save);

    if (!part || strtok_r(NULL, " ", &save) || strlen(part) >= sizeof(rule->part))
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) != 0)
            continue;
        rule->action = (enum proxy_action)i;
        rule->left = -1;
        strncpy(rule->part, strcmp(part, "-") == 0 ? "" : part, sizeof(rule->part) - 1);
        return num_parse_u64(number, &rule->number) &&
               (strcmp(times, "-") == 0 || num_parse(times, 1, 1000000, &rule->left));
    }
    return false;
}

bool rules_set(const char *text)
{
    char *copy = mem_strdup(text), *save;
    struct rule *fresh = NULL;
    size_t n = 0;
    bool good = true;

    for (char *line = strtok_r(copy, "\n", &save); line && good; line = strtok_r(NULL, "\n", &save)) {
        struct rule rule = {0};
        good = read_rule(line, &rule);
        MEM_GROW(fresh, n);
        fresh[n++] = rule;
    }
    free(copy);
    if (!good) {
        free(fresh);
        return false;
    }
    pthread_mutex_lock(&guard);
    free(rules);
    rules = fresh;
    nrules = n;
    generation++;
    pthread_mutex_unlock(&guard);
    return true;
}

bool rules_take(enum proxy_action action, const char *path, uint64_t *number)
{
    bool found = false;

    pthread_mutex_lock(&guard);
    for (size_t i = 0; i < nrules && !found; i++) {
        struct rule *rule = &rules[i];
        if (rule->action != action || rule->left == 0 || !strstr(path, rule->part))
            continue;
        found = true;
        *number = rule->number;
        if (rule->left > 0)
            rule->left--;
    }
    pthread_mutex_unlock(&guard);
    return found;
}

unsigned rules_generation(void)
{
    pthread_mutex_lock(&guard);
    unsigned now = generation;
    pthread_mutex_unlock(&guard);
    return now;
}
