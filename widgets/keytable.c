#include "widgets/keytable.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOOTER_MOST 32

/* Names of keys that are no character. The first name of a code is how it is written. */
static const struct {
    const char *name;
    int code;
} names[] = {
    {"Enter", KEYS_ENTER},         {"Tab", KEYS_TAB},  {"S-Tab", KEY_BTAB}, {"Esc", KEYS_ESC},
    {"Backspace", KEYS_BACKSPACE}, {"Up", KEY_UP},     {"Down", KEY_DOWN},  {"Left", KEY_LEFT},
    {"Right", KEY_RIGHT},          {"Home", KEY_HOME}, {"End", KEY_END},    {"PgUp", KEY_PPAGE},
    {"PgDn", KEY_NPAGE},           {"Del", KEY_DC},    {"Ins", KEY_IC},
};

/* One word of `keys` as a key. False: it is no key. */
static bool parse(const char *word, size_t len, struct key *key)
{
    *key = (struct key){.type = KEY_CODE};
    if (len > 4 && strncmp(word, "Alt-", 4) == 0) {
        key->alt = true;
        word += 4;
        len -= 4;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i].name) == len && strncmp(names[i].name, word, len) == 0) {
            key->code = names[i].code;
            return true;
        }
    }
    if (len == 2 && word[0] == '^' && word[1] >= 'A' && word[1] <= 'Z') {
        key->code = word[1] & 0x1F;
        return true;
    }
    if (len >= 2 && len <= 3 && word[0] == 'F' && word[1] >= '1' && word[1] <= '9') {
        key->code = KEY_F(atoi(word + 1));
        return true;
    }
    key->type = KEY_CHAR;
    key->ch = ' ';
    return (len == 5 && strncmp(word, "Space", 5) == 0) || shown_utf8(word, len, &key->ch) == len;
}

/* The next word of a list with blanks; false at the end. */
static bool next_word(const char **at, const char **word, size_t *len)
{
    *at += strspn(*at, " ");
    *word = *at;
    *len = strcspn(*at, " ");
    *at += *len;
    return *len > 0;
}

bool keytable_matches(const char *keys, const struct key *key)
{
    const char *word;
    size_t len;
    struct key wanted;
    while (keys && next_word(&keys, &word, &len))
        if (parse(word, len, &wanted) && wanted.type == key->type && wanted.alt == key->alt &&
            (key->type == KEY_CHAR ? wanted.ch == key->ch : wanted.code == key->code))
            return true;
    return false;
}

const struct keytable_action *keytable_find(const struct keytable *t, const struct key *key)
{
    for (int i = 0; i < t->n; i++)
        if (keytable_matches(t->actions[i].keys, key))
            return &t->actions[i];
    return NULL;
}

const struct keytable_action *keytable_by_id(const struct keytable *t, const char *id)
{
    for (int i = 0; i < t->n; i++)
        if (strcmp(t->actions[i].id, id) == 0)
            return &t->actions[i];
    return NULL;
}

bool keytable_name(const struct key *key, char *out, size_t size)
{
    const char *alt = key->alt ? "Alt-" : "";
    if (key->type == KEY_CHAR && key->ch == ' ')
        snprintf(out, size, "%sSpace", alt);
    else if (key->type == KEY_CHAR && key->ch > ' ' && key->ch < 0x7F)
        snprintf(out, size, "%s%c", alt, (char)key->ch);
    else if (key->type != KEY_CODE)
        return false;
    else {
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            if (names[i].code == key->code) {
                snprintf(out, size, "%s%s", alt, names[i].name);
                return true;
            }
        }
        if (key->code >= 1 && key->code <= 26)
            snprintf(out, size, "%s^%c", alt, key->code + 'A' - 1);
        else if (key->code > KEY_F(0) && key->code <= KEY_F(63))
            snprintf(out, size, "%sF%d", alt, key->code - KEY_F(0));
        else
            return false;
    }
    return true;
}

void keytable_first(const struct keytable_action *action, char *out, size_t size)
{
    const char *at = action->keys ? action->keys : "", *word = "";
    size_t len = 0;
    if (action->shown) {
        snprintf(out, size, "%s", action->shown);
        return;
    }
    next_word(&at, &word, &len);
    snprintf(out, size, "%.*s", (int)len, word);
}

/* "key label" */
static int width_of(const struct keytable_action *action, bool utf8)
{
    char keys[40];
    keytable_first(action, keys, sizeof(keys));
    return shown_width(keys, strlen(keys), utf8) + 1 + shown_width(action->label, strlen(action->label), utf8);
}

int keytable_fit(const struct keytable *t, int width, const char *right, bool (*possible)(void *data, const char *id),
                 void *data, int *chosen, int max, bool utf8)
{
    int best[FOOTER_MOST], nbest = 0;
    /* A blank at both edges, two between the actions and before what stands at the right. */
    int room = width - 2 - (right && *right ? shown_width(right, strlen(right), utf8) + 2 : 0);
    for (int wanted = 1; nbest < FOOTER_MOST && wanted < 100; wanted++) {
        for (int i = 0; i < t->n && nbest < FOOTER_MOST; i++) {
            const struct keytable_action *action = &t->actions[i];
            if (action->priority != wanted || (possible && !possible(data, action->id)))
                continue;
            int need = width_of(action, utf8) + (nbest > 0 ? 2 : 0);
            if (need > room)
                continue;
            room -= need;
            best[nbest++] = i;
        }
    }
    int n = 0;
    for (int i = 0; i < t->n && n < max; i++)
        for (int k = 0; k < nbest; k++)
            if (best[k] == i && n < max)
                chosen[n++] = i;
    return n;
}

static int draw_pair(const struct canvas *row, int x, const char *keys, const char *label)
{
    x += draw_text(row, 0, x, 0, ROLE_ACCENT, SHOWN_CUT_NEVER, keys);
    return x + 1 + draw_text(row, 0, x + 1, 0, ROLE_TEXT, SHOWN_CUT_END, label);
}

void keytable_draw(const struct keytable *t, const struct canvas *row, const char *right,
                   bool (*possible)(void *data, const char *id), void *data)
{
    int chosen[FOOTER_MOST], x = 1;
    bool utf8 = row->theme->utf8;
    char keys[40];
    int n = keytable_fit(t, row->width, right, possible, data, chosen, FOOTER_MOST, utf8);
    draw_clear_rows(row, 0, 1);
    for (int i = 0; i < n; i++) {
        keytable_first(&t->actions[chosen[i]], keys, sizeof(keys));
        x = draw_pair(row, x, keys, t->actions[chosen[i]].label) + 2;
    }
    if (!right || !*right)
        return;
    snprintf(keys, sizeof(keys), "%.*s", (int)strcspn(right, " "), right);
    const char *rest = right + strlen(keys);
    int at = row->width - 1 - shown_width(right, strlen(right), utf8);
    if (at >= 0)
        draw_pair(row, at, keys, *rest ? rest + 1 : "");
}
