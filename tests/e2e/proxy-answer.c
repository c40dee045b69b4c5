#include "tests/e2e/proxy.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Answers of its own: pages of tags and tokens. The token says itself what it is good for; nobody is kept out by it,
 * what it tests is whether the other side plays by the rules. */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool answer_page(const char *json, size_t len, const char *path, uint64_t n, const char *last, struct buf *page,
                 struct buf *link)
{
    json_t *list = json_loadb(json, len, 0, NULL), *tags = json_object_get(list, "tags"), *tag;
    size_t count = json_array_size(tags), i, shown = 0, at;
    const char **names = mem_zero(count + 1, sizeof(*names));
    json_t *out = json_array();

    json_array_foreach(tags, i, tag) names[i] = json_string_value(tag);
    qsort(names, count, sizeof(*names), by_name);
    for (at = 0; at < count && last && strcmp(names[at], last) <= 0; at++)
        ;
    for (; at < count && shown < n; at++, shown++)
        json_array_append_new(out, json_string(names[at]));
    if (at < count && at > 0)
        buf_addf(link, "<%s?last=%s&n=%llu>; rel=\"next\"", path, names[at - 1], (unsigned long long)n);
    free(names);
    bool good = tags != NULL;
    if (good) {
        json_object_set_new(list, "tags", out);
        char *text = json_dumps(list, JSON_COMPACT);
        buf_adds(page, text);
        free(text);
    } else {
        json_decref(out);
    }
    json_decref(list);
    return good;
}

/* `/v2/a/b/manifests/x` is about the repository `a/b`. */
static bool repository(const char *path, struct buf *name)
{
    static const char *const ends[] = {"/manifests/", "/blobs/", "/tags/"};

    if (strncmp(path, "/v2/", 4) != 0)
        return false;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        const char *end = strstr(path + 4, ends[i]);
        if (end) {
            buf_add(name, path + 4, (size_t)(end - path - 4));
            return true;
        }
    }
    return false;
}

static void scope_of(const char *path, struct buf *scope)
{
    struct buf name = BUF_INIT;

    if (repository(path, &name))
        buf_addf(scope, "repository:%s:pull", name.s);
    buf_clear(&name);
}

void answer_token(const char *scope, uint64_t seconds, struct buf *json)
{
    time_t now = time(NULL);
    struct tm tm;
    char issued[32];

    strftime(issued, sizeof(issued), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
    buf_addf(json, "{\"token\":\"%lld|%s\",\"expires_in\":%llu,\"issued_at\":\"%s\"}",
             (long long)now + (long long)seconds, scope, (unsigned long long)seconds, issued);
}

bool answer_token_ok(const char *authorization, const char *path)
{
    struct buf scope = BUF_INIT;
    char *end;

    if (!authorization || strncmp(authorization, "Bearer ", 7) != 0)
        return false;
    long long until = strtoll(authorization + 7, &end, 10);
    scope_of(path, &scope);
    bool good = *end == '|' && until > (long long)time(NULL) && (scope.len == 0 || strcmp(end + 1, scope.s) == 0);
    buf_clear(&scope);
    return good;
}

void answer_challenge(int port, const char *path, struct buf *header)
{
    struct buf scope = BUF_INIT;

    scope_of(path, &scope);
    buf_addf(header, "Bearer realm=\"http://127.0.0.1:%d/token\",service=\"proxy\"", port);
    if (scope.len > 0)
        buf_addf(header, ",scope=\"%s\"", scope.s);
    buf_clear(&scope);
}
