/*
 * key_usage_choices.h - what may the server's key be used for, as its certificate says?
 *
 * The words of --key-usage. A certificate may say that its key only signs, and TLS with RSA key
 * transport decrypts with it all the same: it is the other end's business to mind. Who does, was
 * tried, and `list` says what came of it.
 */
#ifndef KEYFALL_VICTIM_KEY_USAGE_CHOICES_H
#define KEYFALL_VICTIM_KEY_USAGE_CHOICES_H

#include <stdio.h>

#include "victim/choices.h"

/*
 * key_usage_choices_make decides, where version, key exchange and kind of key are decided already.
 * False with *why when the wish can't be granted.
 */
bool key_usage_choices_make(struct choices *choices, struct complaint *why,
                            const struct wishes *wishes) MUST_CHECK;

/* key_usage_print says which TLS stacks mind, in lines that begin with '#'. */
void key_usage_print(FILE *out);

#endif
