#ifndef TENGIL_SPEC_SPEC_RULES_H
#define TENGIL_SPEC_SPEC_RULES_H

#include "backend/base/err.h"

/*
 * What one value may look like, as Proxmox's tools take it (schema of pct 6.1.10, PVE::JSONSchema). Each gives 0 or
 * -EINVAL and a sentence that says what is wrong and what to write, without naming the field.
 */
int rule_hostname(const char *value, struct err *err);    /* DNS labels of up to 63, 253 in all */
int rule_dns_list(const char *value, struct err *err);    /* one or more, with blanks or commas between */
int rule_nameservers(const char *value, struct err *err); /* addresses, with blanks or commas between */
int rule_storage(const char *value, struct err *err);     /* a storage id */
int rule_pool(const char *value, struct err *err);        /* a pool id, up to three levels */
int rule_tag(const char *value, struct err *err);         /* one tag */
int rule_interface(const char *value, struct err *err);   /* a bridge, or a network's name in the CT */
int rule_template(const char *value, struct err *err);    /* STORAGE:vztmpl/FILE, or FILE */
int rule_timezone(const char *value, struct err *err);
int rule_description(const char *value, struct err *err);
int rule_mac(const char *value, struct err *err); /* of one station */
int rule_ip(const char *value, struct err *err);  /* dhcp, none, or address and prefix */
int rule_ip6(const char *value, struct err *err); /* also auto */
int rule_gateway(const char *value, struct err *err);
int rule_gateway6(const char *value, struct err *err);
int rule_pci(const char *value, struct err *err);
int rule_host_folder(const char *value, struct err *err); /* the source of a mount */
int rule_target(const char *value, struct err *err);      /* where a mount stands in the CT */
int rule_env_name(const char *value, struct err *err);
int rule_env_value(const char *value, struct err *err);
int rule_env_file(const char *value, struct err *err);

/* True when `gateway` lies in the net of `cidr` (both checked), or when a prefix of full length makes that moot. */
int rule_gateway_in_net(const char *cidr, const char *gateway, struct err *err);

#endif
