#include "attacker/leaks/key_loading.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "attacker/leaks/key_file.h"
#include "attacker/leaks/key_text.h"

/* add takes `passphrase` over. */
static void add(struct key_loading *loading, char *passphrase)
{
    loading->passphrases =
        alloc_resize((void *)loading->passphrases, (loading->num_passphrases + 1) * sizeof(char *));
    loading->passphrases[loading->num_passphrases++] = passphrase;
}

bool key_loading_read_passphrases(struct key_loading *loading, const char *path,
                                  struct complaint *why)
{
    struct buffer file = {0};
    bool read = key_file_read(&file, path, why);
    struct bytes line = {0};

    if (read) {
        key_text_decode(&file);

        struct reader r = reader_of(buffer_view(&file));
        bool first = true;

        while (key_text_line(&r, &line) || first) {
            if (line.len > 0 || first)
                add(loading, alloc_format("%.*s", (int)line.len, (const char *)line.at));
            first = false;
        }
    }
    key_text_wipe(&file);
    return read;
}

bool key_loading_ask(struct key_loading *loading, const char *path)
{
    char *answer = loading->ask ? loading->ask(path) : NULL;

    if (answer)
        add(loading, answer);
    return answer != NULL;
}

void key_loading_clear(struct key_loading *loading)
{
    for (size_t i = 0; i < loading->num_passphrases; i++) {
        OPENSSL_cleanse(loading->passphrases[i], strlen(loading->passphrases[i]));
        free(loading->passphrases[i]);
    }
    free((void *)loading->passphrases);
    *loading = (struct key_loading){0};
}
