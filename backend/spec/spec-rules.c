#include "backend/spec/spec-rules.h"

#include "backend/base/mem.h"
#include "backend/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

/* A value as a sentence may quote it: short and harmless. */
struct quoted {
    char s[330];
};

static struct quoted quote(const char *value)
{
    struct quoted q;
    struct buf b = BUF_INIT;
    size_t len = 0, total = strlen(value);

    while (len < total && len < 60) {
        size_t step = text_utf8_len(value + len, total - len);
        len += step ? step : 1;
    }
    text_add_shown(&b, value, len);
    if (len < total)
        buf_adds(&b, "…");
    memcpy(q.s, b.s, b.len + 1);
    buf_clear(&b);
    return q;
}

static bool only(const char *value, const char *allowed)
{
    return *value && strspn(value, allowed) == strlen(value);
}

static bool label_is_good(const char *s, size_t len)
{
    if (!len || len > 63 || s[0] == '-' || s[len - 1] == '-')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)s[i]) && s[i] != '-')
            return false;
    return true;
}

int rule_hostname(const char *value, struct err *err)
{
    if (strlen(value) > 253)
        return err_set(err, -EINVAL, "A host name has 253 characters at most; this one has %zu.", strlen(value));
    for (const char *p = value;;) {
        size_t len = strcspn(p, ".");
        if (!label_is_good(p, len))
            return err_set(err, -EINVAL,
                           "\"%s\" is no host name: use letters, digits and inner minus signs, 63 at most between "
                           "dots.",
                           quote(value).s);
        if (!p[len])
            return 0;
        p += len + 1;
    }
}

/* Calls the rule for each word of a list with blanks, commas or semicolons between. */
static int each_word(const char *value, int (*rule)(const char *, struct err *), struct err *err)
{
    char *copy = mem_strdup(value), *save = NULL;
    int rc = 0, n = 0;

    for (char *w = strtok_r(copy, " ,;\t", &save); w && !rc; w = strtok_r(NULL, " ,;\t", &save), n++)
        rc = rule(w, err);
    free(copy);
    return n || rc ? rc : err_set(err, -EINVAL, "Nothing stands here. Leave the field out instead.");
}

int rule_dns_list(const char *value, struct err *err)
{
    if (strlen(value) > 1024)
        return err_set(err, -EINVAL, "More than 1,024 characters are too many for search domains.");
    return each_word(value, rule_hostname, err);
}

int rule_storage(const char *value, struct err *err)
{
    size_t len = strlen(value);
    if (len >= 2 && len <= 100 && only(value, LETTERS DIGITS "-_.") && isalpha((unsigned char)value[0]) &&
        isalnum((unsigned char)value[len - 1]))
        return 0;
    return err_set(err, -EINVAL,
                   "\"%s\" is no storage name: two or more letters, digits and - _ . that begin with a letter, like "
                   "local-lvm.",
                   quote(value).s);
}

int rule_pool(const char *value, struct err *err)
{
    size_t levels = 1;
    for (const char *p = value; *p; p++)
        levels += *p == '/';
    size_t len = strlen(value);
    if (len <= 200 && only(value, LETTERS DIGITS "._-/") && levels <= 3 && value[0] != '/' && value[len - 1] != '/' &&
        !strstr(value, "//"))
        return 0;
    return err_set(err, -EINVAL, "\"%s\" is no pool name: use letters, digits and . _ -, with / between levels.",
                   quote(value).s);
}

int rule_tag(const char *value, struct err *err)
{
    if (strlen(value) <= 100 && only(value, "abcdefghijklmnopqrstuvwxyz" DIGITS "_.+-") && !strchr(".+-", value[0]))
        return 0;
    return err_set(err, -EINVAL,
                   "\"%s\" is no tag: use small letters, digits and _ . + -, beginning with a letter, a digit or _.",
                   quote(value).s);
}

int rule_interface(const char *value, struct err *err)
{
    if (only(value, LETTERS DIGITS "-_.") && strlen(value) <= 15 && value[0] != '-' && value[0] != '.')
        return 0;
    return err_set(err, -EINVAL, "\"%s\" is no network name: 15 letters, digits and - _ . at most, like vmbr0.",
                   quote(value).s);
}

int rule_template(const char *value, struct err *err)
{
    const char *colon = strchr(value, ':'), *file = value;
    if (value[0] == '/')
        return err_set(err, -EINVAL,
                       "\"%s\" is a path. Name a template of a storage, like local:vztmpl/debian-12-standard_12.7-1_"
                       "amd64.tar.zst.",
                       quote(value).s);
    if (colon) {
        char *storage = mem_dup(value, (size_t)(colon - value));
        int rc = rule_storage(storage, err);
        free(storage);
        if (rc)
            return rc;
        if (!text_starts(colon + 1, "vztmpl/", &file))
            file = "";
    }
    if (strlen(file) <= 200 && only(file, LETTERS DIGITS "-_.+~") && file[0] != '-' && file[0] != '.')
        return 0;
    return err_set(err, -EINVAL,
                   "\"%s\" is no template. Write STORAGE:vztmpl/FILE, or the file's name alone, as `pveam list` shows "
                   "it.",
                   quote(value).s);
}

int rule_timezone(const char *value, struct err *err)
{
    if (strlen(value) <= 60 && only(value, LETTERS DIGITS "_+-/") && value[0] != '/' && value[0] != '-' &&
        !strstr(value, "//"))
        return 0;
    return err_set(err, -EINVAL, "\"%s\" is no time zone. Write one like Europe/Stockholm, or host.", quote(value).s);
}

/* Proxmox takes 8,192 characters; our own mark is added at the end. */
int rule_description(const char *value, struct err *err)
{
    enum { MOST = 7000 };
    size_t len = strlen(value);

    if (len > MOST)
        return err_set(err, -EINVAL,
                       "The text has %zu bytes; %d is the most that Proxmox and our own mark leave room "
                       "for.",
                       len, MOST);
    for (size_t i = 0; i < len;) {
        size_t step = text_utf8_len(value + i, len - i);
        if (!step || (text_is_control(value + i, step) && value[i] != '\n' && value[i] != '\t'))
            return err_set(err, -EINVAL,
                           "The text holds a control character. Only line feeds and tabs may stand in "
                           "it.");
        if ((!i || value[i - 1] == '\n') && text_starts(value + i, "tengil-tui:", NULL))
            return err_set(err, -EINVAL,
                           "A line begins with \"tengil-tui:\", which is this program's own mark. Word "
                           "it differently.");
        i += step;
    }
    return 0;
}

int rule_pci(const char *value, struct err *err)
{
    static const char shape[] = "xxxx:xx:xx.o"; /* hex and, last, octal */
    bool good = strlen(value) == sizeof(shape) - 1;
    for (size_t i = 0; good && shape[i]; i++) {
        if (shape[i] == 'x')
            good = strchr("0123456789abcdef", value[i]) != NULL;
        else if (shape[i] == 'o')
            good = value[i] >= '0' && value[i] <= '7';
        else
            good = value[i] == shape[i];
    }
    if (good)
        return 0;
    return err_set(err, -EINVAL, "\"%s\" is no PCI address. Write it as `lspci -D` does, like 0000:00:02.0.",
                   quote(value).s);
}

/* What holds for any path that ends up in a property string of pct, where commas and = have a meaning. */
static int check_path(const char *value, struct err *err)
{
    size_t len = strlen(value);

    if (value[0] != '/')
        return err_set(err, -EINVAL, "\"%s\" is not an absolute path. Begin it with a slash.", quote(value).s);
    if (len > 1024)
        return err_set(err, -EINVAL, "The path has %zu bytes; 1,024 is the most.", len);
    if (!text_is_clean(value, len))
        return err_set(err, -EINVAL, "\"%s\" holds a control character.", quote(value).s);
    if (strchr(value, ','))
        return err_set(err, -EINVAL, "\"%s\" holds a comma, which Proxmox takes for the end of the path.",
                       quote(value).s);
    if (strchr(value, '='))
        return err_set(err, -EINVAL, "\"%s\" holds an equals sign, which Proxmox takes for an option.", quote(value).s);
    if (value[len - 1] == ' ')
        return err_set(err, -EINVAL, "\"%s\" ends in a blank, which Proxmox would drop.", quote(value).s);
    for (const char *p = value + 1; *p; p += *p == '/') {
        size_t part = strcspn(p, "/");
        if (!part || (part == 1 && p[0] == '.') || (part == 2 && p[0] == '.' && p[1] == '.'))
            return err_set(err, -EINVAL, "\"%s\" has an empty part, \".\" or \"..\" in it. Write the path straight.",
                           quote(value).s);
        p += part;
    }
    return 0;
}

int rule_host_folder(const char *value, struct err *err)
{
    int rc = check_path(value, err);
    if (!rc && !value[1])
        rc = err_set(err, -EINVAL, "The whole host cannot be mounted. Name a folder.");
    return rc;
}

int rule_target(const char *value, struct err *err)
{
    static const char *const system[] = {"/", "/proc", "/sys", "/dev"};
    int rc = check_path(value, err);
    for (size_t i = 0; !rc && i < sizeof(system) / sizeof(system[0]); i++)
        if (strcmp(value, system[i]) == 0)
            rc = err_set(err, -EINVAL, "Nothing can be mounted on %s: the container's system stands there.", system[i]);
    return rc;
}

int rule_env_name(const char *value, struct err *err)
{
    if (only(value, LETTERS DIGITS "_") && !isdigit((unsigned char)value[0]) && strlen(value) <= 255)
        return 0;
    return err_set(err, -EINVAL,
                   "\"%s\" is no variable name that Proxmox takes: use letters, digits and _, no digit first.",
                   quote(value).s);
}

int rule_env_value(const char *value, struct err *err)
{
    enum { MOST = 16384 };
    size_t len = strlen(value);

    if (len > MOST)
        return err_set(err, -EINVAL,
                       "The value has %zu bytes; %d is the most for a line of the container's "
                       "configuration.",
                       len, MOST);
    for (const unsigned char *p = (const unsigned char *)value; *p; p++)
        if ((*p < 0x20 && *p != '\t') || *p == 0x7F)
            return err_set(err, -EINVAL,
                           "The value holds a %s. It stands on one line of the container's "
                           "configuration, so only tabs of such may be in it.",
                           *p == '\n' ? "line feed" : "control character");
    return 0;
}

int rule_env_file(const char *value, struct err *err)
{
    size_t len = strlen(value);
    if (value[0] == '/' && len > 1 && len <= 1024 && text_is_clean(value, len))
        return 0;
    return err_set(err, -EINVAL, "\"%s\" is not the absolute path of a file. Write one like /root/secret.",
                   quote(value).s);
}
