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
 * INSTRUMENTED is 1 in a build with a sanitizer, where all takes some ten times as long. A test
 * that tries very many cases then tries a part of them, and it is up to the plain build to try them
 * all.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) /* gcc */
#define INSTRUMENTED 1
#elif defined(__has_feature) /* clang */
#define INSTRUMENTED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define INSTRUMENTED 0
#endif

/* PART_STEP is the step through a list of very many cases: each of them, or one in eight. */
#define PART_STEP (INSTRUMENTED ? 8 : 1)

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
