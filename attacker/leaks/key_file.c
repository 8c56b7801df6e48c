#include "attacker/leaks/key_file.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>

#include "attacker/leaks/key_decode.h"
#include "attacker/leaks/key_text.h"
#include "attacker/leaks/no_key.h"

bool key_file_read(struct buffer *out, const char *path, struct complaint *why)
{
    uint8_t piece[4096];
    size_t len;
    FILE *file = fopen(path, "rb");

    if (!file && errno == ENOENT && no_key_is_token(path))
        return no_key_say(why, path, NO_KEY_TOKEN);
    if (!file)
        return complaint_say(why, "%s: cannot be opened: %s", path, strerror(errno));
    errno = 0;
    while ((len = fread(piece, 1, sizeof(piece), file)) > 0 && out->len <= KEY_FILE_MAX)
        buffer_append(out, bytes_of(piece, len));

    bool failed = ferror(file) != 0;
    int error = errno;
    (void)fclose(file);
    OPENSSL_cleanse(piece, sizeof(piece));
    if (failed)
        return complaint_say(why, "%s: cannot be read: %s", path, strerror(error));
    if (out->len > KEY_FILE_MAX)
        return complaint_say(why, "%s: is over %zu bytes, so it is no key file", path,
                             KEY_FILE_MAX);
    return true;
}

/* One file on its way. */
struct opening {
    struct private_keys *list;
    const char *path;
    struct key_loading *loading;
    bool asked;     /* for its passphrase; nobody is asked twice */
    unsigned holds; /* enum no_key: what did not lead to a key */
};

/* try_passphrases tries all that are known from number `from` on. */
static bool try_passphrases(struct opening *o, struct bytes part, size_t from)
{
    bool opened = false;

    for (size_t i = from; i < o->loading->num_passphrases && !opened; i++)
        opened = key_decode(o->list, part, o->loading->passphrases[i]).num_keys > 0;
    return opened;
}

static bool ask_and_try(struct opening *o, struct bytes part)
{
    size_t before = o->loading->num_passphrases;

    if (o->asked)
        return false;
    o->asked = true;
    return key_loading_ask(o->loading, o->path) && try_passphrases(o, part, before);
}

/* open_part opens a block of the file, or all of it: without a passphrase, with those that are
 * known, and with one that somebody is asked for. */
static void open_part(struct opening *o, struct bytes part, bool says_to_be_key)
{
    struct key_decoded decoded = key_decode(o->list, part, NULL);

    if (decoded.num_keys > 0)
        return;
    if (!decoded.encrypted) {
        o->holds |= decoded.holds;
        if (decoded.holds == 0 && says_to_be_key)
            o->holds |= NO_KEY_DAMAGED;
        return;
    }
    if (!try_passphrases(o, part, 0) && !ask_and_try(o, part))
        o->holds |= o->loading->num_passphrases > 0 ? NO_KEY_WRONG : NO_KEY_LOCKED;
}

static void open_block(struct opening *o, const struct pem_block *block)
{
    static const char ending[] = "PRIVATE KEY";
    size_t len = strlen(block->label);
    unsigned holds = no_key_of_label(block->label);
    bool says_to_be_key =
        len >= strlen(ending) && strcmp(block->label + len - strlen(ending), ending) == 0;

    if (holds == 0 && block->whole)
        open_part(o, buffer_view(&block->text), says_to_be_key);
    else
        o->holds |= holds ? holds : says_to_be_key ? (unsigned)NO_KEY_DAMAGED : 0U;
}

/* open_blocks: false when there is none. */
static bool open_blocks(struct opening *o, struct bytes file)
{
    struct reader r = reader_of(file);
    struct pem_block block;
    bool any = false;

    while (pem_next(&r, &block)) {
        any = true;
        open_block(o, &block);
        pem_clear(&block);
    }
    return any;
}

/* open_binary: all of it begins as an ASN.1 SEQUENCE. ITU-T X.690 section 8.9. */
static void open_binary(struct opening *o, struct bytes file)
{
    struct reader r = reader_of(file);
    uint8_t first;

    o->holds |= no_key_of_start(file);
    if (o->holds == 0 && reader_u8(&r, &first) && first == 0x30)
        open_part(o, file, false);
}

/* warn_of_others: some keys of the file were loaded, and others could not be. */
static void warn_of_others(const struct opening *o)
{
    struct complaint why;

    if (!(o->holds & NO_KEY_TELLING) || !o->loading->warn)
        return;
    (void)no_key_say(&why, o->path, o->holds & NO_KEY_TELLING);
    o->loading->warn(why.text);
}

enum key_file key_file_load(struct private_keys *list, const char *path,
                            struct key_loading *loading, struct complaint *why)
{
    struct key_loading nobody = {0};
    struct opening o = {.list = list, .path = path, .loading = loading ? loading : &nobody};
    struct buffer file = {0};
    size_t before = list->num_keys;

    if (!key_file_read(&file, path, why)) {
        bool too_long = file.len > KEY_FILE_MAX;

        key_text_wipe(&file);
        return too_long ? KEY_FILE_NO_KEY : KEY_FILE_SHUT;
    }
    key_text_decode(&file);
    if (!open_blocks(&o, buffer_view(&file)))
        open_binary(&o, buffer_view(&file));
    key_text_wipe(&file);
    if (list->num_keys > before) {
        warn_of_others(&o);
        return KEY_FILE_LOADED;
    }
    (void)no_key_say(why, path, o.holds);
    return o.holds & NO_KEY_TELLING ? KEY_FILE_SHUT : KEY_FILE_NO_KEY;
}

bool private_keys_load(struct private_keys *list, const char *path, struct key_loading *loading,
                       struct complaint *why)
{
    return key_file_load(list, path, loading, why) == KEY_FILE_LOADED;
}
