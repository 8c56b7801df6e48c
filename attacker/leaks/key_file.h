/*
 * key_file.h - a file that somebody says holds a private key: what is in it?
 *
 * libcrypto knows the formats (PEM, DER, PKCS #12, encrypted or not); this knows what to tell the
 * person when the file is something else.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KEY_FILE_H
#define KEYFALL_ATTACKER_LEAKS_KEY_FILE_H

#include <openssl/evp.h>

#include "capture/alloc.h"
#include "capture/complaint.h"

/* 1 MiB: keys, even with a chain of certificates in the same file, have some kilobytes; a capture
 * given by mistake is refused before it is read. */
#define KEY_FILE_MAX ((size_t)1024 * 1024)

/* key_file_read appends the whole file to *out; false with *why, also when it is too long. */
bool key_file_read(struct buffer *out, const char *path, struct complaint *why) MUST_CHECK;

/*
 * key_file_load reads the first private key of a file; the caller frees it. `passphrase` may be
 * NULL. NULL with *why: no file, no key in it, encrypted and no or the wrong passphrase.
 */
EVP_PKEY *key_file_load(const char *path, const char *passphrase, struct complaint *why) MUST_CHECK;

/* Private keys that leaked. Zero is none. */
struct private_keys {
    EVP_PKEY **keys; /* owned */
    size_t num_keys;
};

/* private_keys_add takes `key` over. */
void private_keys_add(struct private_keys *list, EVP_PKEY *key);

/* private_keys_load adds the key of a file; false with *why. */
bool private_keys_load(struct private_keys *list, const char *path, const char *passphrase,
                       struct complaint *why) MUST_CHECK;

void private_keys_clear(struct private_keys *list);

#endif
