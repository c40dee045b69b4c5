#include "backend/host/address.h"

#include "backend/base/mem.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_MAX      (1024 * 1024)
#define CANDIDATES_MAX 64
#define LOOPBACK       0x7f000001u
#define LINE_MAX_BYTES 512

/* The next line of a text, cut to the buffer; false at its end. */
static bool next_line(const char **at, char *line, size_t size)
{
    if (!*at || !**at)
        return false;
    size_t len = strcspn(*at, "\n");
    size_t kept = len < size ? len : size - 1;
    memcpy(line, *at, kept);
    line[kept] = '\0';
    *at += len + ((*at)[len] == '\n');
    return true;
}

/* A node `|-- 192.0.2.7` is followed by a line for each of its routes. The kernel shows the same trie twice. */
static size_t read_trie(const char *text, uint32_t found[CANDIDATES_MAX])
{
    char line[LINE_MAX_BYTES], address[16] = "", rest[2];
    struct in_addr in;
    size_t n = 0;

    while (n < CANDIDATES_MAX && next_line(&text, line, sizeof(line))) {
        if (sscanf(line, " |-- %15[0-9.]", address) == 1)
            continue;
        if (sscanf(line, " /32 host LOCA%1[L]", rest) != 1 || inet_pton(AF_INET, address, &in) != 1)
            continue;
        uint32_t value = ntohl(in.s_addr);
        bool known = value == LOOPBACK;
        for (size_t i = 0; i < n && !known; i++)
            known = found[i] == value;
        if (!known)
            found[n++] = value;
    }
    return n;
}

struct route {
    char interface[17];
    uint32_t target, gateway, mask;
};

/* Columns: interface, destination, gateway, flags, …, mask, numbers as hex in the machine's byte order. */
static bool read_route(const char *line, struct route *route)
{
    unsigned target, gateway, mask;
    if (sscanf(line, "%16s %8x %8x %*x %*d %*d %*d %8x", route->interface, &target, &gateway, &mask) != 4)
        return false;
    route->target = ntohl(target);
    route->gateway = ntohl(gateway);
    route->mask = ntohl(mask);
    return true;
}

/* The index of the address that lies in a network of the interface with the default route. */
static size_t choose(const uint32_t *found, size_t n, const char *text)
{
    char line[LINE_MAX_BYTES], uplink[17] = "";
    struct route route;

    for (const char *at = text; !*uplink && next_line(&at, line, sizeof(line));)
        if (read_route(line, &route) && route.target == 0 && route.mask == 0)
            memcpy(uplink, route.interface, sizeof(uplink));
    for (const char *at = text; *uplink && next_line(&at, line, sizeof(line));) {
        if (!read_route(line, &route) || strcmp(route.interface, uplink) != 0 || !route.mask || route.gateway)
            continue;
        for (size_t i = 0; i < n; i++)
            if ((found[i] & route.mask) == route.target)
                return i;
    }
    return 0;
}

char *address_parse_ipv4(const char *fib_trie, const char *route)
{
    uint32_t found[CANDIDATES_MAX];
    char text[INET_ADDRSTRLEN];
    size_t n = read_trie(fib_trie, found);

    if (!n)
        return NULL;
    struct in_addr in = {.s_addr = htonl(found[n > 1 && route ? choose(found, n, route) : 0])};
    return mem_strdup(inet_ntop(AF_INET, &in, text, sizeof(text)));
}

/* A line: 32 hex digits, index, prefix length, scope (00: global), flags, interface. */
char *address_parse_ipv6(const char *if_inet6)
{
    char line[LINE_MAX_BYTES], digits[33], interface[17], text[INET6_ADDRSTRLEN];
    unsigned scope;

    while (next_line(&if_inet6, line, sizeof(line))) {
        struct in6_addr in;
        if (sscanf(line, "%32[0-9a-f] %*x %*x %x %*x %16s", digits, &scope, interface) != 3 || scope ||
            strlen(digits) != 32 || strcmp(interface, "lo") == 0)
            continue;
        for (size_t i = 0; i < sizeof(in.s6_addr); i++) {
            char byte[3] = {digits[2 * i], digits[2 * i + 1]};
            in.s6_addr[i] = (uint8_t)strtoul(byte, NULL, 16);
        }
        return mem_strdup(inet_ntop(AF_INET6, &in, text, sizeof(text)));
    }
    return NULL;
}

static int read_table(const struct root *root, pid_t pid, const char *name, struct buf *out)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%ld/net/%s", (long)pid, name);
    buf_reset(out);
    return root_read(root, path, TABLE_MAX, out, NULL);
}

char *address_of_process(const struct root *root, pid_t pid)
{
    struct buf trie = BUF_INIT, more = BUF_INIT;
    uint32_t found[CANDIDATES_MAX];
    char *address = NULL;

    if (read_table(root, pid, "fib_trie", &trie) == 0) {
        if (read_trie(trie.s, found) > 1)
            read_table(root, pid, "route", &more);
        address = address_parse_ipv4(trie.s, more.s);
    }
    if (!address && read_table(root, pid, "if_inet6", &more) == 0)
        address = address_parse_ipv6(more.s);
    buf_clear(&trie);
    buf_clear(&more);
    return address;
}

char *address_of_conf(const struct ctconf *conf)
{
    static const struct {
        const char *key;
        int family;
    } rows[] = {{"ip", AF_INET}, {"ip6", AF_INET6}};
    const char *net = ctconf_get(conf, "net0");

    for (size_t i = 0; net && i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned char binary[sizeof(struct in6_addr)];
        char *address = ctconf_prop(net, rows[i].key, NULL);
        if (address)
            address[strcspn(address, "/")] = '\0';
        /* `dhcp`, `manual` and `auto` are none. */
        if (address && inet_pton(rows[i].family, address, binary) == 1)
            return address;
        free(address);
    }
    return NULL;
}
