#include "attacker/leaks/hex_word.h"

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool hex_word_read(const char *word, uint8_t *out, size_t room, size_t *len)
{
    size_t digits = strlen(word);

    if (digits == 0 || digits % 2 != 0 || digits / 2 > room)
        return false;
    for (size_t i = 0; i < digits; i += 2) {
        int high = hex_digit(word[i]);
        int low = hex_digit(word[i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    *len = digits / 2;
    return true;
}
