/*
 * stray.h - a segment that fits no connection: is it the first of a new one?
 *
 * Between two endpoints that are talking, a segment without a SYN whose numbers are both from
 * somewhere else is either forged or damaged, or these two have ended and begun anew and the
 * recording holds neither. One alone tells nothing, so it is kept until another one continues it.
 * A single place is enough: the answer comes after a round trip, and such a beginning is rare.
 */
#ifndef KEYFALL_CAPTURE_STRAY_H
#define KEYFALL_CAPTURE_STRAY_H

#include "capture/alloc.h"
#include "capture/arrival.h"

/* struct stray: zero is empty. */
struct stray {
    bool kept;
    struct arrival arrival; /* its payload is a view into `payload` */
    struct buffer payload;
};

/* stray_keep copies a segment in place of the one before. */
void stray_keep(struct stray *stray, const struct arrival *a);

/*
 * stray_goes_on: is there one, and is this of the same connection? It is of the same two endpoints,
 * close in both numbers, and more than a copy.
 */
bool stray_goes_on(const struct stray *stray, const struct arrival *a);

/* stray_clear leaves an empty one. */
void stray_clear(struct stray *stray);

#endif
