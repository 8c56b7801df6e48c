/*
 * rewriter_file.h - the last stage of the rewriter: a pcap file, in each of its simple forms.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_FILE_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_FILE_H

#include "tests/support/rewriter_packets.h"

enum file_form {
    FILE_MICROSECONDS, /* little-endian, as nearly all are */
    FILE_NANOSECONDS,
    FILE_BIG_ENDIAN,
    FILE_BIG_ENDIAN_NANOSECONDS,
};

/* packets_write makes the file. */
void packets_write(const struct packets *list, const char *path, uint32_t link_type,
                   enum file_form form);

#endif
