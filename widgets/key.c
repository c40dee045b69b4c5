#include "widgets/keys.h"

bool key_is(const struct key *key, uint32_t c)
{
    return key->type == KEY_CHAR && !key->alt && key->ch == c;
}

bool key_is_code(const struct key *key, int code)
{
    return key->type == KEY_CODE && key->code == code;
}
