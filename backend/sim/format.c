/* The named formats of Proxmox's parameters, each with the words that refuse a value. */
#include "backend/base/num.h"
#include "backend/sim/options.h"

#include <arpa/inet.h>
#include <regex.h>
#include <string.h>
#include <strings.h>

static bool matches(const char *pattern, const char *value)
{
    regex_t re;
    if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB | REG_ICASE) != 0)
        return false;
    bool ok = regexec(&re, value, 0, NULL, 0) == 0;
    regfree(&re);
    return ok;
}

static bool is_ip(const char *value, int family)
{
    unsigned char bytes[16];
    return inet_pton(family, value, bytes) == 1;
}

static bool ipv4(const char *v)
{
    return is_ip(v, AF_INET);
}

static bool ipv6(const char *v)
{
    return is_ip(v, AF_INET6);
}

/* A nameserver: an address, IPv6 link-local ones with their interface. */
static bool ip_any(const char *v)
{
    char head[64];
    const char *zone = strchr(v, '%');
    if (zone == NULL)
        return ipv4(v) || ipv6(v);
    size_t n = (size_t)(zone - v);
    if (n >= sizeof(head) || !matches("^%[a-z][a-z0-9_.-]*$", zone))
        return false;
    memcpy(head, v, n);
    head[n] = '\0';
    return ipv6(head) && matches("^fe80:", head);
}

static bool cidr(const char *v, int family, int max)
{
    char head[64];
    const char *slash = strchr(v, '/');
    int64_t bits;
    if (slash == NULL || (size_t)(slash - v) >= sizeof(head) || !num_parse(slash + 1, 8, max, &bits))
        return false;
    memcpy(head, v, (size_t)(slash - v));
    head[slash - v] = '\0';
    return is_ip(head, family);
}

static bool ipv4_config(const char *v)
{
    return strcmp(v, "dhcp") == 0 || strcmp(v, "manual") == 0 || cidr(v, AF_INET, 32);
}

static bool ipv6_config(const char *v)
{
    return strcmp(v, "auto") == 0 || strcmp(v, "dhcp") == 0 || strcmp(v, "manual") == 0 || cidr(v, AF_INET6, 128);
}

static bool has_dots(const char *v)
{
    return matches("/\\.\\.?(/|$)", v);
}

static bool mp_string(const char *v)
{
    return !has_dots(v);
}

static bool dev_string(const char *v)
{
    return strncmp(v, "/dev/", 5) == 0 && !has_dots(v);
}

/* The real tool asks the host's list of zones; the areas of that list are enough to tell a zone from a typing error. */
#define ZONES                                                                                                          \
    "^(host|UTC|(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)"                      \
    "(/[A-Za-z0-9_+-]+)+)$"
#define NAME      "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
#define STARTUP   "(order=)?[0-9]+|(up|down)=[0-9]+"
#define CONTENTS  "^(images|rootdir|vztmpl|iso|backup|snippets|import|none)$"
#define STORAGEID "[a-z][a-z0-9._-]*[a-z0-9]"

/* A format is a pattern (without regard to case) or a function; `why` may hold one %s for the value. */
static const struct {
    const char *name, *pattern;
    bool (*check)(const char *value);
    const char *why;
} formats[] = {
    {.name = "dns-name", .pattern = "^(" NAME "\\.)*" NAME "$", .why = "value does not look like a valid DNS name"},
    {.name = "disk-size",
     .pattern = "^[0-9]+(\\.[0-9]+)?[KMGT]?$",
     .why = "value does not look like a valid disk size: %s"},
    {.name = "ipv4", .check = ipv4, .why = "value does not look like a valid IPv4 address"},
    {.name = "ipv6", .check = ipv6, .why = "value does not look like a valid IPv6 address"},
    {.name = "lxc-ip-with-ll-iface", .check = ip_any, .why = "value does not look like a valid IP address"},
    {.name = "mac-addr",
     .pattern = "^[a-f0-9][02468ace](:[a-f0-9]{2}){5}$",
     .why = "value does not look like a valid unicast MAC address"},
    {.name = "pve-configid", .pattern = "^[a-z][a-z0-9_-]+$", .why = "invalid configuration ID '%s'"},
    {.name = "pve-ct-timezone", .pattern = ZONES, .why = "invalid time zone '%s'"},
    {.name = "pve-ipv4-config",
     .check = ipv4_config,
     .why = "value does not look like a valid ipv4 network configuration"},
    {.name = "pve-ipv6-config",
     .check = ipv6_config,
     .why = "value does not look like a valid ipv6 network configuration"},
    {.name = "pve-lxc-dev-string", .check = dev_string, .why = "%s is not a valid device path"},
    {.name = "pve-lxc-mp-string", .check = mp_string, .why = "%s contains illegal character sequences"},
    {.name = "pve-node", .pattern = "^" NAME "$", .why = "value does not look like a valid node name"},
    {.name = "pve-poolid", .pattern = "^[a-z0-9._/-]+$", .why = "value does not look like a valid pool name"},
    {.name = "pve-startup-order",
     .pattern = "^(" STARTUP ")(,(" STARTUP "))*$",
     .why = "unable to parse startup options"},
    {.name = "pve-storage-content", .pattern = CONTENTS, .why = "invalid content type '%s'"},
    {.name = "pve-storage-id", .pattern = "^" STORAGEID "$", .why = "storage ID '%s' contains illegal characters"},
    {.name = "pve-tag", .pattern = "^[a-z0-9_][a-z0-9_+.-]*$", .why = "invalid characters in tag"},
    {.name = "pve-vmid", .pattern = "^[1-9][0-9]{2,8}$", .why = "value does not look like a valid VM ID"},
    {.name = "pve-volume-id", .pattern = "^" STORAGEID ":.+$", .why = "unable to parse volume ID '%s'"},
};

static bool check_one(const char *format, size_t len, const char *value, struct buf *why)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (strlen(formats[i].name) != len || memcmp(formats[i].name, format, len) != 0)
            continue;
        if (formats[i].check != NULL ? formats[i].check(value) : matches(formats[i].pattern, value))
            return true;
        const char *hole = strstr(formats[i].why, "%s");
        if (hole == NULL) {
            buf_addf(why, "%s\n", formats[i].why);
        } else {
            buf_add(why, formats[i].why, (size_t)(hole - formats[i].why));
            buf_addf(why, "%s%s\n", value, hole + 2);
        }
        return false;
    }
    return true;
}

bool sim_format_check(const char *format, const char *value, struct buf *why)
{
    size_t len = strlen(format);
    if (len <= 5 || strcmp(format + len - 5, "-list") != 0)
        return check_one(format, len, value, why);
    struct argv items = ARGV_INIT;
    sim_split(value, &items);
    bool ok = true;
    for (size_t i = 0; i < items.n && ok; i++)
        ok = check_one(format, len - 5, items.v[i], why);
    argv_clear(&items);
    return ok;
}
