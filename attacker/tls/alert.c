#include "attacker/tls/alert.h"

bool alert_read(struct bytes content, struct alert *out)
{
    struct reader r = reader_of(content);
    struct alert alert;

    if (!reader_u8(&r, &alert.level) || !reader_u8(&r, &alert.description) || !reader_done(&r))
        return false;
    *out = alert;
    return true;
}

bool alert_is_fatal(const struct alert *alert)
{
    return alert->level == 2;
}

static const char *known_name(uint8_t description)
{
    static const struct {
        uint8_t description;
        const char *name;
    } names[] = {
        {0, "close_notify"},
        {10, "unexpected_message"},
        {20, "bad_record_mac"},
        {21, "decryption_failed"},
        {22, "record_overflow"},
        {30, "decompression_failure"},
        {40, "handshake_failure"},
        {41, "no_certificate"},
        {42, "bad_certificate"},
        {43, "unsupported_certificate"},
        {44, "certificate_revoked"},
        {45, "certificate_expired"},
        {46, "certificate_unknown"},
        {47, "illegal_parameter"},
        {48, "unknown_ca"},
        {49, "access_denied"},
        {50, "decode_error"},
        {51, "decrypt_error"},
        {60, "export_restriction"},
        {70, "protocol_version"},
        {71, "insufficient_security"},
        {80, "internal_error"},
        {86, "inappropriate_fallback"},
        {90, "user_canceled"},
        {100, "no_renegotiation"},
        {109, "missing_extension"},
        {110, "unsupported_extension"},
        {111, "certificate_unobtainable"},
        {112, "unrecognized_name"},
        {113, "bad_certificate_status_response"},
        {114, "bad_certificate_hash_value"},
        {115, "unknown_psk_identity"},
        {116, "certificate_required"},
        {120, "no_application_protocol"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].description == description)
            return names[i].name;
    }
    return NULL;
}

bool alert_is_known(uint8_t description)
{
    return known_name(description);
}

const char *alert_name(uint8_t description)
{
    const char *name = known_name(description);

    return name ? name : "unknown alert";
}
