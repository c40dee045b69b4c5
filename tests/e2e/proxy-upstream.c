#include "tests/e2e/proxy.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The side of the registry: libcurl pushes, we want to pull, so it is driven only while nothing waits to be read. */

struct upstream {
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers;
    struct upstream_head *head; /* filled until head_done */
    struct buf waiting;
    size_t read; /* of `waiting` */
    bool head_done, ended, broken;
};

static size_t take_header(char *line, size_t size, size_t n, void *data)
{
    struct upstream *u = data;
    size_t len = size * n;

    if (u->head_done)
        return len;
    char *copy = mem_dup(line, len);
    copy[strcspn(copy, "\r\n")] = '\0';
    char *colon = strchr(copy, ':');
    if (copy[0] == '\0') {
        u->head_done = true;
    } else if (colon) {
        *colon = '\0';
        argv_push(&u->head->names, copy);
        argv_push(&u->head->values, colon + 1 + strspn(colon + 1, " "));
    }
    free(copy);
    return len;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *data)
{
    struct upstream *u = data;

    buf_add(&u->waiting, bytes, size * n);
    return size * n;
}

/* Lets libcurl work once; waits when there was nothing to do. */
static void drive(struct upstream *u)
{
    int running, left;
    CURLMsg *message;

    if (curl_multi_perform(u->multi, &running) != CURLM_OK)
        u->broken = u->ended = true;
    while ((message = curl_multi_info_read(u->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        u->ended = true;
        u->broken = message->data.result != CURLE_OK;
    }
    if (!u->ended && u->waiting.len == 0)
        curl_multi_poll(u->multi, NULL, 0, 1000, NULL);
}

static void set_up(struct upstream *u, const char *url, bool head_only, const struct argv *headers)
{
    u->multi = curl_multi_init();
    u->easy = curl_easy_init();
    if (!u->multi || !u->easy)
        mem_exhausted();
    for (size_t i = 0; i < headers->n; i++)
        u->headers = curl_slist_append(u->headers, headers->v[i]);
    curl_easy_setopt(u->easy, CURLOPT_URL, url);
    curl_easy_setopt(u->easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(u->easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(u->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(u->easy, CURLOPT_NOBODY, head_only ? 1L : 0L);
    curl_easy_setopt(u->easy, CURLOPT_HTTPHEADER, u->headers);
    curl_easy_setopt(u->easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(u->easy, CURLOPT_HEADERDATA, u);
    curl_easy_setopt(u->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(u->easy, CURLOPT_WRITEDATA, u);
    curl_multi_add_handle(u->multi, u->easy);
}

struct upstream *upstream_open(const char *url, bool head_only, const struct argv *headers, struct upstream_head *head)
{
    struct upstream *u = mem_zero(1, sizeof(*u));

    *head = (struct upstream_head){.length = -1};
    buf_init(&u->waiting);
    u->head = head;
    set_up(u, url, head_only, headers);
    while (!u->head_done && !u->ended)
        drive(u);
    if (u->head_done)
        curl_easy_getinfo(u->easy, CURLINFO_RESPONSE_CODE, &head->status);
    for (size_t i = 0; i < head->names.n; i++)
        if (strcasecmp(head->names.v[i], "Content-Length") == 0)
            num_parse(head->values.v[i], 0, INT64_MAX, &head->length);
    return u;
}

long upstream_read(struct upstream *u, char *to, size_t max)
{
    if (u->read == u->waiting.len) {
        buf_reset(&u->waiting);
        u->read = 0;
    }
    while (u->waiting.len == 0 && !u->ended)
        drive(u);
    size_t n = u->waiting.len - u->read < max ? u->waiting.len - u->read : max;
    memcpy(to, u->waiting.s + u->read, n);
    u->read += n;
    return n == 0 && u->broken ? -1 : (long)n;
}

void upstream_free(struct upstream *u)
{
    if (!u)
        return;
    curl_multi_remove_handle(u->multi, u->easy);
    curl_easy_cleanup(u->easy);
    curl_multi_cleanup(u->multi);
    curl_slist_free_all(u->headers);
    buf_clear(&u->waiting);
    free(u);
}

void upstream_head_clear(struct upstream_head *head)
{
    argv_clear(&head->names);
    argv_clear(&head->values);
}
