#ifndef TENGIL_WIDGETS_KEYS_H
#define TENGIL_WIDGETS_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Keys from bytes. Reads with wgetch from a 1x1 pad and assembles UTF-8 in a state that outlives the call, since wget_wch
 * loses a character whose bytes come in two reads. Bracketed paste becomes one event.
 */
enum key_type {
    KEY_NONE,   /* nothing more now */
    KEY_CHAR,   /* `ch`, with `alt` when Esc stood before it within ESCDELAY */
    KEY_CODE,   /* `code`: KEY_UP, KEY_F(1), … of curses; KEY_BTAB; 27 for Esc alone; 1-26 for ^A … ^Z; 10 for Enter; 9 Tab; 127 Backspace */
    KEY_PASTED, /* the whole paste is in keys_paste() */
    KEY_SIZE,   /* the terminal has another size */
    KEY_POINTER /* mouse; see keys_mouse() */
};

struct key {
    enum key_type type;
    uint32_t ch;
    int code;
    bool alt;
};

struct keys;
struct keys *keys_new(void);
void keys_free(struct keys *keys);
/* The next key that is there, never waiting (but for ESCDELAY after an Esc). */
struct key keys_next(struct keys *keys);
/* The text of the last paste, control bytes as they came; cut at 1 MiB. Valid until the next keys_next(). */
const char *keys_paste(const struct keys *keys, size_t *len);
/* Throws away what is queued (before a question opens). */
void keys_flush(struct keys *keys);

#endif
