/*
 * rewriter_file.h - the last stage of the rewriter: the file, in each of its forms.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_FILE_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_FILE_H

#include "tests/support/rewriter_packets.h"

enum file_form {
    FILE_MICROSECONDS, /* little-endian, as nearly all are */
    FILE_NANOSECONDS,
    FILE_BIG_ENDIAN,
    FILE_BIG_ENDIAN_NANOSECONDS,
    FILE_PCAPNG, /* from here on, in the order of enum pcapng_form */
    FILE_PCAPNG_BIG_ENDIAN,
    FILE_PCAPNG_MIXED,
    FILE_PCAPNG_SECTIONS,
    FILE_PCAPNG_OBSOLETE,
    FILE_PCAPNG_SIMPLE,
    FILE_GZIP, /* pcap with microseconds in it */
    FILE_GZIP_MEMBERS,
    FILE_PCAPNG_GZIP,
};

/* packets_write makes the file. */
void packets_write(const struct packets *list, const char *path, uint32_t link_type,
                   enum file_form form);

#endif
