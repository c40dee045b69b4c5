#ifndef TENGIL_HOST_ADDRESS_H
#define TENGIL_HOST_ADDRESS_H

#include "backend/host/host.h"

#include <sys/types.h>

/* Addresses of CTs. Private to host. */

/*
 * The IPv4 address in the text of /proc/PID/net/fib_trie: a `/32 host LOCAL` entry but 127.0.0.1. With several (a CT
 * that runs containers itself has bridges) the one in a network of the interface that holds the default route counts,
 * by the text of /proc/PID/net/route, else the first. NULL when there is none.
 */
char *address_parse_ipv4(const char *fib_trie, const char *route);
/* The first global address in the text of /proc/PID/net/if_inet6. */
char *address_parse_ipv6(const char *if_inet6);

/* Of a process in the CT's network. */
char *address_of_process(const struct root *root, pid_t pid);
/* The static address of net0, without its prefix length: `ip=192.0.2.7/24`, else `ip6=`. NULL: it has none. */
char *address_of_conf(const struct ctconf *conf);

#endif
