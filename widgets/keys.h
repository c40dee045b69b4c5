#ifndef TENGIL_WIDGETS_KEYS_H
#define TENGIL_WIDGETS_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Keys from bytes. Reads with wgetch from a 1x1 pad and assembles UTF-8 in a state that outlives the call, since
 * wget_wch loses a character whose bytes come in two reads. Bytes that are no UTF-8 are dropped, the keys behind them
 * are not. Bracketed paste becomes one event.
 */
enum key_type {
    KEY_NONE,   /* nothing more now */
    KEY_CHAR,   /* `ch`, with `alt` when Esc stood before it within ESCDELAY */
    KEY_CODE,   /* `code`: KEY_UP, KEY_F(1), KEY_BTAB … of curses, or one of the KEYS_ below, or 1-26 for ^A … ^Z */
    KEY_PASTED, /* the whole paste is in keys_paste() */
    KEY_SIZE,   /* the terminal has another size */
    KEY_POINTER /* mouse; see keys_pointer() */
};

/* What terminals send in several ways has one code: Enter is also ^M and the keypad's, Backspace also ^H. */
#define KEYS_TAB       9
#define KEYS_ENTER     10
#define KEYS_ESC       27
#define KEYS_BACKSPACE 127

struct key {
    enum key_type type;
    uint32_t ch;
    int code;
    bool alt;
};

enum pointer { POINTER_CLICK, POINTER_MENU, POINTER_UP, POINTER_DOWN };

struct keys;
struct keys *keys_new(void); /* after term_open */
void keys_free(struct keys *keys);
/* The next key that is there, never waiting (but for ESCDELAY after an Esc). After a wake-up, call until KEY_NONE. */
struct key keys_next(struct keys *keys);
/* The text of the last paste, control bytes as they came; cut at 1 MiB. Valid until the next keys_next(). */
const char *keys_paste(const struct keys *keys, size_t *len);
enum pointer keys_pointer(const struct keys *keys, int *y, int *x);
/* Throws away what is queued (before a question opens). */
void keys_flush(struct keys *keys);

/* True for the plain character `c` (no Alt) or the code. */
bool key_is(const struct key *key, uint32_t c);
bool key_is_code(const struct key *key, int code);
#define KEY_CTRL(letter) ((letter)&0x1F)

#endif
