#include "backend/registry/skopeo.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *proxmox, *image;
} archs[] = {{"i386", "386"}, {"armhf", "arm"}};

const char *skopeo_arch(const char *arch)
{
    for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
        if (strcmp(arch, archs[i].proxmox) == 0)
            return archs[i].image;
    return arch;
}

const char *skopeo_arch_back(const char *arch)
{
    for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
        if (strcmp(arch, archs[i].image) == 0)
            return archs[i].proxmox;
    return arch;
}

void skopeo_argv_common(struct argv *argv, const char *command, const struct imageref *ref, const char *arch,
                        const struct settings *settings)
{
    const struct settings_registry *registry = settings_registry(settings, ref->registry);
    char *conf = settings_registries_conf_path(settings);
    bool copy = strcmp(command, "copy") == 0;

    argv_push(argv, "skopeo");
    if (conf)
        argv_push_all(argv, "--registries-conf", conf, (char *)NULL);
    argv_push_all(argv, command, "--override-arch", skopeo_arch(arch), "--override-os", "linux", (char *)NULL);
    if (settings->authfile)
        argv_push_all(argv, copy ? "--src-authfile" : "--authfile", settings->authfile, (char *)NULL);
    if (registry && registry->ca)
        argv_push_all(argv, copy ? "--src-cert-dir" : "--cert-dir", registry->ca, (char *)NULL);
    free(conf);
}

/* The end of a Go string: the first quote that no backslash precedes. Adds it without its escapes. */
static void add_unescaped(struct buf *out, const char *p)
{
    for (; *p && *p != '"' && *p != '\n'; p++) {
        if (*p != '\\' || !p[1]) {
            buf_addch(out, *p);
            continue;
        }
        p++;
        buf_addch(out, *p == 'n' || *p == 't' || *p == 'r' ? ' ' : *p);
    }
}

/* On a terminal the line is `FATA[0000] words`, in red. */
static const char *find_fatal(const char *text, bool *quoted)
{
    static const char key[] = "level=fatal msg=\"", terminal[] = "FATA[";
    const char *last = NULL;

    for (const char *p = text; (p = strstr(p, key)); p++)
        last = p + strlen(key);
    *quoted = last != NULL;
    for (const char *p = text; !*quoted && (p = strstr(p, terminal)); p++) {
        const char *bracket = strchr(p, ']');
        if (!bracket)
            break;
        last = bracket + 1;
        if (*last == '\033') /* the end of the colour, ESC[0m */
            last += strcspn(last, "m") + (strchr(last, 'm') != NULL);
        last += strspn(last, " ");
    }
    return last;
}

/* The last line with something on it. */
static const char *last_line(const char *text, size_t *len)
{
    const char *found = NULL;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        if (strspn(p, " \t\r") < n) {
            found = p;
            *len = n;
        }
        p += n + (p[n] == '\n');
    }
    return found;
}

bool skopeo_fatal(const char *text, struct buf *out)
{
    bool quoted;
    size_t len = 0;
    const char *words = find_fatal(text, &quoted);

    if (words && quoted) {
        add_unescaped(out, words);
    } else if (words) {
        buf_add(out, words, strcspn(words, "\n\033"));
    } else {
        words = last_line(text, &len);
        if (words)
            buf_add(out, words, len);
    }
    while (out->len && strchr(" \t\r", out->s[out->len - 1]))
        buf_cut(out, out->len - 1);
    return words != NULL;
}

/* What skopeo says, and what it means. The first that fits counts, so special words come first. %1$s is the image,
 * %2$s its registry. */
static const struct {
    const char *words;
    int rc;
    const char *sentence;
} known[] = {
    {"no image found in", -ENOENT,
     "%1$s has no image for this processor. Look for another tag, or name the architecture with arch."},
    {"manifest unknown", -ENOENT, "%1$s does not exist in the registry. Check its name and tag."},
    {"name unknown", -ENOENT, "%1$s does not exist in the registry. Check its name and tag."},
    {"repository name not known", -ENOENT, "%1$s does not exist in the registry. Check its name and tag."},
    {"invalid username/password", -EACCES,
     "%2$s does not accept the login for %1$s. Log in again with: skopeo login %2$s"},
    {"unauthorized", -EACCES,
     "%2$s gives %1$s only to those who are logged in, or there is no such image. Check its name, or log in with: "
     "skopeo login %2$s"},
    {"authentication required", -EACCES,
     "%2$s gives %1$s only to those who are logged in, or there is no such image. Check its name, or log in with: "
     "skopeo login %2$s"},
    {"requested access to the resource is denied", -EACCES,
     "%2$s gives %1$s only to those who are logged in, or there is no such image. Check its name, or log in with: "
     "skopeo login %2$s"},
    {"denied", -EACCES, "%2$s refuses to give %1$s. Check its name, or log in with: skopeo login %2$s"},
    {"toomanyrequests", -EBUSY,
     "%2$s takes no more requests from this address for now. Wait some hours, or log in with: skopeo login %2$s"},
    {"too many requests", -EBUSY,
     "%2$s takes no more requests from this address for now. Wait some hours, or log in with: skopeo login %2$s"},
    {"server gave HTTP response to HTTPS client", -EPROTO,
     "%2$s speaks plain HTTP. If that is meant, set insecure: true for it under registries in the settings."},
    {"certificate has expired", -EPROTO, "The certificate of %2$s has expired, or the clock of this host is wrong."},
    {"x509:", -EPROTO,
     "The certificate of %2$s is not signed by anyone whom this host trusts. If the registry is your own, name its CA "
     "folder (ca:) under registries in the settings."},
    {"connection refused", -ECONNREFUSED, "%2$s refuses connections. Check that it runs, and its port."},
    {"no such host", -EHOSTUNREACH,
     "The name of the registry %2$s is not known. Check its spelling, and that this host has a working name server."},
    {"no route to host", -EHOSTUNREACH, "%2$s cannot be reached from this host. Check the network."},
    {"network is unreachable", -EHOSTUNREACH, "%2$s cannot be reached: this host has no way out to the network."},
    {"Temporary failure in name resolution", -EHOSTUNREACH,
     "The name server of this host does not answer. Check /etc/resolv.conf and the network."},
    {"server misbehaving", -EHOSTUNREACH,
     "The name server of this host does not answer. Check /etc/resolv.conf and the network."},
    {"context deadline exceeded", -ETIMEDOUT, "%2$s did not answer in time. Try again later."},
    {"i/o timeout", -ETIMEDOUT, "%2$s did not answer in time. Check the network, or try again later."},
    {"is blocked in", -EACCES, "%2$s is blocked on this host, by registries.conf."},
    {"no space left on device", -ENOSPC,
     "There is no space left on the disk that image layers are kept on. Free some and repeat it; what was fetched is "
     "kept."},
    {"read-only file system", -EROFS, "The disk that image layers are kept on is read-only."},
    {"trust policy", -ENOENT,
     "skopeo lacks its policy file, /etc/containers/policy.json. Install it: apt install golang-github-containers-"
     "common"},
    {"no policy.json file found", -ENOENT,
     "skopeo lacks its policy file, /etc/containers/policy.json. Install it: apt install golang-github-containers-"
     "common"},
    {"is rejected by policy", -EACCES, "The image policy of this host (/etc/containers/policy.json) refuses %1$s."},
    {"unmarshaling JSON", -EINVAL, "The file with the logins to registries is broken. Log in anew, or remove it."},
    {"Digest did not match", -EIO, "%2$s sent data that do not match their digest. Repeat it; good parts are kept."},
    {"unexpected EOF", -EIO, "The connection to %2$s broke off. Repeat it; what was fetched is kept."},
    {"connection reset", -EIO, "The connection to %2$s broke off. Repeat it; what was fetched is kept."},
    {"500 (Internal Server Error)", -EIO, "%2$s has trouble of its own (status 500). Try again later."},
    {"HTTP status: 5", -EIO, "%2$s has trouble of its own. Try again later."},
    {"invalid reference format", -EINVAL, "skopeo does not take %1$s for the name of an image."},
};

/* Fills the two marks of a sentence. Sentences are ours; what stands in them is cleaned. */
static void add_sentence(struct buf *out, const char *sentence, const char *image, const char *registry)
{
    for (const char *p = sentence; *p;) {
        const char *rest;
        if (text_starts(p, "%1$s", &rest))
            buf_adds(out, image);
        else if (text_starts(p, "%2$s", &rest))
            buf_adds(out, registry);
        else {
            buf_addch(out, *p++);
            continue;
        }
        p = rest;
    }
}

int skopeo_explain(const char *words, const struct imageref *ref, struct err *err)
{
    struct buf image = BUF_INIT, text = BUF_INIT;
    int rc = -EIO;

    imageref_add(&image, ref);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]) && !text.len; i++) {
        if (strstr(words, known[i].words)) {
            add_sentence(&text, known[i].sentence, image.s, ref->registry);
            rc = known[i].rc;
        }
    }
    if (!text.len) {
        size_t len = strlen(words);
        buf_addf(&text, "skopeo could not read %s: ", image.s);
        text_add_shown(&text, words, len > 500 ? 500 : len);
        if (!buf_ends_with(&text, "."))
            buf_addch(&text, '.');
    }
    err_set(err, rc, "%s", text.s);
    buf_clear(&image);
    buf_clear(&text);
    return rc;
}
