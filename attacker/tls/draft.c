#include "attacker/tls/draft.h"

#define VERSION_OF_DRAFT 0x7f00 /* and the number of the draft: draft 28, section 4.2.1.1 */

uint8_t draft_of_version(uint16_t version)
{
    if (version >= VERSION_OF_DRAFT + DRAFT_OLDEST && version <= VERSION_OF_DRAFT + DRAFT_LATEST)
        return (uint8_t)(version - VERSION_OF_DRAFT);
    return version == 0xfb17 ? 23 : version == 0xfb1a ? 26 : 0; /* Facebook's */
}

bool draft_is_before(uint8_t draft, enum draft_change change)
{
    return draft != 0 && draft < (unsigned)change;
}
