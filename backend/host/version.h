#ifndef TENGIL_HOST_VERSION_H
#define TENGIL_HOST_VERSION_H

#include "backend/host/host.h"

/* Versions, as `pveversion -v` lists them: `package: version …` lines. Private to host. */
void version_parse(const char *text, struct host *host);
void version_load(struct host *host);
/* The machine's architecture in Debian's words: "amd64". */
char *version_arch(void);

#endif
