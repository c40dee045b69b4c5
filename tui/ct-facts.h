#ifndef TENGIL_TUI_CT_FACTS_H
#define TENGIL_TUI_CT_FACTS_H

#include "backend/host/host.h"
#include "backend/job/job.h"
#include "tui/facts.h"

/* What the page of a CT says, apart from keys and paint. `opens` of its rows: "image VOLID", "job N", "env". */

/* Processor use since the page was opened, newest last. */
struct ct_history {
    double v[20];
    int n;
};
void ct_history_add(struct ct_history *h, double cpu);

void ct_facts(struct facts *f, const struct host *host, const struct ct *ct, const struct job *jobs, size_t njobs,
              const struct ct_history *history, long long now);
/* The line above the facts: "running 2d 4h   OCI application   unprivileged   starts at boot   tags: web". */
void ct_summary(const struct ct *ct, char *out, size_t size);
/* Its variables, one a line, for reading. */
void ct_environment(const struct ct *ct, struct buf *out);
/* The image in the cache that it was made from; NULL: it is not there. */
const struct image *ct_image(const struct host *host, const struct ct *ct);

#endif
