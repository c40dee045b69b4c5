#include "backend/host/devices.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALL_MAX   4096
#define PCI_IDS     "/usr/share/misc/pci.ids"
#define PCI_IDS_MAX (16 * 1024 * 1024)
#define GPUS_MAX    256

static const struct vendor {
    const char *id, *word, *name;
} vendors[] = {
    {"8086", "intel", "Intel"},
    {"1002", "amd", "AMD"},
    {"10de", "nvidia", "NVIDIA"},
};

static const struct vendor *find_vendor(const char *id)
{
    for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
        if (strcmp(vendors[i].id, id) == 0)
            return &vendors[i];
    return NULL;
}

/* The last part of the target of a link; NULL when it is none. */
static char *link_name(const struct root *root, const char *folder, const char *name)
{
    struct buf text = BUF_INIT;
    char *path = mem_printf("%s/%s", folder, name), *last = NULL;
    if (root_readlink(root, path, &text) == 0) {
        const char *slash = strrchr(text.s, '/');
        last = mem_strdup(slash ? slash + 1 : text.s);
    }
    if (last && !*last)
        mem_set(&last, NULL);
    free(path);
    buf_clear(&text);
    return last;
}

/* The four digits of a file like `vendor`, which holds "0x8086". */
static void read_id(const struct root *root, const char *folder, const char *name, char id[5])
{
    struct buf text = BUF_INIT;
    char *path = mem_printf("%s/%s", folder, name);
    id[0] = '\0';
    root_read(root, path, SMALL_MAX, &text, NULL);
    if (sscanf(text.s, "0x%4[0-9a-fA-F]", id) != 1)
        id[0] = '\0';
    for (char *p = id; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    free(path);
    buf_clear(&text);
}

/* The line of a vendor (or, one tab in, of a device) ends the search when the next of its level comes. */
static const char *find_id(const char *at, const char *id, bool device, const char **name)
{
    for (; at && *at; at = strchr(at, '\n'), at += at != NULL) {
        const char *p = at + (device && *at == '\t');
        if (device && *at != '\t' && *at != '#' && *at != '\n')
            return NULL;
        if (strncmp(p, id, 4) == 0 && p[4] == ' ' && (device || p == at)) {
            *name = p + 4 + strspn(p + 4, " ");
            return strchr(at, '\n');
        }
    }
    return NULL;
}

char *gpu_name_in_pci_ids(const char *text, const char *vendor, const char *device, char **vendor_name)
{
    const char *name;
    *vendor_name = NULL;
    const char *behind = find_id(text, vendor, false, &name);
    if (!behind)
        return NULL;
    *vendor_name = mem_dup(name, strcspn(name, "\r\n"));
    name = NULL;
    find_id(behind + 1, device, true, &name);
    return name ? mem_dup(name, strcspn(name, "\r\n")) : NULL;
}

/* "AlderLake-S GT1 [UHD Graphics 770]": people know what stands in the brackets. */
static char *short_name(const char *name)
{
    const char *open = strrchr(name, '['), *close = open ? strchr(open, ']') : NULL;
    return close && close > open + 1 ? mem_dup(open + 1, (size_t)(close - open - 1)) : mem_strdup(name);
}

static char *make_name(const char *pci_ids, const char *vendor_id, const char *device_id, const char *physical)
{
    char *vendor_name = NULL, *device = NULL, *name;
    const struct vendor *vendor = find_vendor(vendor_id);
    char *found = *vendor_id && *device_id ? gpu_name_in_pci_ids(pci_ids, vendor_id, device_id, &vendor_name) : NULL;
    const char *maker = vendor ? vendor->name : vendor_name ? vendor_name : "GPU";

    if (found)
        device = short_name(found);
    if (device)
        name = text_starts(device, maker, NULL) ? mem_strdup(device) : mem_printf("%s %s", maker, device);
    else if (*vendor_id && *device_id)
        name = mem_printf("%s %s:%s", maker, vendor_id, device_id);
    else
        name = mem_strdup(maker);
    if (physical) {
        char *whole = mem_printf("%s (virtual function of %s)", name, physical);
        free(name);
        name = whole;
    }
    free(found);
    free(device);
    free(vendor_name);
    return name;
}

static struct gpu *known_gpu(const struct host *host, const char *pci)
{
    for (size_t i = 0; i < host->ngpus; i++)
        if (strcmp(host->gpus[i].pci, pci) == 0)
            return &host->gpus[i];
    return NULL;
}

/* The GPU of a device folder in sysfs, made when it is new; NULL when there are too many. Takes `pci` over. */
static struct gpu *take_gpu(const struct root *root, struct host *host, const char *folder, char *pci,
                            const char *pci_ids)
{
    char vendor_id[5], device_id[5];
    struct gpu *known = known_gpu(host, pci);
    if (known || host->ngpus == GPUS_MAX) {
        free(pci);
        return known;
    }
    read_id(root, folder, "vendor", vendor_id);
    read_id(root, folder, "device", device_id);
    const struct vendor *vendor = find_vendor(vendor_id);
    char *physical = link_name(root, folder, "physfn");
    MEM_GROW(host->gpus, host->ngpus);
    struct gpu *gpu = &host->gpus[host->ngpus++];
    *gpu = (struct gpu){
        .pci = pci,
        .vendor = mem_strdup(vendor ? vendor->word : "other"),
        .driver = link_name(root, folder, "driver"),
        .name = make_name(pci_ids, vendor_id, device_id, physical),
    };
    free(physical);
    return gpu;
}

/* `renderD128`, `card0`: the word and digits, nothing behind (connectors are `card0-HDMI-A-1`). */
static bool is_node(const char *name, const char *word)
{
    const char *digits;
    return text_starts(name, word, &digits) && *digits && strlen(digits) <= 5 &&
           strspn(digits, "0123456789") == strlen(digits);
}

static bool is_pci_address(const char *s)
{
    unsigned domain, bus, slot, function;
    return sscanf(s, "%8x:%2x:%2x.%1x", &domain, &bus, &slot, &function) == 4;
}

static void load_nodes(const struct root *root, struct host *host, const char *word, const char *pci_ids)
{
    struct argv names = ARGV_INIT;
    root_list(root, "/sys/class/drm", &names, NULL);
    for (size_t i = 0; i < names.n; i++) {
        if (!is_node(names.v[i], word))
            continue;
        char *folder = mem_printf("/sys/class/drm/%s", names.v[i]);
        char *pci = link_name(root, folder, "device");
        char *device = mem_printf("%s/device", folder);
        /* A card off the PCI bus may be a plain frame buffer; what renders is a GPU wherever it sits. */
        if (pci && *word == 'c' && !is_pci_address(pci) && !known_gpu(host, pci))
            mem_set(&pci, NULL);
        struct gpu *gpu = pci ? take_gpu(root, host, device, pci, pci_ids) : NULL;
        char **node = !gpu ? NULL : *word == 'r' ? &gpu->render : &gpu->card;
        if (node && !*node)
            *node = mem_printf("/dev/dri/%s", names.v[i]);
        free(folder);
        free(device);
    }
    argv_clear(&names);
}

/* GPUs whose driver gives no node, or that have none (class 03: display controller). */
static void load_pci(const struct root *root, struct host *host, const char *pci_ids)
{
    struct argv names = ARGV_INIT;
    root_list(root, "/sys/bus/pci/devices", &names, NULL);
    for (size_t i = 0; i < names.n; i++) {
        struct buf class = BUF_INIT;
        char *folder = mem_printf("/sys/bus/pci/devices/%s", names.v[i]);
        char *path = mem_printf("%s/class", folder);
        if (root_read(root, path, SMALL_MAX, &class, NULL) == 0 && text_starts(class.s, "0x03", NULL))
            take_gpu(root, host, folder, mem_strdup(names.v[i]), pci_ids);
        free(path);
        free(folder);
        buf_clear(&class);
    }
    argv_clear(&names);
}

static int by_pci(const void *a, const void *b)
{
    return strcmp(((const struct gpu *)a)->pci, ((const struct gpu *)b)->pci);
}

void gpus_load(const struct root *root, struct host *host)
{
    struct buf pci_ids = BUF_INIT;
    if (root_exists(root, "/sys/class/drm") || root_exists(root, "/sys/bus/pci/devices"))
        root_read(root, PCI_IDS, PCI_IDS_MAX, &pci_ids, NULL);
    load_nodes(root, host, "renderD", pci_ids.s);
    load_nodes(root, host, "card", pci_ids.s);
    load_pci(root, host, pci_ids.s);
    buf_clear(&pci_ids);
    if (host->ngpus)
        qsort(host->gpus, host->ngpus, sizeof(host->gpus[0]), by_pci);
}
