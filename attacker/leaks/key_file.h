/*
 * key_file.h - a file that somebody says holds a private key: what is in it?
 *
 * libcrypto knows the formats (PEM, DER, PKCS #12, encrypted or not; see key_decode.h); this takes
 * every key of a file, and knows what to tell the person when it is something else (no_key.h).
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KEY_FILE_H
#define KEYFALL_ATTACKER_LEAKS_KEY_FILE_H

#include "attacker/leaks/key_loading.h"
#include "attacker/leaks/private_keys.h"
#include "capture/alloc.h"

/* 1 MiB: keys, even with a chain of certificates in the same file, have some kilobytes; a capture
 * given by mistake is refused before it is read. */
#define KEY_FILE_MAX ((size_t)1024 * 1024)

/* key_file_read appends the whole file to *out; false with *why, also when it is too long. */
bool key_file_read(struct buffer *out, const char *path, struct complaint *why) MUST_CHECK;

enum key_file {
    KEY_FILE_LOADED,
    KEY_FILE_SHUT, /* a private key that can't be used as it is, or a file that can't be read */
    KEY_FILE_NO_KEY,
};

/*
 * key_file_load adds every private key of a file to *list. `loading` may be NULL: nobody helps. All
 * but KEY_FILE_LOADED come with *why; when some keys of a file were loaded and others not, whom
 * `loading` names is warned.
 */
enum key_file key_file_load(struct private_keys *list, const char *path,
                            struct key_loading *loading, struct complaint *why) MUST_CHECK;

/* private_keys_load does the same where only keys will do; false with *why. */
bool private_keys_load(struct private_keys *list, const char *path, struct key_loading *loading,
                       struct complaint *why) MUST_CHECK;

#endif
