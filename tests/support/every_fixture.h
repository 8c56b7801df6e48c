/*
 * every_fixture.h - the same test for each recording in fixtures/, each as a case of its own.
 */
#ifndef KEYFALL_TESTS_SUPPORT_EVERY_FIXTURE_H
#define KEYFALL_TESTS_SUPPORT_EVERY_FIXTURE_H

#include <stddef.h>

/* every_fixture_run is a main(): `test` gets the name of a fixture as its state. With a step of 2
 * it runs for each second one, and so on. */
int every_fixture_run(const char *group, void (*test)(void **state), size_t step);

/* every_fixture calls `check` with each name, inside of a case. */
void every_fixture(void (*check)(const char *fixture));

#endif
