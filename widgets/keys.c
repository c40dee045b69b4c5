#include "widgets/keys.h"

#include "widgets/shown.h"
#include "widgets/wmem.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PASTE_MAX    (1024 * 1024)
#define PASTE_GAP_MS 3000
/* Codes of our own, above those that curses gives to keys of terminfo's extended names. */
#define CODE_PASTE_BEGIN 0x3F00
#define CODE_PASTE_END   0x3F01

struct keys {
    WINDOW *pad; /* a pad: reading from a window would refresh it first */
    char part[4];
    size_t npart; /* bytes of a character that is not whole yet */
    bool part_alt;
    char *paste;
    size_t npaste;
    bool pasting, discard;
    struct timespec last;
    MEVENT mouse;
};

struct keys *keys_new(void)
{
    struct keys *keys = wmem_zero(1, sizeof(*keys));
    keys->pad = newpad(1, 1);
    if (keys->pad) {
        keypad(keys->pad, TRUE);
        nodelay(keys->pad, TRUE);
        meta(keys->pad, TRUE);
    }
    define_key("\033[200~", CODE_PASTE_BEGIN);
    define_key("\033[201~", CODE_PASTE_END);
    return keys;
}

void keys_free(struct keys *keys)
{
    if (!keys)
        return;
    if (keys->pad)
        delwin(keys->pad);
    free(keys->paste);
    free(keys);
}

const char *keys_paste(const struct keys *keys, size_t *len)
{
    *len = keys->npaste;
    return keys->paste ? keys->paste : "";
}

enum pointer keys_pointer(const struct keys *keys, int *y, int *x)
{
    *y = keys->mouse.y;
    *x = keys->mouse.x;
    if (keys->mouse.bstate & BUTTON4_PRESSED)
        return POINTER_UP;
    if (keys->mouse.bstate & BUTTON5_PRESSED)
        return POINTER_DOWN;
    return keys->mouse.bstate & BUTTON3_PRESSED ? POINTER_MENU : POINTER_CLICK;
}

void keys_flush(struct keys *keys)
{
    flushinp();
    keys->npart = 0;
    keys->discard = keys->pasting;
    while (wgetch(keys->pad) != ERR)
        ;
}

/* --- paste --- */

static void paste_add(struct keys *keys, const char *bytes, size_t len)
{
    if (keys->npaste + len > PASTE_MAX)
        len = PASTE_MAX - keys->npaste;
    for (size_t i = 0; i < len; i++) {
        if (keys->npaste == 0 || (keys->npaste & (keys->npaste + 1)) == 0)
            keys->paste = wmem_resize(keys->paste, 2 * keys->npaste + 2);
        keys->paste[keys->npaste++] = bytes[i];
    }
    if (keys->paste)
        keys->paste[keys->npaste] = '\0';
}

/* A key in a paste is the bytes that curses made it from. */
static void paste_add_code(struct keys *keys, int code)
{
    char byte = (char)code;
    if (code < 0x100) {
        paste_add(keys, &byte, 1);
        return;
    }
    char *bytes = keybound(code, 0);
    if (bytes)
        paste_add(keys, bytes, strlen(bytes));
    free(bytes);
}

/* The end of a paste may be lost with a line: after a pause what comes is keys again. */
static bool paste_is_over(struct keys *keys)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long ms = (now.tv_sec - keys->last.tv_sec) * 1000LL + (now.tv_nsec - keys->last.tv_nsec) / 1000000;
    keys->last = now;
    return ms > PASTE_GAP_MS;
}

static struct key paste_end(struct keys *keys)
{
    struct key key = {.type = keys->discard ? KEY_NONE : KEY_PASTED};
    keys->pasting = keys->discard = false;
    return key;
}

/* --- single keys --- */

static struct key of_code(int code, bool alt)
{
    struct key key = {.type = KEY_CODE, .code = code, .alt = alt};
    if (code == '\r' || code == KEY_ENTER)
        key.code = KEYS_ENTER;
    else if (code == KEY_BACKSPACE || code == 8)
        key.code = KEYS_BACKSPACE;
    return key;
}

/* Adds a byte above 0x7F to the character that is being put together; KEY_NONE while it is not whole. */
static struct key of_byte(struct keys *keys, char byte, bool alt)
{
    struct key key = {.type = KEY_NONE};
    bool continues = ((unsigned char)byte & 0xC0) == 0x80;
    if (!continues || keys->npart == sizeof(keys->part))
        keys->npart = 0;
    if (keys->npart == 0) {
        if (continues)
            return key;
        keys->part_alt = alt;
    }
    keys->part[keys->npart++] = byte;
    if (shown_utf8(keys->part, keys->npart, &key.ch) == 0)
        return key;
    keys->npart = 0;
    if (key.ch < 0xA0)
        return key;
    key.type = KEY_CHAR;
    key.alt = keys->part_alt;
    return key;
}

static struct key of_input(struct keys *keys, int c, bool alt)
{
    if (c >= 0x80 && c <= 0xFF)
        return of_byte(keys, (char)c, alt);
    keys->npart = 0;
    if (c == KEY_RESIZE)
        return (struct key){.type = KEY_SIZE};
    if (c == KEY_MOUSE)
        return (struct key){.type = getmouse(&keys->mouse) == OK ? KEY_POINTER : KEY_NONE};
    if (c > 0xFF || c < 0x20 || c == 0x7F)
        return of_code(c, alt);
    return (struct key){.type = KEY_CHAR, .ch = (uint32_t)c, .alt = alt};
}

/* What stands behind an Esc at once belongs to it: Alt with a key. Curses has waited ESCDELAY for it. */
static struct key of_escape(struct keys *keys)
{
    int c = wgetch(keys->pad);
    if (c == ERR)
        return of_code(KEYS_ESC, false);
    if (c == KEYS_ESC || c == CODE_PASTE_BEGIN || c == KEY_RESIZE) {
        ungetch(c);
        return of_code(KEYS_ESC, false);
    }
    return of_input(keys, c, true);
}

struct key keys_next(struct keys *keys)
{
    struct key key = {.type = KEY_NONE};
    for (int c; key.type == KEY_NONE && (c = wgetch(keys->pad)) != ERR;) {
        if (keys->pasting && c != KEY_RESIZE) {
            bool over = paste_is_over(keys);
            if (c == CODE_PASTE_END || over)
                key = paste_end(keys);
            else
                paste_add_code(keys, c);
            if (over && c != CODE_PASTE_END)
                ungetch(c);
        } else if (c == CODE_PASTE_BEGIN) {
            keys->pasting = true;
            keys->npaste = 0;
            keys->npart = 0;
            clock_gettime(CLOCK_MONOTONIC, &keys->last);
        } else if (c == CODE_PASTE_END) {
            continue;
        } else if (c == KEYS_ESC) {
            key = of_escape(keys);
        } else {
            key = of_input(keys, c, false);
        }
    }
    return key;
}
