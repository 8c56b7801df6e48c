/*
 * group_choices.h - in which group do the two ends agree on a secret?
 *
 * The words of --group. For DHE it is a prime and a generator, by name or from a file, and the
 * server alone decides; for ECDHE and TLS 1.3 it is one of the groups that libssl has by name. What
 * can't be negotiated is refused here, with the reason.
 */
#ifndef KEYFALL_VICTIM_GROUP_CHOICES_H
#define KEYFALL_VICTIM_GROUP_CHOICES_H

#include "victim/choices.h"

/*
 * group_choices_make decides, where version, key exchange and resumption are decided already. False
 * with *why when the wish can't be granted.
 */
bool group_choices_make(struct choices *choices, struct complaint *why,
                        const struct wishes *wishes) MUST_CHECK;

/*
 * group_choices_name is what sets conversations of one seed apart when the user named a group:
 * "+X25519", or "+" and the beginning of the prime's hash; "" for the usual ones. To be freed.
 */
char *group_choices_name(const struct choices *choices);

void group_choice_clear(struct group_choice *group);

/* group_choices_met: this connection's key exchange was in the chosen group; else false with *why.
 */
bool group_choices_met(const struct choices *choices, struct complaint *why,
                       const SSL *ssl) MUST_CHECK;

#endif
