/*
 * check.h - cmocka with the headers it wants in front of it, and the few helpers that every test
 * file needs. A case is a function whose name is a sentence; cmocka prints it.
 */
#ifndef KEYFALL_TESTS_SUPPORT_CHECK_H
#define KEYFALL_TESTS_SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/bytes.h"

/* CASE and RUN: struct CMUnitTest cases[] = {CASE(reads_all_fields), ...}; return RUN(cases); */
#define CASE(function) cmocka_unit_test(function)
#define RUN(cases)     cmocka_run_group_tests(cases, NULL, NULL)

/*
 * exact_copy puts `b` into heap memory of just that size, so that AddressSanitizer sees a read of
 * one byte too many. The caller frees it with free((void *)copy.at).
 */
struct bytes exact_copy(struct bytes b);

/* unhex turns "0a 1B2c" (blanks and line ends are skipped) into bytes; free((void *)result.at). */
struct bytes unhex(const char *hex);

/* exact_free frees what exact_copy and unhex made. */
void exact_free(struct bytes b);

#endif
