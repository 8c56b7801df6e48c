/*
 * leak_files.h - what could a thief steal from these two machines, some day?
 *
 * The server's key and certificate, its ticket key, the ephemeral key of each session (which a
 * server forgets, but memory dumps and careless caches do not), the pre-shared key, the key log,
 * and for comparison what was said. One folder, formats that other tools read.
 *
 * Secrets are readable by their owner only. Files that an earlier run left under these names are
 * removed or replaced, so that the folder never mixes two runs.
 *
 * Leak files that are NULL stand for "nothing leaks": every function takes it and does nothing.
 * Trouble while writing is kept and told by leak_files_close.
 */
#ifndef KEYFALL_VICTIM_LEAK_FILES_H
#define KEYFALL_VICTIM_LEAK_FILES_H

#include "victim/credentials.h"
#include "victim/preshared.h"

/* name 16 | HMAC key 32 | AES-256 key 32, as libssl wants it. RFC 5077 section 4. */
#define TICKET_KEY_SIZE 80

struct leak_files;

/*
 * leak_files_open makes the folder, and those above it, as needed. `has_server` says whether this
 * run has a server, or only the client of somebody else's, which leaves the server's files alone.
 * NULL with *why.
 */
struct leak_files *leak_files_open(const char *folder, bool has_server,
                                   struct complaint *why) MUST_CHECK;

/* leak_files_mark notes in the folder that all of it follows from a seed. */
void leak_files_mark(struct leak_files *leaks);

/* leak_files_credentials: server.key (PKCS#8) and server.crt, both PEM; nothing for KEY_NONE. */
void leak_files_credentials(struct leak_files *leaks, const struct credentials *credentials);

/* leak_files_ticket_key: ticket.key. */
void leak_files_ticket_key(struct leak_files *leaks, const uint8_t key[static TICKET_KEY_SIZE]);

/* leak_files_preshared: psk.txt, "identity:hex". */
void leak_files_preshared(struct leak_files *leaks, const struct preshared *psk);

/* leak_files_ephemeral: ephemeral-<number>.pem, the server's private key of that session. */
void leak_files_ephemeral(struct leak_files *leaks, unsigned long number, const EVP_PKEY *key);

/* leak_files_member: member-<number>.pem, the secret of a member of an agreement. */
void leak_files_member(struct leak_files *leaks, unsigned long number, const EVP_PKEY *key);

/* leak_files_key_log appends a line to keylog.txt. RFC 9850. */
void leak_files_key_log(struct leak_files *leaks, const char *line);

/* leak_files_said appends to message.txt, which is there from the first call on. */
void leak_files_said(struct leak_files *leaks, struct bytes said);

/* leak_files_close ends all files and frees; false with *why when something is not whole. */
bool leak_files_close(struct leak_files *leaks, struct complaint *why) MUST_CHECK;

#endif
