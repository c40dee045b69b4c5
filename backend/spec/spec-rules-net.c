/* The rules for addresses; see spec-rules.h. */
#include "backend/spec/spec-rules.h"

#include "backend/base/num.h"
#include "backend/base/text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* An address of either family: `bits` is 32 or 128. */
struct address {
    int family;
    int bits;
    unsigned char bytes[16];
};

static bool parse_address(const char *text, int family, struct address *a)
{
    *a = (struct address){.family = family, .bits = family == AF_INET ? 32 : 128};
    return inet_pton(family, text, a->bytes) == 1;
}

/* "192.168.1.40/24". Proxmox takes prefixes from 8. */
static bool parse_cidr(const char *text, int family, struct address *a, int *prefix)
{
    char host[64];
    int64_t n;
    size_t len = strcspn(text, "/");

    if (len >= sizeof(host) || !text[len])
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    if (!parse_address(host, family, a) || !num_parse(text + len + 1, 8, a->bits, &n))
        return false;
    *prefix = (int)n;
    return true;
}

static bool bit(const struct address *a, int i)
{
    return a->bytes[i / 8] >> (7 - i % 8) & 1;
}

/* True when all bits behind the prefix are `value`. */
static bool rest_is(const struct address *a, int prefix, bool value)
{
    for (int i = prefix; i < a->bits; i++)
        if (bit(a, i) != value)
            return false;
    return true;
}

static bool same_net(const struct address *a, const struct address *b, int prefix)
{
    for (int i = 0; i < prefix; i++)
        if (bit(a, i) != bit(b, i))
            return false;
    return true;
}

/* Text from outside that is short and plain enough to stand in a sentence; else a word for it. */
static const char *word(const char *value)
{
    size_t len = strlen(value);
    return len && len <= 60 && text_is_clean(value, len) ? value : "This";
}

int rule_ip(const char *value, struct err *err)
{
    struct address a;
    int prefix;

    if (strcmp(value, "dhcp") == 0 || strcmp(value, "none") == 0)
        return 0;
    if (parse_address(value, AF_INET, &a))
        return err_set(err, -EINVAL, "%s lacks the size of its net. Write it like %s/24.", value, value);
    if (!parse_cidr(value, AF_INET, &a, &prefix))
        return err_set(err, -EINVAL, "%s is no IPv4 address. Write dhcp, none, or one like 192.168.1.40/24.",
                       word(value));
    if (prefix < 31 && rest_is(&a, prefix, false))
        return err_set(err, -EINVAL, "%s is the net itself, not an address in it.", value);
    if (prefix < 31 && rest_is(&a, prefix, true))
        return err_set(err, -EINVAL, "%s is the broadcast address of its net, not one for a container.", value);
    return 0;
}

int rule_ip6(const char *value, struct err *err)
{
    struct address a;
    int prefix;

    if (strcmp(value, "dhcp") == 0 || strcmp(value, "auto") == 0 || strcmp(value, "none") == 0)
        return 0;
    if (parse_address(value, AF_INET6, &a))
        return err_set(err, -EINVAL, "%s lacks the size of its net. Write it like %s/64.", value, value);
    if (parse_cidr(value, AF_INET6, &a, &prefix))
        return 0;
    return err_set(err, -EINVAL, "%s is no IPv6 address. Write dhcp, auto, none, or one like fd00::40/64.",
                   word(value));
}

int rule_gateway(const char *value, struct err *err)
{
    struct address a;
    if (parse_address(value, AF_INET, &a))
        return 0;
    return err_set(err, -EINVAL, "%s is no IPv4 address. Write one like 192.168.1.1, without a net size.", word(value));
}

int rule_gateway6(const char *value, struct err *err)
{
    struct address a;
    if (parse_address(value, AF_INET6, &a))
        return 0;
    return err_set(err, -EINVAL, "%s is no IPv6 address. Write one like fd00::1, without a net size.", word(value));
}

int rule_gateway_in_net(const char *cidr, const char *gateway, struct err *err)
{
    int family = strchr(cidr, ':') ? AF_INET6 : AF_INET, prefix;
    struct address net, gw;

    if (!parse_cidr(cidr, family, &net, &prefix) || !parse_address(gateway, family, &gw))
        return 0; /* said already, each by its own rule */
    if (memcmp(net.bytes, gw.bytes, sizeof(gw.bytes)) == 0)
        return err_set(err, -EINVAL, "%s is the container's own address, so it cannot be its gateway.", gateway);
    /* A host route (a prefix of full length) has its gateway outside; so may a link-local IPv6 one. */
    if (prefix == net.bits || (family == AF_INET6 && gw.bytes[0] == 0xFE && (gw.bytes[1] & 0xC0) == 0x80))
        return 0;
    if (!same_net(&net, &gw, prefix))
        return err_set(err, -EINVAL, "%s is not in the net of %s, so the container could not reach it.", gateway, cidr);
    return 0;
}

static int check_nameserver(const char *value, struct err *err)
{
    struct address a;
    char host[64];
    size_t len = strcspn(value, "%");

    if (parse_address(value, AF_INET, &a) || parse_address(value, AF_INET6, &a))
        return 0;
    /* A link-local one names its interface: fe80::1%eth0 */
    if (value[len] && len < sizeof(host)) {
        memcpy(host, value, len);
        host[len] = '\0';
        if (text_starts(host, "fe80:", NULL) && parse_address(host, AF_INET6, &a))
            return rule_interface(value + len + 1, err);
    }
    return err_set(err, -EINVAL, "%s is no address of a name server. Write one like 192.168.1.1.", word(value));
}

int rule_nameservers(const char *value, struct err *err)
{
    char copy[512], *save = NULL;
    int rc = 0, n = 0;

    if (strlen(value) >= sizeof(copy))
        return err_set(err, -EINVAL, "More than 500 characters are too many for name servers.");
    memcpy(copy, value, strlen(value) + 1);
    for (char *w = strtok_r(copy, " ,;\t", &save); w && !rc; w = strtok_r(NULL, " ,;\t", &save), n++)
        rc = check_nameserver(w, err);
    return n || rc ? rc : err_set(err, -EINVAL, "Nothing stands here. Leave the field out instead.");
}

int rule_mac(const char *value, struct err *err)
{
    bool good = strlen(value) == 17;
    for (size_t i = 0; good && i < 17; i++)
        good = i % 3 == 2 ? value[i] == ':' : isxdigit((unsigned char)value[i]) != 0;
    if (!good)
        return err_set(err, -EINVAL, "%s is no MAC address. Write one like BC:24:11:0A:1B:2C, or leave it out.",
                       word(value));
    if (strchr("13579bdfBDF", value[1]))
        return err_set(err, -EINVAL, "%s is a group address: the second digit must be even.", value);
    if (strspn(value, "0:") == 17)
        return err_set(err, -EINVAL, "%s is no card's address.", value);
    return 0;
}
