/*
 * target.h - what libFuzzer calls: each file beside this one is a program with this function.
 */
#ifndef KEYFALL_TESTS_FUZZ_TARGET_H
#define KEYFALL_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* Always 0: every input is worth keeping that leads to where none has led before. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif
