#include "backend/plan/create.h"

#include "backend/spec/spec-fields.h"

/*
 * Host folders. pct set takes a folder that is missing, and an unprivileged CT sees files of other owners as nobody's:
 * both are noticed here, as far as somebody looked at the folder.
 */
#define SHIFT       100000u /* uid 0 of an unprivileged CT (/etc/subuid of a Proxmox host: root:100000:65536) */
#define SHIFT_COUNT 65536u

static void folder_problem(const struct spec_mount *mount, size_t index, const char *what,
                           struct spec_problems *problems)
{
    struct buf field = BUF_INIT;

    spec_mount_field(index, &field);
    buf_adds(&field, ".source");
    spec_problems_add(problems, mount->line, 0, field.s, "%s %s", mount->source, what);
    buf_clear(&field);
}

/* What the bits for everyone allow, which is what is left to nobody. */
static const char *left_to_nobody(unsigned mode)
{
    if ((mode & 5) != 5)
        return "can do nothing there";
    return mode & 2 ? "can read and write there, as everyone may" : "can read there, as everyone may, and not write";
}

static void note_owner(struct plan *plan, const struct host_folder *folder)
{
    if (folder->uid - SHIFT < SHIFT_COUNT)
        return;
    plan_add_note(
        plan,
        "%s belongs to uid %u, which is nobody in an unprivileged CT: the CT %s. `chown %u` gives a folder to "
        "the root of the CT.",
        folder->path, folder->uid, left_to_nobody(folder->mode), SHIFT);
}

void check_folder(const struct host *host, const struct spec_mount *mount, size_t index, bool unprivileged,
                  struct plan *plan, struct spec_problems *problems)
{
    const struct host_folder *folder = host_folder(host, mount->source);

    if (!folder) {
        plan_add_note(
            plan,
            "Whether the host folder %s is there is not known: pct takes one that is missing, and the CT then "
            "does not start.",
            mount->source);
        if (unprivileged)
            plan_add_note(plan,
                          "The CT is unprivileged: its root is uid %u on the host, and files in %s that belong to "
                          "lower uids look like nobody's.",
                          SHIFT, mount->source);
    } else if (!folder->exists) {
        folder_problem(mount, index, "does not exist on the host. Make the folder first, or correct the path.",
                       problems);
    } else if (!folder->is_folder) {
        folder_problem(mount, index, "is no folder. Only folders of the host can be mounted.", problems);
    } else if (unprivileged) {
        note_owner(plan, folder);
    }
}

void note_snapshots(struct plan *plan)
{
    plan_add_note(plan, "A host folder is mounted: snapshots of this CT are then not possible. Backups are.");
}
