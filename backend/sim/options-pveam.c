/* What pveam takes, command by command, as recorded from pve-manager 9.2.11. A command without `run` is not simulated.
 */
#include "backend/sim/pveam.h"

#include <stddef.h>

static const struct sim_option available_options[] = {
    {.name = "section", .type = SIM_STRING, .values = "system, mail, turnkeylinux"},
    {0},
};

static const struct sim_option download_args[] = {
    {.name = "storage", .type = SIM_STRING, .required = true, .format = "pve-storage-id"},
    {.name = "template", .type = SIM_STRING, .required = true, .max_length = 255},
    {0},
};

static const struct sim_option list_args[] = {
    {.name = "storage", .type = SIM_STRING, .required = true, .format = "pve-storage-id"},
    {0},
};

static const struct sim_option remove_args[] = {
    {.name = "template_path", .type = SIM_STRING, .required = true, .max_length = 255},
    {0},
};

const struct sim_command sim_pveam_commands[] = {
    {.name = "download", .args = download_args, .run = pveam_download, .gap = true},
    {.name = "available", .options = available_options, .run = pveam_available},
    {.name = "list", .args = list_args, .run = pveam_list},
    {.name = "remove", .args = remove_args, .run = pveam_remove},
    {.name = "update", .run = pveam_update},
    {0},
};
