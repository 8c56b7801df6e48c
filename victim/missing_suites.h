/*
 * missing_suites.h - why does this OpenSSL not know that suite, and what comes closest to it?
 *
 * Names from old books and old captures (RC4, 3DES, EXPORT) deserve a better answer than "unknown".
 */
#ifndef KEYFALL_VICTIM_MISSING_SUITES_H
#define KEYFALL_VICTIM_MISSING_SUITES_H

/*
 * missing_suite_reason is half a sentence ("this OpenSSL is built without RC4; take ...") for a
 * suite that `list` does not name.
 */
const char *missing_suite_reason(const char *name);

#endif
