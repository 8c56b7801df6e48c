/*
 * recording_faults.h - what was wrong with the recording, in sentences for its owner.
 *
 * Data that is missing shows in the verdicts, too; what is said here is why. Nothing is said of
 * what is as it should be.
 */
#ifndef KEYFALL_ATTACKER_RECORDING_FAULTS_H
#define KEYFALL_ATTACKER_RECORDING_FAULTS_H

#include "capture/reassembly.h"

/* recording_faults_tell hands a sentence to `tell` for each count that says something; the text is
 * valid during the call only. */
void recording_faults_tell(const struct reassembly_counts *counts,
                           void (*tell)(void *context, const char *sentence), void *context);

#endif
