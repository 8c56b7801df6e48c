/*
 * key_folder.h - a folder of keys, as a thief brings it home: /etc/ssl/private, a directory of a
 * certificate robot, a disk full of everybody's.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KEY_FOLDER_H
#define KEYFALL_ATTACKER_LEAKS_KEY_FOLDER_H

#include "attacker/leaks/key_file.h"

/* 4: a folder a domain in a folder a host in a folder a customer; a link to a folder is not
 * followed, so that none leads round in circles. */
#define KEY_FOLDER_MAX_DEPTH 4

/*
 * key_folder_load adds the keys of all files in a folder and those below it, in the order of their
 * names; hidden ones are left out. A file that can't be read, or whose key can't be used, is warned
 * of; one that holds no key is passed over. False with *why when not one key was found.
 */
bool key_folder_load(struct private_keys *list, const char *path, struct key_loading *loading,
                     struct complaint *why) MUST_CHECK;

#endif
