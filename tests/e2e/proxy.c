#include "tests/e2e/proxy.h"

#include "backend/base/mem.h"
#include "backend/base/num.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <math.h>
#include <microhttpd.h>
#include <pthread.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* The side of the clients: libmicrohttpd, a thread a connection, so that one that is slow holds up no other. */

struct call {
    char *uri; /* path and query as they came */
    const char *method;
    struct MHD_Connection *connection;
    bool begun;
    struct buf posted;
    unsigned status;
    uint64_t sent;
    /* a body that is handed on */
    struct upstream *upstream;
    struct upstream_head head;
    struct timespec start;
    unsigned generation;
    uint64_t slow, stall, cut, flip; /* UINT64_MAX: not asked for */
};

static int listen_port;
static int behind_port;
static FILE *log_file;

static double seconds_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static enum MHD_Result send_text(struct call *call, unsigned status, const char *name, const char *value,
                                 const char *text)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);

    MHD_add_response_header(r, "Content-Type", "application/json");
    if (name)
        MHD_add_response_header(r, name, value);
    call->status = status;
    call->sent = strlen(text);
    enum MHD_Result result = MHD_queue_response(call->connection, status, r);
    MHD_destroy_response(r);
    return result;
}

static bool client_gone(struct call *call)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct pollfd p = {.fd = info ? info->connect_fd : -1, .events = POLLRDHUP};

    return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

/* Waits until `until` seconds of the transfer are over, or the rules change; false when the client went. */
static bool hold(struct call *call, double until)
{
    while (call->generation == rules_generation() && seconds_since(&call->start) < until) {
        if (client_gone(call))
            return false;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return true;
}

static ssize_t read_body(void *data, uint64_t at, char *to, size_t max)
{
    struct call *call = data;
    uint64_t end = call->cut < call->stall ? call->cut : call->stall;

    if (at >= call->cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (at >= call->stall) {
        if (!hold(call, INFINITY))
            return MHD_CONTENT_READER_END_WITH_ERROR;
        call->stall = UINT64_MAX;
        end = call->cut;
    }
    if (max > end - at)
        max = end - at;
    if (call->slow != UINT64_MAX) {
        if (!hold(call, (double)at / (double)call->slow))
            return MHD_CONTENT_READER_END_WITH_ERROR;
        if (max > call->slow / 20 + 1)
            max = call->slow / 20 + 1;
    }
    long n = upstream_read(call->upstream, to, max);
    if (n < 0)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (n == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (call->flip >= at && call->flip - at < (uint64_t)n)
        to[call->flip - at] = (char)~to[call->flip - at];
    call->sent += (uint64_t)n;
    return n;
}

static enum MHD_Result forward_header(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
    static const char *const wanted[] = {"Accept", "Range", "If-None-Match", "User-Agent"};
    struct argv *headers = data;

    (void)kind;
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (strcasecmp(name, wanted[i]) == 0)
            argv_pushf(headers, "%s: %s", name, value ? value : "");
    return MHD_YES;
}

static bool stays_here(const char *name)
{
    static const char *const own[] = {"Content-Length", "Connection", "Transfer-Encoding", "Date"};

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (strcasecmp(name, own[i]) == 0)
            return true;
    return false;
}

static void spoil(struct call *call, const char *path)
{
    struct {
        enum proxy_action action;
        uint64_t *number;
    } const all[] = {
        {PROXY_SLOW, &call->slow},
        {PROXY_STALL, &call->stall},
        {PROXY_CUT, &call->cut},
        {PROXY_FLIP, &call->flip},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        *all[i].number = UINT64_MAX;
        if (strcmp(call->method, "GET") == 0)
            rules_take(all[i].action, path, all[i].number);
    }
    if (call->slow == 0)
        call->slow = 1;
    call->generation = rules_generation();
    clock_gettime(CLOCK_MONOTONIC, &call->start);
}

static bool open_behind(struct call *call, bool head_only)
{
    struct argv headers = ARGV_INIT;
    char *url = mem_printf("http://127.0.0.1:%d%s", behind_port, call->uri);

    MHD_get_connection_values(call->connection, MHD_HEADER_KIND, forward_header, &headers);
    call->upstream = upstream_open(url, head_only, &headers, &call->head);
    argv_clear(&headers);
    free(url);
    return call->head.status != 0;
}

static enum MHD_Result hand_on(struct call *call, const char *path)
{
    if (!open_behind(call, strcmp(call->method, "HEAD") == 0))
        return send_text(call, 502, NULL, NULL, "{}");
    spoil(call, path);
    call->status = (unsigned)call->head.status;
    struct MHD_Response *r = MHD_create_response_from_callback(
        call->head.length < 0 ? MHD_SIZE_UNKNOWN : (uint64_t)call->head.length, 1 << 16, read_body, call, NULL);
    for (size_t i = 0; i < call->head.names.n; i++)
        if (!stays_here(call->head.names.v[i]))
            MHD_add_response_header(r, call->head.names.v[i], call->head.values.v[i]);
    enum MHD_Result result = MHD_queue_response(call->connection, call->status, r);
    MHD_destroy_response(r);
    return result;
}

static enum MHD_Result send_page(struct call *call, const char *path, uint64_t n)
{
    const char *last = MHD_lookup_connection_value(call->connection, MHD_GET_ARGUMENT_KIND, "last");
    struct buf all = BUF_INIT, page = BUF_INIT, link = BUF_INIT;
    char piece[8192];
    long got;

    if (open_behind(call, false))
        while ((got = upstream_read(call->upstream, piece, sizeof(piece))) > 0)
            buf_add(&all, piece, (size_t)got);
    bool good = call->head.status == 200 && answer_page(all.s, all.len, path, n, last, &page, &link);
    enum MHD_Result result = send_text(call, good ? 200 : 502, link.len ? "Link" : NULL, link.s, good ? page.s : "{}");
    buf_clear(&all);
    buf_clear(&page);
    buf_clear(&link);
    return result;
}

static enum MHD_Result send_token(struct call *call)
{
    const char *scope = MHD_lookup_connection_value(call->connection, MHD_GET_ARGUMENT_KIND, "scope");
    uint64_t seconds = 60;
    struct buf json = BUF_INIT;

    rules_take(PROXY_BEARER, call->uri, &seconds);
    answer_token(scope ? scope : "", seconds, &json);
    enum MHD_Result result = send_text(call, 200, NULL, NULL, json.s);
    buf_clear(&json);
    return result;
}

static enum MHD_Result answer(struct call *call, const char *path)
{
    uint64_t n;

    if (strcmp(path, "/_control") == 0)
        return rules_set(call->posted.s) ? send_text(call, 200, NULL, NULL, "{}")
                                         : send_text(call, 400, NULL, NULL, "{\"error\":\"no such rule\"}");
    if (strcmp(call->method, "GET") != 0 && strcmp(call->method, "HEAD") != 0)
        return send_text(call, 405, NULL, NULL, "{}");
    if (rules_take(PROXY_REFUSE, path, &n))
        return MHD_NO;
    if (strcmp(path, "/token") == 0)
        return send_token(call);
    if (rules_take(PROXY_STATUS, path, &n))
        return send_text(call, (unsigned)n, "Retry-After", "1",
                         "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"asked for by the test\"}]}");
    if (rules_take(PROXY_BEARER, path, &n) &&
        !answer_token_ok(MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, "Authorization"), path)) {
        struct buf header = BUF_INIT;
        answer_challenge(listen_port, path, &header);
        enum MHD_Result result = send_text(call, 401, "WWW-Authenticate", header.s,
                                           "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"token wanted\"}]}");
        buf_clear(&header);
        return result;
    }
    if (strstr(path, "/tags/list") && rules_take(PROXY_PAGE, path, &n))
        return send_page(call, path, n);
    return hand_on(call, path);
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *path, const char *method,
                                  const char *version, const char *upload, size_t *size, void **state)
{
    struct call *call = *state;

    (void)data;
    (void)version;
    call->connection = connection;
    call->method = method;
    if (!call->begun) {
        call->begun = true;
        return MHD_YES;
    }
    if (*size > 0) {
        if (call->posted.len + *size > 1 << 16)
            return MHD_NO;
        buf_add(&call->posted, upload, *size);
        *size = 0;
        return MHD_YES;
    }
    return answer(call, path);
}

static void *on_uri(void *data, const char *uri, struct MHD_Connection *connection)
{
    struct call *call = mem_zero(1, sizeof(*call));

    (void)data;
    (void)connection;
    buf_init(&call->posted);
    call->uri = mem_strdup(uri);
    return call;
}

static void on_end(void *data, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
    struct call *call = *state;

    (void)data;
    (void)connection;
    (void)code;
    if (!call)
        return;
    if (strcmp(call->uri, "/_control") != 0)
        fprintf(log_file, "%s %s %u %llu\n", call->method ? call->method : "-", call->uri, call->status,
                (unsigned long long)call->sent);
    upstream_free(call->upstream);
    upstream_head_clear(&call->head);
    buf_clear(&call->posted);
    free(call->uri);
    free(call);
    *state = NULL;
}

static struct MHD_Daemon *serve(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, on_request,
                         NULL, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_URI_LOG_CALLBACK, on_uri,
                         NULL, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;

    listen_port = info ? info->port : 0;
    return daemon;
}

int main(int argc, char **argv)
{
    int64_t port;
    sigset_t ends;
    int got;

    if (argc != 3 || !num_parse(argv[1], 1, 65535, &port) || !(log_file = fopen(argv[2], "we"))) {
        fputs("usage: proxy PORT LOGFILE\n", stderr);
        return 2;
    }
    behind_port = (int)port;
    setvbuf(log_file, NULL, _IOLBF, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (!serve() || listen_port == 0) {
        fputs("proxy: cannot listen on 127.0.0.1\n", stderr);
        return 1;
    }
    printf("listening on %d\n", listen_port);
    fflush(stdout);
    sigwait(&ends, &got);
    _exit(0);
}
