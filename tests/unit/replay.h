#ifndef TENGIL_TESTS_REPLAY_H
#define TENGIL_TESTS_REPLAY_H

/*
 * Replays what the real tools did (tests/data/records/GROUP.json, in the recorded order) against the built tengil-sim
 * and compares exit, stdout, stderr, conf and files byte for byte. Rows of a group:
 *
 *   argv, out, err      the call and what it printed; `exit` 0 when left out, -1 for "not zero" (codes of plain errors
 *                       are accidents of the real tools), else that code
 *   conf, before, after a CT's conf by VMID: written first when `before` is there (else the state of the row before
 *                       stays), compared afterwards; no `after`: there must be no file
 *   same                the conf of that VMID must stay as it was
 *   path, content       instead of a call: a file's text, null for no file
 *   folder, files       instead of a call: all that lies below a folder
 *   do                  what happens before the call: `confs` {VMID: text}, `volumes` {name: bytes} on the storage
 *                       local, `files` {path: text}, `sizes` {path: bytes of a file of zeros}, `faults` (the file's
 * text), `run` [VMID] and `figures` {…} make CTs running, `hold` [VMID] holds their conf's lock from then on
 *
 * What varies from run to run is masked on both sides, and nothing else: the UUID of a new file system, an address
 * hwaddr=BC:24:11:… that stands neither in the call nor in the conf before, fingerprints of new host keys, tar's rate,
 * the order of base directories and of host keys (hash order). A cut in a record, `…(shortened)…`, stands for anything.
 *
 * tests/data/records/exceptions.json names rows (`GROUP#N`) that differ, with the reason. Such a row has to differ: one
 * that comes out equal fails, so the list can only shrink.
 */
struct replay_group {
    const char *name;
    void (*start)(const char *root); /* builds the host's folder; NULL: an empty one with node pve1 */
};

/* All rows as cmocka tests, named GROUP#N. Returns what cmocka returns. */
int replay_run(const struct replay_group *groups, unsigned n);

/* For `start`: files below the root, folders made. */
void replay_put(const char *root, const char *path, const char *text);
void replay_put_bytes(const char *root, const char *path, const void *bytes, unsigned long len);
/* Node pve1, storages local (all contents), isoonly, tank (disabled), a VM 200, a CT 300 on pve2, user.cfg. */
void replay_host(const char *root);
/* The archives that the records use, in local's template folder (replay-images.c). */
void replay_images(const char *root);

#endif
