/*
 * embedded.h - secrets that the recording itself holds.
 *
 * A pcapng file may carry a key log (a Decryption Secrets Block), put in by the program that
 * recorded, or afterwards by whoever passed the recording on. The block belongs in front of the
 * packets that need it, but recorders write it when they learn the secrets, which may be later. So
 * files are searched for it before the first packet is read; from a pipe it is used as it comes.
 * draft-ietf-opsawg-pcapng section 4.7.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_EMBEDDED_H
#define KEYFALL_ATTACKER_LEAKS_EMBEDDED_H

#include "attacker/leaks/keylog.h"

/* embedded_searchable: `path` can be read twice. Standard input ("-") can't. */
bool embedded_searchable(const char *path);

/* embedded_load adds what a searchable file holds. What is wrong with the file is for whoever reads
 * its packets to say. */
void embedded_load(struct keylog *keylog, const char *path);

#endif
