#include "tui/cli.h"

#include "backend/base/num.h"
#include "backend/base/text.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int cli_say(int code, const char *fmt, ...)
{
    struct buf raw = BUF_INIT, shown = BUF_INIT;
    va_list args;
    va_start(args, fmt);
    buf_vaddf(&raw, fmt, args);
    va_end(args);
    text_add_shown(&shown, raw.s, raw.len);
    fflush(stdout); /* what was printed before comes before */
    fprintf(stderr, "tengil-tui: %s\n", shown.s);
    buf_clear(&raw);
    buf_clear(&shown);
    return code;
}

int cli_host(struct cli *cli, unsigned parts, struct host **host)
{
    struct err err = {0};
    if (host_load(&cli->root, parts, host, &err))
        return cli_say(CLI_FAILED, "%s", err.text);
    if ((parts & HOST_VERSION) && !(*host)->pve_version) {
        host_free(*host);
        *host = NULL;
        return cli_say(CLI_LACKS,
                       "This is not a Proxmox VE host: pveversion gave no version. Run it on the host itself, or "
                       "try it with tengil-tui --demo.");
    }
    return 0;
}

bool cli_number(const char *text, const char *what, int *number)
{
    int64_t n;
    if (!num_parse(text, 1, 999999999, &n)) {
        cli_say(CLI_USAGE, "%s is not a %s: a whole number is wanted.", text, what);
        return false;
    }
    *number = (int)n;
    return true;
}

int cli_print_json(json_t *json)
{
    int rc = json_dumpf(json, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
    putchar('\n');
    json_decref(json);
    return rc ? CLI_FAILED : CLI_DONE;
}
