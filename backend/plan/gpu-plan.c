#include "backend/plan/create.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

/*
 * A card is chosen by its PCI path or its maker, never by card0 or card1, which change places between boots. The CT
 * gets the render node only: it is what transcoding and computing need; card nodes drive screens.
 */
static const char *shown(const struct gpu *gpu)
{
    return gpu->name ? gpu->name : gpu->pci;
}

static bool matches(const struct gpu *gpu, const struct spec_gpu *wanted)
{
    if (wanted->pci)
        return gpu->pci && strcasecmp(gpu->pci, wanted->pci) == 0;
    if (wanted->type && strcasecmp(wanted->type, "auto") != 0)
        return gpu->vendor && strcasecmp(gpu->vendor, wanted->type) == 0;
    return true;
}

static int none_found(const struct host *host, const struct spec_gpu *wanted, const struct gpu *without,
                      struct err *err)
{
    if (without)
        return err_set(err, -ENOENT,
                       "%s (%s) has no render node in /dev/dri, so no driver for it is at work: load the driver on the "
                       "host, or leave the GPU out.",
                       shown(without), without->pci);
    if (host->ngpus == 0)
        return err_set(err, -ENOENT, "This host has no GPU with a render node. Leave the GPU out.");
    if (wanted->pci)
        return err_set(err, -ENOENT, "This host has no GPU at %s. It has %s at %s.", wanted->pci, shown(&host->gpus[0]),
                       host->gpus[0].pci);
    return err_set(err, -ENOENT, "This host has no GPU of the type %s. It has %s.",
                   wanted->type ? wanted->type : "auto", shown(&host->gpus[0]));
}

int gpu_choose(const struct host *host, const struct spec_gpu *wanted, struct plan *plan, const struct gpu **gpu,
               struct err *err)
{
    const struct gpu *first = NULL, *without = NULL;
    size_t usable = 0;

    for (size_t i = 0; i < host->ngpus; i++) {
        const struct gpu *candidate = &host->gpus[i];
        if (!matches(candidate, wanted))
            continue;
        if (!candidate->render) {
            without = without ? without : candidate;
            continue;
        }
        first = first ? first : candidate;
        usable++;
    }
    if (!first)
        return none_found(host, wanted, without, err);
    if (usable > 1)
        plan_add_note(plan, "%zu GPUs fit; %s at %s is taken, because it is the first. gpu.pci chooses another.",
                      usable, shown(first), first->pci);
    if (first->driver && strcmp(first->driver, "nvidia") == 0)
        plan_add_note(plan,
                      "The driver nvidia wants its own device nodes and libraries in the CT too; this plan passes "
                      "the render node only.");
    *gpu = first;
    return 0;
}
