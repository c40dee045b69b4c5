#include "widgets/messages.h"

#include "widgets/wmem.h"

#include <stdlib.h>

#define STAYS_MS 3000
#define REST_MS  150

struct messages {
    struct message kept[MESSAGES_KEPT];
    int n, next;
    bool error, event; /* the newest of its kind is still shown */
    const struct message *last_error, *last_event;
    long long event_at, key_at;
    char *focus, *seen; /* `seen`: what was shown before the keys came */
};

struct messages *messages_new(void)
{
    struct messages *m = wmem_zero(1, sizeof(*m));
    m->focus = wmem_strdup("");
    m->seen = wmem_strdup("");
    m->key_at = -REST_MS;
    return m;
}

void messages_free(struct messages *m)
{
    if (!m)
        return;
    for (int i = 0; i < MESSAGES_KEPT; i++)
        free(m->kept[i].text);
    free(m->focus);
    free(m->seen);
    free(m);
}

void messages_say(struct messages *m, long long now, long long wall, enum message_kind kind, const char *text)
{
    struct message *message = &m->kept[m->next];
    /* The place of the oldest is used again. */
    if (m->last_error == message)
        m->error = false;
    if (m->last_event == message)
        m->event = false;
    free(message->text);
    *message = (struct message){.kind = kind, .wall = wall, .text = wmem_strdup(text)};
    m->next = (m->next + 1) % MESSAGES_KEPT;
    if (m->n < MESSAGES_KEPT)
        m->n++;
    if (kind == MESSAGE_ERROR) {
        m->error = true;
        m->last_error = message;
    } else {
        m->event = true;
        m->last_event = message;
        m->event_at = now;
    }
}

void messages_focus(struct messages *m, const char *text)
{
    char *copy = wmem_strdup(text);
    free(m->focus);
    m->focus = copy;
}

void messages_key(struct messages *m, long long now)
{
    if (now - m->key_at >= REST_MS) {
        free(m->seen);
        m->seen = wmem_strdup(m->focus);
    }
    m->key_at = now;
    if (m->event && now - m->event_at >= STAYS_MS)
        m->event = false;
}

bool messages_escape(struct messages *m)
{
    bool was = m->error;
    m->error = false;
    return was;
}

const char *messages_row(const struct messages *m, long long now, enum role *role, enum glyph *glyph)
{
    static const struct {
        enum role role;
        enum glyph glyph;
    } looks[] = {
        [MESSAGE_EVENT] = {ROLE_TEXT, GLYPH_NONE},
        [MESSAGE_DONE] = {ROLE_OK, GLYPH_DONE},
        [MESSAGE_WARNING] = {ROLE_WARN, GLYPH_WARN},
        [MESSAGE_ERROR] = {ROLE_DANGER, GLYPH_FAILED},
    };
    const struct message *message = m->error ? m->last_error : m->event ? m->last_event : NULL;
    if (message) {
        *role = looks[message->kind].role;
        *glyph = looks[message->kind].glyph;
        return message->text;
    }
    *role = ROLE_TEXT;
    *glyph = GLYPH_NONE;
    return now - m->key_at >= REST_MS ? m->focus : m->seen;
}

int messages_wait(const struct messages *m, long long now)
{
    if (m->error || m->event || now - m->key_at >= REST_MS)
        return -1;
    return (int)(REST_MS - (now - m->key_at));
}

int messages_count(const struct messages *m)
{
    return m->n;
}

const struct message *messages_at(const struct messages *m, int i)
{
    if (i < 0 || i >= m->n)
        return NULL;
    return &m->kept[(m->next - 1 - i + 2 * MESSAGES_KEPT) % MESSAGES_KEPT];
}
