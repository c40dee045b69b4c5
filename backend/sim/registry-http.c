#include "backend/sim/registry.h"

#include "backend/base/file.h"
#include "backend/base/mem.h"
#include "backend/base/num.h"
#include "backend/base/text.h"

#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What the largest of these images takes ten seconds at. */
#define PACE_RATE  (1150 * 1024) /* bytes a second */
#define PACE_PIECE (16 * 1024)
#define TAGS_PAGE  1000 /* tags a page when the client does not say */

struct reg_server {
    struct MHD_Daemon *http;
    struct reg_store *store;
    int log;
    bool (*pace)(void *);
    void *context;
    pthread_mutex_t pacing;
    int64_t free_at; /* ns of CLOCK_MONOTONIC at which the next piece may go */
};

/* One call. */
struct request {
    struct reg_server *server;
    struct MHD_Connection *connection;
    const char *method, *url;
};

static enum MHD_Result answer(const struct request *r, unsigned status, struct MHD_Response *response, uint64_t len)
{
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Docker-Distribution-Api-Version", "registry/2.0");
    enum MHD_Result rc = MHD_queue_response(r->connection, status, response);
    MHD_destroy_response(response);

    struct buf line = BUF_INIT;
    buf_addf(&line, "\"%s ", r->method);
    text_add_shown(&line, r->url, strlen(r->url));
    buf_addf(&line, "\" %u %llu\n", status, (unsigned long long)len);
    /* A log that cannot be written stops nobody's pull. */
    (void)file_write_all(r->server->log, line.s, line.len);
    buf_clear(&line);
    return rc;
}

static struct MHD_Response *text_response(const struct buf *text, const char *type)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(text->len, text->s, MHD_RESPMEM_MUST_COPY);
    if (response)
        MHD_add_response_header(response, "Content-Type", type);
    return response;
}

static enum MHD_Result answer_json(const struct request *r, unsigned status, const struct buf *json)
{
    return answer(r, status, text_response(json, "application/json; charset=utf-8"), json->len);
}

/* The errors of the registry API: a code, words, and nothing that a client would have to escape. */
static enum MHD_Result refuse(const struct request *r, unsigned status, const char *code, const char *message)
{
    struct buf json = BUF_INIT;
    buf_addf(&json, "{\"errors\":[{\"code\":\"%s\",\"message\":\"%s\"}]}\n", code, message);
    enum MHD_Result rc = answer_json(r, status, &json);
    buf_clear(&json);
    return rc;
}

static enum MHD_Result not_found(const struct request *r)
{
    struct buf text = BUF_INIT;
    buf_adds(&text, "404 page not found\n");
    enum MHD_Result rc = answer(r, 404, text_response(&text, "text/plain; charset=utf-8"), text.len);
    buf_clear(&text);
    return rc;
}

static void add_digest_headers(struct MHD_Response *response, const char *digest)
{
    char value[80];
    if (!response)
        return;
    snprintf(value, sizeof(value), "sha256:%s", digest);
    MHD_add_response_header(response, "Docker-Content-Digest", value);
    snprintf(value, sizeof(value), "\"sha256:%s\"", digest);
    MHD_add_response_header(response, "Etag", value);
}

/* The hex digits of "sha256:…", or NULL. */
static const char *digest_hex(const char *text)
{
    const char *hex;
    if (!text_starts(text, "sha256:", &hex))
        return NULL;
    return strlen(hex) == HASH_SHA256_HEX && strspn(hex, "0123456789abcdef") == HASH_SHA256_HEX ? hex : NULL;
}

/* --- tags ------------------------------------------------------------------------------------------------------- */

static enum MHD_Result list_tags(const struct request *r, const struct reg_repo *repo)
{
    const char *n_text = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "n");
    const char *last = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "last");
    struct argv tags = ARGV_INIT;
    struct buf json = BUF_INIT, link = BUF_INIT;
    int64_t n = TAGS_PAGE;
    size_t i = 0;

    if (n_text && !num_parse(n_text, 0, INT32_MAX, &n))
        return refuse(r, 400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested");
    reg_tags(repo, &tags);
    while (last && i < tags.n && strcmp(tags.v[i], last) <= 0)
        i++;
    buf_addf(&json, "{\"name\":\"%s\",\"tags\":[", repo->name);
    for (int64_t told = 0; i < tags.n && told < n; i++, told++)
        buf_addf(&json, "%s\"%s\"", told ? "," : "", tags.v[i]);
    buf_adds(&json, "]}\n");
    if (i < tags.n && n > 0)
        buf_addf(&link, "</v2/%s/tags/list?last=%s&n=%lld>; rel=\"next\"", repo->name, tags.v[i - 1], (long long)n);

    struct MHD_Response *response = text_response(&json, "application/json; charset=utf-8");
    if (response && link.len)
        MHD_add_response_header(response, "Link", link.s);
    enum MHD_Result rc = answer(r, 200, response, json.len);
    argv_clear(&tags);
    buf_clear(&json);
    buf_clear(&link);
    return rc;
}

/* --- manifests -------------------------------------------------------------------------------------------------- */

struct accept {
    const char *type;
    bool found;
};

/* A client may name the types in one line with commas or in a line each. */
static enum MHD_Result look_at_header(void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
    struct accept *accept = context;
    (void)kind;
    if (value && strcasecmp(key, "Accept") == 0 && strstr(value, accept->type))
        accept->found = true;
    return MHD_YES;
}

static bool etag_matches(const struct request *r, const char *digest)
{
    const char *known = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "If-None-Match");
    return known && strstr(known, digest);
}

static enum MHD_Result send_manifest(const struct request *r, const char *digest, const struct buf *json)
{
    bool index = strstr(json->s, "\"mediaType\":\"" SIM_INDEX_TYPE "\"") != NULL;
    struct accept accept = {.type = index ? SIM_INDEX_TYPE : SIM_MANIFEST_TYPE};
    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, look_at_header, &accept);
    /* As registry 2.8 has it: what the client does not name does not exist for it, and any type is no name. */
    if (!accept.found)
        return refuse(r, 404, "MANIFEST_UNKNOWN",
                      index ? "OCI index found, but accept header does not support OCI indexes"
                            : "OCI manifest found, but accept header does not support OCI manifests");
    if (etag_matches(r, digest)) {
        struct MHD_Response *same = MHD_create_response_from_buffer(0, buf_empty, MHD_RESPMEM_PERSISTENT);
        return answer(r, 304, same, 0);
    }
    struct MHD_Response *response = text_response(json, accept.type);
    add_digest_headers(response, digest);
    return answer(r, 200, response, json->len);
}

static enum MHD_Result get_manifest(const struct request *r, const struct reg_repo *repo, const char *reference)
{
    char made[HASH_SHA256_HEX + 1];
    struct buf json = BUF_INIT;
    struct err err;
    const char *digest = digest_hex(reference);
    int rc = 0;
    if (!digest && strchr(reference, ':'))
        return refuse(r, 400, "DIGEST_INVALID", "provided digest is not one of SHA-256");
    if (!digest) {
        rc = reg_store_tag(r->server->store, repo, reference, made, &err);
        digest = made;
    }
    if (!rc)
        rc = reg_store_manifest(r->server->store, repo, digest, &json);
    enum MHD_Result sent;
    if (!rc)
        sent = send_manifest(r, digest, &json);
    else if (rc == -ENOENT)
        sent = refuse(r, 404, "MANIFEST_UNKNOWN", "manifest unknown");
    else
        sent = refuse(r, 500, "UNKNOWN", "the demo could not make this image: is its disk full?");
    buf_clear(&json);
    return sent;
}

/* --- blobs ------------------------------------------------------------------------------------------------------ */

struct piece {
    struct reg_server *server;
    int fd;
    uint64_t from;
};

/* All blobs together go at one rate: each piece waits for its turn in it. */
static void wait_for_turn(struct reg_server *server, size_t len)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t at = now.tv_sec * 1000000000LL + now.tv_nsec;
    pthread_mutex_lock(&server->pacing);
    if (server->free_at > at)
        at = server->free_at;
    server->free_at = at + (int64_t)len * 1000000000LL / PACE_RATE;
    pthread_mutex_unlock(&server->pacing);
    struct timespec until = {.tv_sec = at / 1000000000LL, .tv_nsec = at % 1000000000LL};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

static ssize_t read_piece(void *context, uint64_t pos, char *bytes, size_t max)
{
    struct piece *piece = context;
    if (piece->server->pace(piece->server->context)) {
        max = max < PACE_PIECE ? max : PACE_PIECE;
        wait_for_turn(piece->server, max);
    }
    ssize_t got = pread(piece->fd, bytes, max, (off_t)(piece->from + pos));
    return got > 0 ? got : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void close_piece(void *context)
{
    struct piece *piece = context;
    close(piece->fd);
    free(piece);
}

enum range { RANGE_NONE, RANGE_PART, RANGE_OUTSIDE };

/* One range of bytes; what is no such thing is answered whole, as the standard wants it. */
static enum range read_range(const char *text, uint64_t size, uint64_t *from, uint64_t *len)
{
    unsigned long long first, last;
    char rest;
    *from = 0;
    *len = size;
    if (!text)
        return RANGE_NONE;
    if (sscanf(text, "bytes=-%20llu%c", &last, &rest) == 1) {
        *len = last < size ? last : size;
        *from = size - *len;
        return *len ? RANGE_PART : RANGE_OUTSIDE;
    }
    int got = sscanf(text, "bytes=%20llu-%20llu%c", &first, &last, &rest);
    if (got != 2) {
        int end = 0;
        if (sscanf(text, "bytes=%20llu-%n", &first, &end) != 1 || !end || text[end])
            return RANGE_NONE;
        last = size - 1;
    }
    if (first >= size)
        return RANGE_OUTSIDE;
    if (last < first)
        return RANGE_NONE;
    *from = first;
    *len = (last < size ? last + 1 : size) - first;
    return RANGE_PART;
}

static enum MHD_Result send_blob(const struct request *r, const char *digest, int fd)
{
    struct stat st;
    uint64_t from, len;
    char range_text[80];
    if (fstat(fd, &st)) {
        close(fd);
        return refuse(r, 500, "UNKNOWN", "the blob cannot be read");
    }
    const char *wanted = MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, "Range");
    enum range range = read_range(wanted, (uint64_t)st.st_size, &from, &len);
    struct MHD_Response *response;
    if (range == RANGE_OUTSIDE) {
        close(fd);
        response = MHD_create_response_from_buffer(0, buf_empty, MHD_RESPMEM_PERSISTENT);
        snprintf(range_text, sizeof(range_text), "bytes */%lld", (long long)st.st_size);
        MHD_add_response_header(response, "Content-Range", range_text);
        return answer(r, 416, response, 0);
    }
    struct piece *piece = mem_zero(1, sizeof(*piece));
    *piece = (struct piece){.server = r->server, .fd = fd, .from = from};
    response = MHD_create_response_from_callback(len, 64 * 1024, read_piece, piece, close_piece);
    if (!response) {
        close_piece(piece);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", "application/octet-stream");
    MHD_add_response_header(response, "Accept-Ranges", "bytes");
    add_digest_headers(response, digest);
    if (range == RANGE_PART) {
        snprintf(range_text, sizeof(range_text), "bytes %llu-%llu/%lld", (unsigned long long)from,
                 (unsigned long long)(from + len - 1), (long long)st.st_size);
        MHD_add_response_header(response, "Content-Range", range_text);
    }
    return answer(r, range == RANGE_PART ? 206 : 200, response, len);
}

static enum MHD_Result get_blob(const struct request *r, const char *name)
{
    const char *digest = digest_hex(name);
    if (!digest)
        return refuse(r, 400, "DIGEST_INVALID", "provided digest is not one of SHA-256");
    int fd = reg_store_blob(r->server->store, digest);
    return fd < 0 ? refuse(r, 404, "BLOB_UNKNOWN", "blob unknown to registry") : send_blob(r, digest, fd);
}

/* --- calls ------------------------------------------------------------------------------------------------------ */

/* "/v2/NAME/KIND/REST": NAME may hold slashes, so KIND is looked for from the end. */
static enum MHD_Result route(const struct request *r)
{
    static const char *const kinds[] = {"/tags/list", "/manifests/", "/blobs/"};
    const char *name;
    if (!text_starts(r->url, "/v2/", &name))
        return not_found(r);
    if (!*name) {
        struct buf json = BUF_INIT;
        buf_adds(&json, "{}");
        enum MHD_Result rc = answer_json(r, 200, &json);
        buf_clear(&json);
        return rc;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const char *at = strstr(name, kinds[i]);
        if (!at)
            continue;
        const struct reg_repo *repo = reg_repo(name, (size_t)(at - name));
        const char *rest = at + strlen(kinds[i]);
        if (!repo)
            return refuse(r, 404, "NAME_UNKNOWN", "repository name not known to registry");
        switch (i) {
        case 0:
            return *rest ? not_found(r) : list_tags(r, repo);
        case 1:
            return get_manifest(r, repo, rest);
        default:
            return get_blob(r, rest);
        }
    }
    return not_found(r);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_len, void **state)
{
    static int begun;
    struct request r = {.server = context, .connection = connection, .method = method, .url = url};
    (void)version;
    (void)upload;
    /* The first call comes before the body, and answering then would end the connection. */
    if (!*state) {
        *state = &begun;
        return MHD_YES;
    }
    if (*upload_len) {
        *upload_len = 0;
        return MHD_YES;
    }
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return refuse(&r, 405, "UNSUPPORTED", "this registry is read-only");
    return route(&r);
}

struct reg_server *reg_server_start(int listener, struct reg_store *store, int log, bool (*pace)(void *), void *context,
                                    struct err *err)
{
    struct reg_server *server = mem_zero(1, sizeof(*server));
    server->store = store;
    server->log = log;
    server->pace = pace;
    server->context = context;
    pthread_mutex_init(&server->pacing, NULL);
    /* A thread for each connection, since a paced one sleeps. */
    server->http =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL, 0, NULL, NULL,
                         on_request, server, MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT, 64u,
                         MHD_OPTION_CONNECTION_TIMEOUT, 120u, MHD_OPTION_END);
    if (!server->http) {
        close(listener);
        reg_server_stop(server);
        err_set(err, -EIO, "The demo's registry could not start its HTTP server.");
        return NULL;
    }
    return server;
}

void reg_server_stop(struct reg_server *server)
{
    if (!server)
        return;
    if (server->http)
        MHD_stop_daemon(server->http);
    pthread_mutex_destroy(&server->pacing);
    free(server);
}
