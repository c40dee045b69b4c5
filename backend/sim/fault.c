#include "backend/sim/fault.h"

#include "backend/base/mem.h"
#include "backend/sim/state.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

volatile int sim_interrupted;

int sim_check_interrupt(struct sim *s)
{
    return sim_interrupted ? sim_fail(s, "received interrupt\n") : 0;
}

static const char *const moments[] = {
    [SIM_BEFORE] = "before", [SIM_EARLY] = "early", [SIM_DURING] = "during", [SIM_AFTER] = "after"};

static bool line_applies(const struct sim *s, const struct argv *words, enum sim_moment moment)
{
    return words->n >= 4 && strcmp(words->v[0], s->tool) == 0 && strcmp(words->v[1], s->command->name) == 0 &&
           strcmp(words->v[2], moments[moment]) == 0;
}

/* Finds the action that applies now; the file without a line that was for once stays in `left`. */
static char *find_action(const struct sim *s, char *text, enum sim_moment moment, struct buf *left)
{
    char *action = NULL, *line;
    while ((line = strsep(&text, "\n")) != NULL) {
        struct argv words = ARGV_INIT;
        sim_split(line, &words);
        bool hit = action == NULL && line_applies(s, &words, moment);
        if (hit)
            action = words.v[3];
        if (!hit || words.n < 5 || strcmp(words.v[4], "once") != 0)
            buf_addf(left, "%s%s", line, text != NULL ? "\n" : "");
    }
    return action;
}

static int act(struct sim *s, const char *action, enum sim_moment moment)
{
    char *line = mem_printf("%s %s %s %s\n", s->tool, s->command->name, moments[moment], action);
    sim_append(s, ".sim/faulted", line);
    free(line);
    if (strcmp(action, "kill") == 0)
        raise(SIGKILL);
    if (strcmp(action, "term") == 0)
        raise(SIGTERM);
    while (strcmp(action, "hang") == 0 && !sim_interrupted)
        nanosleep(&(struct timespec){.tv_nsec = 50 * 1000 * 1000}, NULL);
    if (sim_interrupted)
        return sim_check_interrupt(s);
    return sim_fail(s, "failed as asked for, %s the effect\n", moments[moment]);
}

int sim_fault(struct sim *s, enum sim_moment moment)
{
    struct buf text = BUF_INIT, left = BUF_INIT;
    if (!sim_exists(s, ".sim/faults"))
        return 0;
    int lock = sim_open(s, ".sim/faults.lock", O_RDWR | O_CREAT, 0600);
    if (lock >= 0)
        flock(lock, LOCK_EX);
    sim_read(s, ".sim/faults", &text);
    size_t before = text.len;
    char *action = find_action(s, text.s, moment, &left);
    if (action != NULL && left.len < before)
        sim_write(s, ".sim/faults", 0644, left.s, left.len);
    if (lock >= 0)
        close(lock);
    buf_clear(&left);
    return action != NULL ? act(s, action, moment) : 0;
}

int sim_pass(struct sim *s, double seconds)
{
    struct buf text = BUF_INIT;
    if (sim_read(s, ".sim/pace", &text) == 0)
        seconds *= strtod(text.s, NULL);
    else
        seconds = 0;
    buf_clear(&text);
    struct timespec pause = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    if (seconds > 0 && !sim_interrupted)
        nanosleep(&pause, NULL);
    return sim_check_interrupt(s);
}
