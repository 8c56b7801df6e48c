/*
 * audit_json.h - what an audit adds to the JSON: why each leak would open a session, and at the end
 * which leak would open how much of the recording. What was seen again is told in any case.
 */
#ifndef KEYFALL_ATTACKER_STORY_AUDIT_JSON_H
#define KEYFALL_ATTACKER_STORY_AUDIT_JSON_H

#include <jansson.h>

#include "attacker/story/survey.h"

/* audit_json_session adds to a session's line. */
void audit_json_session(json_t *line, const struct session *s);

/* audit_json_servers and audit_json_findings are for the summary; the caller owns the arrays. */
json_t *audit_json_servers(const struct server_falls *falls);
json_t *audit_json_findings(const struct exposure *e);

#endif
