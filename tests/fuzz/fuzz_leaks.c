/*
 * Target: server_keys_load, private_keys_load and keylog_load. Input: a file that somebody says is
 * a leak. Holds: what was refused has left no key behind, and a refusal has a sentence.
 */
#include <assert.h>

#include "attacker/leaks/leaks.h"
#include "tests/fuzz/target.h"
#include "tests/support/memory_file.h"

static void ignore(const char *text)
{
    (void)text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char secret[] = "secret";
    char *passphrases[] = {secret};
    struct key_loading loading = {passphrases, 1, NULL, ignore};
    struct leaks leaks = {0};
    struct memory_file file;
    struct complaint why = {0};

    memory_file_open(&file, bytes_of(data, len));
    if (!server_keys_load(&leaks.server_keys, file.path, &loading, &why))
        assert(leaks.server_keys.num_keys == 0 && why.text[0]);
    why.text[0] = '\0';
    if (!private_keys_load(&leaks.ephemerals, file.path, NULL, &why))
        assert(leaks.ephemerals.num_keys == 0 && why.text[0]);
    why.text[0] = '\0';
    if (!keylog_load(&leaks.keylog, file.path, &why))
        assert(why.text[0]);
    keylog_look_again(&leaks.keylog);
    leaks_clear(&leaks);
    memory_file_close(&file);
    return 0;
}
