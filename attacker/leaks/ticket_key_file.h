/*
 * ticket_key_file.h - session ticket keys, as servers keep them in files.
 *
 *     80  name 16 | HMAC 32 | AES 32    OpenSSL 1.1 and later, nginx
 *     64  name 16 | AES 32 | HMAC 16    GnuTLS, which seals with it or with what it makes of it
 *     64  name 16 | AES 16 | HMAC 32    older GnuTLS; the lengths that RFC 5077 section 4
 * recommends 48  name 16 | AES 16 | HMAC 16    nginx 48  name 16 | HMAC 16 | AES 16    OpenSSL up
 * to 1.0, BoringSSL, Apache
 *
 * Nothing in a file says whose it is. So it is read in each way that its length allows, and the MAC
 * of a ticket tells which one was right.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_TICKET_KEY_FILE_H
#define KEYFALL_ATTACKER_LEAKS_TICKET_KEY_FILE_H

#include "attacker/leaks/ticket_rotation.h"
#include "attacker/leaks/ticket_seal.h"
#include "capture/complaint.h"

/* The longest of them. */
#define TICKET_KEY_FILE_MAX 80

struct ticket_key_file {
    size_t len;
    uint8_t content[TICKET_KEY_FILE_MAX];
};

/* Zero is "none leaked". */
struct ticket_keys {
    struct ticket_key_file *files;
    size_t num_files;
};

/* ticket_keys_load adds a file to the list; false with *why. */
bool ticket_keys_load(struct ticket_keys *list, const char *path, struct complaint *why) MUST_CHECK;

/* ticket_keys_add adds what such a file holds; false, and nothing changed, when it is of no length
 * that a ticket key has. */
bool ticket_keys_add(struct ticket_keys *list, struct bytes content) MUST_CHECK;

/* ticket_key_file_read reads it the way `which`, from 0; false behind the last one. */
bool ticket_key_file_read(const struct ticket_key_file *file, size_t which,
                          struct ticket_key *out) MUST_CHECK;

/* ticket_key_file_at: the file with which a server would seal that was given this one, if it
 * rotates its keys as ticket_rotation_key says; false behind the last one, and when it does not. */
bool ticket_key_file_at(const struct ticket_key_file *file, size_t which, uint64_t time_ns,
                        uint32_t lifetime, struct ticket_key_file *out) MUST_CHECK;

/* ticket_keys_clear overwrites and frees them. */
void ticket_keys_clear(struct ticket_keys *list);

#endif
