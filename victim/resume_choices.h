/*
 * resume_choices.h - does a conversation begin with something that both ends have from before?
 *
 * The words of --resume, --psk-mode and --early-data: what each of them needs, and what is refused
 * with which sentence. Next: resumption.h, which does it.
 */
#ifndef KEYFALL_VICTIM_RESUME_CHOICES_H
#define KEYFALL_VICTIM_RESUME_CHOICES_H

#include "victim/choices.h"

/*
 * resume_choices_make decides, where version and key exchange are decided already. False with *why
 * when the wishes don't go with them.
 */
bool resume_choices_make(struct choices *choices, struct complaint *why,
                         const struct wishes *wishes) MUST_CHECK;

/*
 * resume_choices_name is what sets such conversations of one seed apart from others: "+ticket",
 * "+ticket+ke+early" and so on, or "" for one that begins with nothing; to be freed.
 */
char *resume_choices_name(const struct choices *choices);

#endif
