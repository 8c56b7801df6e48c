/*
 * dh_parameters.h - which prime and generator is a DHE server to compute with?
 *
 * A group that libcrypto knows by name, or the user's own from a file, as `openssl dhparam` writes
 * them. libssl's server and client look at a group only in passing, which is one of the things to
 * be shown: what they take is granted here, however weak it is, and only what they refuse is
 * refused.
 */
#ifndef KEYFALL_VICTIM_DH_PARAMETERS_H
#define KEYFALL_VICTIM_DH_PARAMETERS_H

#include <openssl/evp.h>

#include "capture/bytes.h"
#include "capture/complaint.h"

/* dh_parameters_named is the group that libcrypto knows by this name, or NULL. To EVP_PKEY_free. */
EVP_PKEY *dh_parameters_named(const char *name) MUST_CHECK;

/*
 * dh_parameters_read reads the group in a PEM file, and tries it. NULL with *why: not readable, no
 * such PEM, or of a kind that libssl refuses. To EVP_PKEY_free.
 */
EVP_PKEY *dh_parameters_read(struct complaint *why, const char *path) MUST_CHECK;

/* dh_parameters_equal: both compute with the same prime and generator. */
bool dh_parameters_equal(const EVP_PKEY *a, const EVP_PKEY *b) MUST_CHECK;

/*
 * dh_parameters_text describes a group in a word or two: its name, or "a group of 512 bits"; to be
 * freed.
 */
char *dh_parameters_text(const EVP_PKEY *group);

/* dh_parameters_tag is a short text that is another one for any other prime; to be freed. */
char *dh_parameters_tag(const EVP_PKEY *group);

#endif
