#include "backend/base/loop-own.h"

#include "backend/base/mem.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define GRACE_MS 2000
#define PIECE    65536

struct loop_child {
    struct owned own;
    uv_process_t process;
    uv_pipe_t pipes[2]; /* stdout, stderr */
    uv_timer_t grace;
    struct loop_child_options options;
    struct loop_child_end end;
    bool exited, told;
    int open; /* pipes that have not ended */
};

/* One piece is read at a time, and given on before the next: one buffer serves all children. */
static char piece[PIECE];

static void finish_when_over(struct loop_child *child)
{
    if (!child->exited || child->told || child->open > 0 || child->own.freed)
        return;
    child->told = true;
    uv_timer_stop(&child->grace);
    if (child->options.done)
        child->options.done(child->options.data, &child->end);
}

static void pipe_ended(struct loop_child *child, uv_handle_t *pipe)
{
    if (uv_is_closing(pipe))
        return;
    child->open--;
    owned_close(pipe);
}

static void on_grace(uv_timer_t *timer)
{
    struct loop_child *child = timer->data;
    child->end.cut = child->open > 0;
    for (int i = 0; i < 2; i++)
        pipe_ended(child, (uv_handle_t *)&child->pipes[i]);
    finish_when_over(child);
}

static void on_ended(uv_process_t *process, int64_t status, int signal)
{
    struct loop_child *child = process->data;
    child->exited = true;
    child->end.exit = signal ? -1 : (int)status;
    child->end.signal = signal;
    if (child->open > 0 && !child->own.freed)
        uv_timer_start(&child->grace, on_grace, GRACE_MS, 0);
    if (child->own.freed)
        owned_close((uv_handle_t *)&child->process);
    finish_when_over(child);
}

static void on_alloc(uv_handle_t *pipe, size_t suggested, uv_buf_t *buf)
{
    (void)pipe;
    (void)suggested;
    *buf = uv_buf_init(piece, sizeof(piece));
}

static void on_read(uv_stream_t *pipe, ssize_t n, const uv_buf_t *buf)
{
    struct loop_child *child = pipe->data;
    int stream = (uv_pipe_t *)pipe == &child->pipes[0] ? 1 : 2;
    if (n < 0) {
        pipe_ended(child, (uv_handle_t *)pipe);
        finish_when_over(child);
    } else if (n > 0 && !child->own.freed) {
        child->options.output(child->options.data, stream, buf->base, (size_t)n);
    }
}

static void open_handles(struct loop *loop, struct loop_child *child)
{
    for (int i = 0; i < 2; i++) {
        uv_pipe_init(&loop->uv, &child->pipes[i], 0);
        owned_opened(&child->own, (uv_handle_t *)&child->pipes[i]);
    }
    uv_timer_init(&loop->uv, &child->grace);
    owned_opened(&child->own, (uv_handle_t *)&child->grace);
}

static void start_reading(struct loop_child *child)
{
    child->open = 2;
    for (int i = 0; i < 2; i++)
        if (!child->options.output)
            pipe_ended(child, (uv_handle_t *)&child->pipes[i]);
        else
            uv_read_start((uv_stream_t *)&child->pipes[i], on_alloc, on_read);
}

struct loop_child *loop_child_start(struct loop *loop, const struct argv *argv,
                                    const struct loop_child_options *options, struct err *err)
{
    struct loop_child *child = mem_zero(1, sizeof(*child));
    child->options = *options;
    open_handles(loop, child);
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}};
    for (int i = 0; i < 2; i++) {
        stdio[i + 1].flags = options->output ? UV_CREATE_PIPE | UV_WRITABLE_PIPE : UV_IGNORE;
        stdio[i + 1].data.stream = (uv_stream_t *)&child->pipes[i];
    }
    uv_process_options_t how = {
        .file = argv->v[0],
        .args = argv->v,
        .env = (char **)options->env,
        .cwd = options->folder,
        .exit_cb = on_ended,
        .stdio = stdio,
        .stdio_count = 3,
        .flags = UV_PROCESS_DETACHED,
    };
    int rc = uv_spawn(&loop->uv, &child->process, &how);
    owned_opened(&child->own, (uv_handle_t *)&child->process);
    if (rc < 0) {
        err_sys(err, loop_errno(rc), "Could not start %s", argv->v[0]);
        loop_child_free(child);
        return NULL;
    }
    start_reading(child);
    return child;
}

pid_t loop_child_pid(const struct loop_child *child)
{
    return child->process.pid;
}

void loop_child_kill(struct loop_child *child, int signal)
{
    if (!child->exited && child->process.pid > 0)
        kill(-child->process.pid, signal);
}

void loop_child_free(struct loop_child *child)
{
    if (!child)
        return;
    child->own.freed = true;
    for (int i = 0; i < 2; i++)
        owned_close((uv_handle_t *)&child->pipes[i]);
    owned_close((uv_handle_t *)&child->grace);
    /* One that still runs is reaped by its handle, which goes then and does not keep the loop going. */
    if (child->exited || child->process.pid <= 0)
        owned_close((uv_handle_t *)&child->process);
    else
        uv_unref((uv_handle_t *)&child->process);
}
