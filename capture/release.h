/*
 * release.h - which release of keyfall is this? The one answer of all three programs.
 */
#ifndef KEYFALL_CAPTURE_RELEASE_H
#define KEYFALL_CAPTURE_RELEASE_H

#define KEYFALL_RELEASE "0.1"

#endif
