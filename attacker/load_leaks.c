#include "attacker/load_leaks.h"

#include "attacker/ask_passphrase.h"
#include "attacker/interrupt.h"

bool load_leaks(struct leaks *leaks, const struct options *options, void (*warn)(const char *text),
                struct complaint *why)
{
    struct key_loading loading = {.ask = ask_passphrase, .warn = warn};
    bool loaded = !options->passphrase_file ||
                  key_loading_read_passphrases(&loading, options->passphrase_file, why);

    for (size_t i = 0; loaded && i < options->keys.num; i++)
        loaded = server_keys_load(&leaks->server_keys, options->keys.names[i], &loading, why);
    for (size_t i = 0; loaded && i < options->ephemerals.num; i++)
        loaded = private_keys_load(&leaks->ephemerals, options->ephemerals.names[i], &loading, why);
    for (size_t i = 0; loaded && i < options->psks.num; i++)
        loaded = psks_add(&leaks->psks, options->psks.names[i], why);
    for (size_t i = 0; loaded && i < options->keylogs.num; i++)
        loaded = keylog_load(&leaks->keylog, options->keylogs.names[i], why);
    for (size_t i = 0; loaded && i < options->ticket_keys.num; i++)
        loaded = ticket_keys_load(&leaks->ticket_keys, options->ticket_keys.names[i], why);
    for (size_t i = 0; loaded && i < options->captures.num; i++)
        if (embedded_searchable(options->captures.names[i]))
            embedded_load(&leaks->keylog, options->captures.names[i]);
    if (options->discrete_log_ns > 0)
        leaks->discrete_log = discrete_log_new(options->discrete_log_ns / 1000000, interrupt_came);
    key_loading_clear(&loading);
    return loaded;
}
