/*
 * answer.h - what a leak has to say when it is asked: given this handshake, do you know its secret?
 */
#ifndef KEYFALL_ATTACKER_LEAKS_ANSWER_H
#define KEYFALL_ATTACKER_LEAKS_ANSWER_H

enum answer {
    ANSWER_NOT_GIVEN, /* no such leak */
    ANSWER_MISMATCH,  /* there is one, and it is somebody else's */
    ANSWER_WITHSTOOD, /* it may be the right one, and the key exchange withstands it */
    ANSWER_BROKEN,    /* what was recorded contradicts itself or lacks a part: nothing follows */
    ANSWER_PSK,       /* it is the right one, and a pre-shared key is needed as well */
    ANSWER_SECRET,    /* here it is */
};

#endif
