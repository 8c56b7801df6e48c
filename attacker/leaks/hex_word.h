/*
 * hex_word.h - bytes that somebody wrote down as hexadecimal digits, two a byte.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_HEX_WORD_H
#define KEYFALL_ATTACKER_LEAKS_HEX_WORD_H

#include "capture/bytes.h"

/* hex_word_read turns a word into bytes; false when it is no hex, empty, or longer than `room`. */
bool hex_word_read(const char *word, uint8_t *out, size_t room, size_t *len) MUST_CHECK;

#endif
