#include "attacker/leaks/keylog_line.h"

#include "attacker/leaks/hex_word.h"

#define BLANKS " \t\r\n"

/* A label, and which lengths in bytes its two values have. */
static const struct {
    const char *name;
    size_t identity_len;
    size_t max_secret_len;
} labels[] = {
    [KEYLOG_CLIENT_RANDOM] = {"CLIENT_RANDOM", RANDOM_LEN, TRAFFIC_SECRET_MAX_LEN},
    [KEYLOG_RSA] = {"RSA", KEYLOG_RSA_PREFIX_LEN, TRAFFIC_SECRET_MAX_LEN},
    [KEYLOG_PMS_CLIENT_RANDOM] = {"PMS_CLIENT_RANDOM", RANDOM_LEN, SECRET_MAX_LEN},
    [KEYLOG_CLIENT_EARLY] = {"CLIENT_EARLY_TRAFFIC_SECRET", RANDOM_LEN, TRAFFIC_SECRET_MAX_LEN},
    [KEYLOG_CLIENT_HANDSHAKE] = {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", RANDOM_LEN,
                                 TRAFFIC_SECRET_MAX_LEN},
    [KEYLOG_SERVER_HANDSHAKE] = {"SERVER_HANDSHAKE_TRAFFIC_SECRET", RANDOM_LEN,
                                 TRAFFIC_SECRET_MAX_LEN},
    [KEYLOG_CLIENT_APPLICATION] = {"CLIENT_TRAFFIC_SECRET_0", RANDOM_LEN, TRAFFIC_SECRET_MAX_LEN},
    [KEYLOG_SERVER_APPLICATION] = {"SERVER_TRAFFIC_SECRET_0", RANDOM_LEN, TRAFFIC_SECRET_MAX_LEN},
};

#define NUM_NAMED (sizeof(labels) / sizeof(labels[0]))

const char *keylog_label_name(enum keylog_label label)
{
    return label < NUM_NAMED ? labels[label].name : "Session-ID";
}

/* is_hex: could it be a value, of whatever length? */
static bool is_hex(const char *word)
{
    size_t digits = strspn(word, "0123456789abcdefABCDEF");

    return digits > 0 && digits % 2 == 0 && word[digits] == '\0';
}

/* behind returns what follows on `prefix`, NULL when the word does not begin with it. */
static const char *behind(const char *prefix, const char *word)
{
    size_t len = strlen(prefix);

    return word && strncmp(word, prefix, len) == 0 ? word + len : NULL;
}

static bool read_session_id(struct keylog_entry *out, const char *hex)
{
    size_t len;

    if (!hex_word_read(hex, out->identity.value, RANDOM_LEN, &len))
        return false;
    out->identity.label = KEYLOG_SESSION_ID;
    out->identity.len = (uint8_t)len;
    return true;
}

static bool read_master(struct keylog_entry *out, const char *hex)
{
    return hex_word_read(hex, out->secret, MASTER_SECRET_LEN, &out->secret_len);
}

/* read_by_session_id reads the second form. */
static enum keylog_answer read_by_session_id(struct keylog_entry *out, const char *id,
                                             const char *master)
{
    const char *hex = behind("Master-Key:", master);

    return hex && read_session_id(out, id) && read_master(out, hex) ? KEYLOG_LINE : KEYLOG_NO_LINE;
}

/* read_block reads one line of the third form. A session without an ID has nothing behind the
 * colon. */
static enum keylog_answer read_block(struct keylog_entry *out, struct keylog_context *context,
                                     bool is_id, const char *hex)
{
    struct keylog_entry id = {0};

    if (is_id) {
        context->session_id_len = 0;
        if (hex && read_session_id(&id, hex)) {
            context->session_id_len = id.identity.len;
            memcpy(context->session_id, id.identity.value, RANDOM_LEN);
        }
        return KEYLOG_UNNEEDED;
    }
    if (!hex || !read_master(out, hex))
        return KEYLOG_NO_LINE;
    if (context->session_id_len == 0)
        return KEYLOG_UNNEEDED;
    out->identity.label = KEYLOG_SESSION_ID;
    out->identity.len = context->session_id_len;
    memcpy(out->identity.value, context->session_id, context->session_id_len);
    return KEYLOG_LINE;
}

/* read_labelled reads the first form. Labels that are not known are passed over, as RFC 9850
 * section 2 demands; among them are the generations behind a KeyUpdate, which follow from the
 * first. */
static enum keylog_answer read_labelled(struct keylog_entry *out, const char *label,
                                        const char *identity, const char *secret)
{
    size_t i = 0;
    size_t len;

    while (i < NUM_NAMED && strcmp(label, labels[i].name) != 0)
        i++;
    if (i == NUM_NAMED)
        return is_hex(identity) && is_hex(secret) ? KEYLOG_UNNEEDED : KEYLOG_NO_LINE;
    if (!hex_word_read(identity, out->identity.value, RANDOM_LEN, &len) ||
        len != labels[i].identity_len ||
        !hex_word_read(secret, out->secret, labels[i].max_secret_len, &out->secret_len))
        return KEYLOG_NO_LINE;
    out->identity.label = (uint8_t)i;
    out->identity.len = (uint8_t)len;
    return KEYLOG_LINE;
}

enum keylog_answer keylog_line_read(struct keylog_entry *out, struct keylog_context *context,
                                    char *text)
{
    char *rest = NULL;
    const char *label = strtok_r(text, BLANKS, &rest);
    const char *second = strtok_r(NULL, BLANKS, &rest);
    const char *third = strtok_r(NULL, BLANKS, &rest);
    const char *id = behind("Session-ID:", second);

    *out = (struct keylog_entry){0};
    if (!label)
        return KEYLOG_NO_LINE;
    if (strcmp(label, "Session-ID:") == 0 || strcmp(label, "Master-Key:") == 0)
        return read_block(out, context, label[0] == 'S', second);
    if (strcmp(label, "RSA") == 0 && id)
        return read_by_session_id(out, id, third);
    return second && third ? read_labelled(out, label, second, third) : KEYLOG_NO_LINE;
}
