/*
 * dh_file.h - groups of Diffie-Hellman in PEM, good ones and bad ones, as a user might have them.
 */
#ifndef KEYFALL_TESTS_SUPPORT_DH_FILE_H
#define KEYFALL_TESTS_SUPPORT_DH_FILE_H

/* A prime of 512 bits: nothing else is known to be wrong with it. */
#define DH_FILE_PRIME_512                                                                          \
    "dd756b47d3573e1f9936e195fc961f9bba6e61a6d7bffb49bc4449b233acd386"                             \
    "79bf0804cac9d559df00c54e377405ba663a064343ac2088112c54403c4f8047"

/* dh_file_write makes a file of BEGIN DH PARAMETERS; the prime is in hexadecimal. */
void dh_file_write(const char *path, const char *prime, unsigned generator);

#endif
