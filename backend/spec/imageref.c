#include "backend/spec/imageref.h"

#include "backend/base/hash.h"
#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_MAX_LEN = 255, /* registry, `/` and repository together, as skopeo counts */
    TAG_MAX_LEN = 128,
    TEXT_MAX_LEN = 1024,
    FILENAME_MAX_LEN = 200, /* leaves room for `.tar.tmp.PID` in a file name */
};

static const char *const lower_digits = "abcdefghijklmnopqrstuvwxyz0123456789";
static const char *const hex_digits = "0123456789abcdef";

/* Digest algorithms that skopeo knows, with the digits that each has. */
static const struct {
    const char *name;
    size_t digits;
} algorithms[] = {{"sha256", 64}, {"sha384", 96}, {"sha512", 128}};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The reference as a sentence may quote it: short and harmless. */
static const char *shown(const char *text, char *room, size_t size)
{
    struct buf b = BUF_INIT;
    size_t len = strlen(text);
    text_add_shown(&b, text, len > 80 ? 80 : len);
    if (len > 80)
        buf_adds(&b, "…");
    size_t take = b.len < size ? b.len : size - 1;
    memcpy(room, b.s, take);
    room[take] = '\0';
    buf_clear(&b);
    return room;
}

/* The whole text is looked at first for the slips that people make, so that each gets its own sentence. */
static int check_text(const char *text, struct err *err)
{
    char room[400];
    size_t len = strlen(text);

    if (!len)
        return err_set(err, -EINVAL, "No image is named. Write one like jellyfin/jellyfin:10.11.2.");
    if (len > TEXT_MAX_LEN)
        return err_set(err, -EINVAL, "The image has %zu characters, which is too long for any image.", len);
    if (text[0] == '-')
        return err_set(err, -EINVAL, "The image \"%s\" begins with a minus sign, which no image name does.",
                       shown(text, room, sizeof(room)));
    const char *scheme = strstr(text, "://");
    if (scheme)
        return err_set(err, -EINVAL, "The image \"%s\" is written as a link. Leave out \"%.*s\".",
                       shown(text, room, sizeof(room)), (int)(scheme - text > 20 ? 20 : scheme - text + 3),
                       shown(text, room + 350, 50));
    for (const char *p = text; *p; p++)
        if (!isgraph((unsigned char)*p))
            return err_set(err, -EINVAL,
                           "The image \"%s\" holds a blank or another character that no image name has. Use letters, "
                           "digits and . _ - / : @.",
                           shown(text, room, sizeof(room)));
    return 0;
}

static bool has_upper(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (isupper((unsigned char)s[i]))
            return true;
    return false;
}

/* Length of the registry at the start of `text`, 0 when there is none. The first part is one if a `/` follows and it
 * looks like a host: `.` or `:` in it, or localhost. */
static size_t registry_len(const char *text)
{
    size_t len = strcspn(text, "/");
    if (!text[len])
        return 0;
    if (memchr(text, '.', len) || memchr(text, ':', len) || (len == 9 && memcmp(text, "localhost", 9) == 0) ||
        text[0] == '[')
        return len;
    return 0;
}

static bool label_is_good(const char *s, size_t len)
{
    if (!len || s[0] == '-' || s[len - 1] == '-')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)s[i]) && s[i] != '-')
            return false;
    return true;
}

static int check_registry(const char *s, size_t len, struct err *err)
{
    char room[400];
    char *registry = mem_dup(s, len);
    char *port = strchr(registry, ':');
    int rc = 0;

    shown(registry, room, sizeof(room));
    if (registry[0] == '[')
        rc = err_set(err, -EINVAL, "The registry %s is an IPv6 address, which skopeo does not take. Use a host name.",
                     room);
    else if (port && (!port[1] || strspn(port + 1, "0123456789") != strlen(port + 1)))
        rc = err_set(err, -EINVAL, "The registry %s has a port that is no number. Write it like registry.lan:5000.",
                     room);
    if (!rc && port)
        *port = '\0';
    for (char *label = registry; !rc && label;) {
        size_t n = strcspn(label, ".");
        if (!label_is_good(label, n))
            rc = err_set(err, -EINVAL, "The registry %s is no host name. Write it like ghcr.io or registry.lan:5000.",
                         room);
        label = label[n] ? label + n + 1 : NULL;
    }
    free(registry);
    return rc;
}

/* What may stand between two runs of letters and digits: one `.`, one or two `_`, any number of `-`. */
static size_t separator_len(const char *s)
{
    size_t run = strspn(s, "-");
    if (run)
        return run;
    if (*s == '.')
        return 1;
    run = strspn(s, "_");
    return run <= 2 ? run : 0;
}

static bool path_is_good(const char *s)
{
    for (;;) {
        size_t run = strspn(s, lower_digits);
        if (!run)
            return false;
        s += run;
        if (!*s)
            return true;
        if (*s == '/') {
            s++;
            continue;
        }
        size_t sep = separator_len(s);
        if (!sep)
            return false;
        s += sep;
    }
}

static int check_repository(const char *text, const struct imageref *ref, bool library_added, struct err *err)
{
    char room[400];
    const char *path = ref->repository + (library_added ? strlen("library/") : 0);

    shown(text, room, sizeof(room));
    if (!*path)
        return err_set(err, -EINVAL, "The image \"%s\" has no name. Write one like jellyfin/jellyfin.", room);
    if (has_upper(path, strlen(path)))
        return err_set(err, -EINVAL, "The image \"%s\" has a capital letter in its name. Write the name in small ones.",
                       room);
    if (!path_is_good(path))
        return err_set(err, -EINVAL,
                       "The image \"%s\" has a name that no registry takes: its parts begin and end with a letter or "
                       "a digit, with . _ __ or - between.",
                       room);
    if (library_added && strlen(path) == 64 && strspn(path, hex_digits) == 64)
        return err_set(err, -EINVAL, "The image \"%s\" is a bare digest. Write NAME@sha256:DIGEST.", room);
    if (strlen(ref->registry) + 1 + strlen(ref->repository) > NAME_MAX_LEN)
        return err_set(err, -EINVAL,
                       "Registry and name of the image have %zu characters together; %d is the most that skopeo takes.",
                       strlen(ref->registry) + 1 + strlen(ref->repository), NAME_MAX_LEN);
    return 0;
}

static int check_tag(const char *tag, struct err *err)
{
    char room[400];
    size_t len = strlen(tag);

    if (!len)
        return err_set(err, -EINVAL, "The image ends in a colon without a tag. Write one, or leave out the colon.");
    if (len > TAG_MAX_LEN)
        return err_set(err, -EINVAL, "The image's tag has %zu characters; %d is the most.", len, TAG_MAX_LEN);
    if (tag[0] == '.' || tag[0] == '-')
        return err_set(err, -EINVAL, "The image's tag \"%s\" begins with \"%c\"; tags begin with a letter, digit or _.",
                       shown(tag, room, sizeof(room)), tag[0]);
    for (const char *p = tag; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_.-", *p))
            return err_set(err, -EINVAL, "The image's tag \"%s\" holds \"%c\"; tags hold letters, digits and . _ -.",
                           shown(tag, room, sizeof(room)), *p);
    return 0;
}

static int check_digest(const char *digest, struct err *err)
{
    const char *hex = strchr(digest, ':');

    for (size_t i = 0; hex && i < COUNT(algorithms); i++) {
        size_t len = strlen(algorithms[i].name);
        if ((size_t)(hex - digest) != len || memcmp(digest, algorithms[i].name, len) != 0)
            continue;
        if (strlen(hex + 1) != algorithms[i].digits)
            return err_set(err, -EINVAL, "The image's digest has %zu digits; a %s digest has %zu.", strlen(hex + 1),
                           algorithms[i].name, algorithms[i].digits);
        if (strspn(hex + 1, hex_digits) != algorithms[i].digits)
            return err_set(err, -EINVAL, "The image's digest holds more than the digits 0-9 and small a-f.");
        return 0;
    }
    return err_set(err, -EINVAL, "The image's digest is of a kind that skopeo does not know. Use sha256:…");
}

/* Cuts the text into the parts of `ref`, unchecked. True when `library/` was put in front. */
static bool split(const char *text, struct imageref *ref)
{
    size_t host = registry_len(text);
    const char *rest = host ? text + host + 1 : text;
    size_t path = strcspn(rest, ":@");
    const char *tail = rest + path;

    ref->registry = host ? mem_dup(text, host) : mem_strdup("docker.io");
    if (strcmp(ref->registry, "index.docker.io") == 0)
        mem_set(&ref->registry, "docker.io");
    bool library = strcmp(ref->registry, "docker.io") == 0 && !memchr(rest, '/', path);
    ref->repository = mem_printf("%s%.*s", library ? "library/" : "", (int)path, rest);
    if (*tail == ':') {
        size_t len = strcspn(tail + 1, "@");
        ref->tag = mem_dup(tail + 1, len);
        tail += 1 + len;
    }
    if (*tail == '@')
        ref->digest = mem_strdup(tail + 1);
    return library;
}

static int check_parts(const char *text, const struct imageref *ref, bool library, struct err *err)
{
    int rc = check_registry(ref->registry, strlen(ref->registry), err);
    if (!rc)
        rc = check_repository(text, ref, library, err);
    if (!rc && ref->tag)
        rc = check_tag(ref->tag, err);
    if (!rc && ref->digest)
        rc = check_digest(ref->digest, err);
    if (!rc && ref->tag && ref->digest)
        rc = err_set(err, -EINVAL,
                     "The image names both a tag and a digest, which skopeo does not take. Leave out the tag \"%s\".",
                     ref->tag);
    return rc;
}

int imageref_parse(const char *text, struct imageref *ref, struct err *err)
{
    struct imageref parts = {0};
    int rc = check_text(text, err);

    if (rc)
        return rc;
    bool library = split(text, &parts);
    rc = check_parts(text, &parts, library, err);
    if (rc) {
        imageref_clear(&parts);
        return rc;
    }
    if (!parts.tag && !parts.digest)
        parts.tag = mem_strdup("latest");
    *ref = parts;
    return 0;
}

bool imageref_names_registry(const char *text)
{
    return registry_len(text) > 0;
}

void imageref_clear(struct imageref *ref)
{
    free(ref->registry);
    free(ref->repository);
    free(ref->tag);
    free(ref->digest);
    *ref = (struct imageref){0};
}

int imageref_copy(struct imageref *to, const struct imageref *from)
{
    *to = (struct imageref){.registry = mem_strdup(from->registry),
                            .repository = mem_strdup(from->repository),
                            .tag = mem_strdup(from->tag),
                            .digest = mem_strdup(from->digest)};
    return 0;
}

void imageref_add(struct buf *out, const struct imageref *ref)
{
    buf_addf(out, "%s/%s", ref->registry, ref->repository);
    if (ref->digest)
        buf_addf(out, "@%s", ref->digest);
    else
        buf_addf(out, ":%s", ref->tag);
}

/* One part of the name: `/` joins like the parts do, what stands in `doubled` comes twice. */
static void add_part(struct buf *out, const char *part, const char *doubled)
{
    for (const char *p = part; *p; p++) {
        char c = *p == '/' ? '_' : isalnum((unsigned char)*p) || strchr("_.-", *p) ? *p : '-';
        buf_addch(out, c);
        if (strchr(doubled, *p))
            buf_addch(out, c);
    }
}

/* True for a tag that could be taken for the short form of a digest. */
static bool looks_like_digest(const char *tag)
{
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        const char *rest;
        if (text_starts(tag, algorithms[i].name, &rest) && *rest == '-')
            return true;
    }
    return false;
}

static void add_version(struct buf *out, const struct imageref *ref)
{
    if (ref->digest) {
        const char *hex = strchr(ref->digest, ':');
        buf_addf(out, "%.*s-%.32s", (int)(hex - ref->digest), ref->digest, hex + 1);
    } else if (looks_like_digest(ref->tag)) {
        size_t len = strcspn(ref->tag, "-");
        buf_addf(out, "%.*s-", (int)len, ref->tag);
        add_part(out, ref->tag + len, "_");
    } else {
        add_part(out, ref->tag, "_");
    }
}

void imageref_add_filename(struct buf *out, const struct imageref *ref, const char *arch)
{
    struct buf name = BUF_INIT;

    add_part(&name, ref->registry, "-");
    buf_addch(&name, '_');
    add_part(&name, ref->repository, "_");
    buf_addch(&name, '_');
    add_version(&name, ref);
    buf_addch(&name, '_');
    add_part(&name, arch, "_");
    if (name.len > FILENAME_MAX_LEN) {
        char hex[HASH_SHA256_HEX + 1];
        hash_sha256(name.s, name.len, hex);
        buf_cut(&name, FILENAME_MAX_LEN - 17);
        buf_addf(&name, "-%.16s", hex);
    }
    buf_add(out, name.s, name.len);
    buf_clear(&name);
}
