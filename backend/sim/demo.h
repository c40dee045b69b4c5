#ifndef TENGIL_SIM_DEMO_H
#define TENGIL_SIM_DEMO_H

#include "backend/base/err.h"

/*
 * The demo's folder: a simulated host, the tools that work on it, and what tengil-tui needs to take it for its own.
 *
 *   DIR/.tengil-demo   says that it is one
 *   DIR/root/          the host (TENGIL_ROOT)      DIR/bin/     pct, pveam, pvesm, pveversion: first on PATH
 *   DIR/state/         TENGIL_STATE_DIR            DIR/cache/   TENGIL_CACHE_DIR
 *   DIR/config.yaml    TENGIL_CONFIG: names the registry as the mirror of docker.io and ghcr.io
 *   DIR/lock           flock LOCK_SH by whoever uses it; the registry ends when nobody does
 *   DIR/registry/      its images      DIR/registry.{port,lock,log}
 *   DIR/root/.sim/     what the simulated tools know beside the host's files: pace, faults, space
 */
#define DEMO_STAMP         ".tengil-demo"
#define DEMO_MAKING        ".tengil-making"
#define DEMO_LOCK          "lock"
#define DEMO_PORT          "registry.port"
#define DEMO_REGISTRY_LOCK "registry.lock"

/* `tengil-sim init DIR [--empty]`: makes the folder. One that is a demo already is left as it is; another one that is
 * not empty is refused. With --empty there are no CTs, images and jobs, and nothing takes believable time. Exit code.
 */
int sim_init(int argc, char **argv);

/* `tengil-sim registry DIR`: the registry of the demo. Returns 0 when it listens, also when it did so before. Whoever
 * calls holds DIR/lock (LOCK_SH) already. Exit code. */
int sim_registry(int argc, char **argv);

/* Writes DIR/config.yaml for a registry at this port. `dir` is a handle of DIR. */
int sim_demo_write_config(int dir, int port, struct err *err);
/* Listens on loopback: at `port`, 0 for any free one. The socket (close-on-exec), or a negative errno. */
int sim_demo_listen(int *port);

#endif
