/*
 * key_text.h - the text around a key: UTF-16 as Windows writes it, comments, and PEM blocks.
 *
 * libcrypto reads PEM strictly, and the first key of a file. Keys that leak come out of mails and
 * configuration files: indented, in one long line, many in one file. Each block is cut out here and
 * written anew in the form that libcrypto likes.
 *
 *     -----BEGIN RSA PRIVATE KEY-----
 *     Proc-Type: 4,ENCRYPTED              header lines, then an empty line: RFC 1421
 *     DEK-Info: AES-128-CBC,0B2C...
 *
 *     MIIEpAIBAAKCAQEA...                 64 characters a line: RFC 7468 section 2
 *     -----END RSA PRIVATE KEY-----
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KEY_TEXT_H
#define KEYFALL_ATTACKER_LEAKS_KEY_TEXT_H

#include "capture/alloc.h"

/* key_text_decode turns UTF-16 into UTF-8 and takes a byte order mark off; all else stays. */
void key_text_decode(struct buffer *file);

/* key_text_line takes the next line, without its end; false when nothing is left. */
bool key_text_line(struct reader *text, struct bytes *line) MUST_CHECK;

/* 64: the longest label in use has some 30 characters. */
#define PEM_LABEL_SIZE 64

struct pem_block {
    char label[PEM_LABEL_SIZE];
    bool whole;         /* its end was there */
    struct buffer text; /* as libcrypto reads it */
};

/* pem_next finds the next block, passing over all else; false when there is none. The caller clears
 * *out with pem_clear, which also takes zero. */
bool pem_next(struct reader *text, struct pem_block *out) MUST_CHECK;

/* pem_clear overwrites and frees it. */
void pem_clear(struct pem_block *block);

/* key_text_wipe overwrites what is in a buffer and frees it. */
void key_text_wipe(struct buffer *b);

#endif
