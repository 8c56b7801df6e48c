#include "victim/script.h"

void script_request(struct speech *request, const struct script *script)
{
    if (script->has_message)
        words_message(request, script->message, WORDS_HOST);
    else
        words_login(request, &script->customer, WORDS_HOST);
}

void script_inquiry(struct speech *request, const struct script *script, const char *host)
{
    if (script->has_message)
        words_message(request, script->message, host);
    else
        words_account(request, &script->customer, host);
}

void script_answer_customer(struct speech *answer, const struct party *party, const void *script)
{
    const struct script *s = script;
    uint64_t date_s = timeline_seconds(party->backstage->timeline);

    if (s->has_size)
        words_filler(answer, s->size, date_s);
    else if (s->has_message)
        words_received(answer, s->message.len, date_s);
    else
        words_balance(answer, &s->customer, date_s);
}

void script_answer_visitor(struct speech *answer, const struct party *party, const void *script)
{
    const struct script *s = script;
    uint64_t date_s = timeline_seconds(party->backstage->timeline);

    if (s->has_size)
        words_filler(answer, s->size, date_s);
    else if (s->has_message)
        words_echo(answer, s->message, date_s);
    else
        words_page(answer, tls_version_name(SSL_version(party->ssl)),
                   SSL_CIPHER_standard_name(SSL_get_current_cipher(party->ssl)), date_s);
}
